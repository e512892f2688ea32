use std::fs;
use std::path::Path;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Who laid the folder out, and `id: up / down`, with `!` before what runs outside of a transaction.
fn read(files: &[(&str, &str)]) -> (Convention, Vec<String>) {
    let folder = folder(files);
    let (convention, migrations) = recognised(folder.path()).unwrap();
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = |one: &Migration| {
        let down = one.down.as_ref().map(|down| format!(" / {}", line(down.text()))).unwrap_or_default();
        let mark = if one.in_transaction { "" } else { "!" };
        format!("{mark}{}: {}{down}", one.id, line(one.up.text()))
    };
    (convention, migrations.iter().map(words).collect())
}

fn two_of_one_version(files: &[(&str, &str)]) -> (String, String) {
    let folder = folder(files);
    let name = |path: String| Path::new(&path).strip_prefix(folder.path()).unwrap().display().to_string();
    match discover(folder.path()) {
        Err(SourceError::SameVersion { first, second }) => (name(first), name(second)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn plain_files_run_by_name_as_psql_would() {
    let files = [("b.sql", "two"), ("a/c.sql", "one"), ("10_x.sql", "zero"), ("2_x.sql", "z"), ("notes.md", "no")];
    let (convention, found) = read(&files);
    assert_eq!(convention, Convention::Plain);
    assert_eq!(found, ["!10_x: zero", "!2_x: z", "!c: one", "!b: two"]);
}

#[test]
fn a_mixture_is_plain_and_runs_nothing_that_goes_back() {
    let (convention, found) = read(&[
        ("1_a.sql", "-- +goose Up\na\n-- +goose Down\nno"),
        ("2_b.sql", "-- migrate:up\nb\n-- migrate:down\nno"),
        ("3_c.up.sql", "c"),
        ("3_c.down.sql", "no"),
        ("4_d/up.sql", "d"),
        ("4_d/down.sql", "no"),
        ("5_only.down.sql", "e"),
    ]);
    assert_eq!(convention, Convention::Plain);
    assert_eq!(found, ["!1_a: a / no", "!2_b: b / no", "!3_c.up: c / no", "!up: d / no", "!5_only.down: e"]);
}

#[test]
fn our_own_folders_begin_their_transactions_themselves() {
    let (convention, found) = read(&[
        ("20240102030405_b/up.sql", "BEGIN; b; COMMIT;"),
        ("20240102030405_b/down.sql", "c"),
        ("20230102030405_a/up.sql", "a"),
        ("20230102030405_a/deeper/up.sql", "no"),
    ]);
    assert_eq!(convention, Convention::Pgplumb);
    assert_eq!(found, ["!20230102030405_a: a", "!20240102030405_b: BEGIN; b; COMMIT; / c"]);
}

#[test]
fn diesel_has_metadata_and_dashes() {
    let (convention, found) = read(&[
        ("00000000000000_diesel_initial_setup/up.sql", "a"),
        ("00000000000000_diesel_initial_setup/down.sql", "b"),
        ("2024-01-02-030405_one/up.sql", "CREATE INDEX CONCURRENTLY i ON t (a)"),
        ("2024-01-02-030405_one/metadata.toml", "# no\nrun_in_transaction = false # because"),
        ("2024-01-03-030405_two/up.sql", "DROP INDEX CONCURRENTLY i; VACUUM t"),
        ("2024-01-03-030405_two/metadata.toml", "run_in_transaction=false"),
    ]);
    assert_eq!(convention, Convention::Diesel);
    assert_eq!(
        found,
        [
            "00000000000000_diesel_initial_setup: a / b",
            "!2024-01-02-030405_one: CREATE INDEX CONCURRENTLY i ON t (a)",
            "2024-01-03-030405_two: DROP INDEX CONCURRENTLY i; VACUUM t",
        ],
        "two statements at once are one transaction"
    );
}

#[test]
fn golang_migrate_hands_over_the_file_as_it_is() {
    let (convention, found) = read(&[
        ("10_c.up.sql", "BEGIN; c; COMMIT;"),
        ("9_b.up.sql", "b; b"),
        ("9_b_other.down.sql", "back"),
        ("000001_a.up.sql", "a;"),
        ("000003_gone.down.sql", "no"),
    ]);
    assert_eq!(convention, Convention::GolangMigrate);
    assert_eq!(found, ["!000001_a: a;", "9_b: b; b / back", "!10_c: BEGIN; c; COMMIT;"]);
}

#[test]
fn sqlx_is_known_by_the_comment_that_only_it_reads() {
    let (convention, found) =
        read(&[("1_a.sql", "a"), ("2_b.up.sql", "-- no-transaction\nb"), ("2_b.down.sql", "back")]);
    assert_eq!(convention, Convention::Sqlx);
    assert_eq!(found, ["1_a: a", "!2_b: -- no-transaction b / back"]);
}

#[test]
fn dbmate_marks_both_ways() {
    let (convention, found) = read(&[
        ("20240101_a.sql", "-- who\n-- migrate:up\na;\n\n-- migrate:down\nback;\n"),
        ("20240102_b.sql", "--migrate:up transaction:false\nb"),
        ("20240103_c.sql", "-- migrate:up  transaction:false \nb;\nc;\n-- migrate:down transaction:false\n"),
        ("schema.sql", "not a migration"),
    ]);
    assert_eq!(convention, Convention::Dbmate);
    assert_eq!(found, ["20240101_a: a; / back;", "!20240102_b: b", "20240103_c: b; c; / "]);
}

#[test]
fn goose_marks_statements_too() {
    let (convention, found) = read(&[
        ("00001_a.sql", "-- +goose Up\n-- +goose StatementBegin\na;\n-- +goose StatementEnd\n-- +goose Down\nback;"),
        ("00002_b.sql", "-- +goose NO TRANSACTION\n-- +goose up\nb; c"),
    ]);
    assert_eq!(convention, Convention::Goose);
    assert_eq!(
        found,
        ["00001_a: -- +goose StatementBegin a; -- +goose StatementEnd / back;", "!00002_b: b; c"],
        "it runs statement by statement"
    );
}

#[test]
fn tern_divides_a_file_in_two() {
    let (convention, found) = read(&[
        ("001_a.sql", "a\n\n---- create above / drop below ----\n\nback"),
        ("002_b.sql", "---- tern: disable-tx ----\nb"),
        ("shared/view.sql", "a part of others"),
    ]);
    assert_eq!(convention, Convention::Tern);
    assert_eq!(found, ["001_a: a / back", "!002_b: ---- tern: disable-tx ---- b"]);
}

#[test]
fn flyway_counts_in_parts_and_repeats_at_the_end() {
    let (convention, found) = read(&[
        ("V1.10__c.sql", "c"),
        ("V1_9__b.sql", "b"),
        ("later/V2__d.sql", "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"),
        ("U1.9.0__b.sql", "back"),
        ("R__view.sql", "always"),
        ("R__a_view.sql", "always too"),
        ("V3__e.sql", "e"),
        ("V3__e.sql.conf", "executeInTransaction=false"),
        ("B2__all.sql", "no"),
        ("U4__f.sql", "refinery's"),
        ("afterMigrate.sql", "no"),
    ]);
    assert_eq!(convention, Convention::Flyway);
    let index = "!V2__d: CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)";
    let last = ["!V3__e: e", "U4__f: refinery's", "R__a_view: always too", "R__view: always"];
    let all: Vec<&str> = ["V1_9__b: b / back", "V1.10__c: c", index].into_iter().chain(last).collect();
    assert_eq!(found, all);
}

#[test]
fn two_migrations_of_one_version_are_an_error() {
    let pair = |first: &str, second: &str| (first.to_owned(), second.to_owned());
    let flyway = [("V1__a.sql", ""), ("V1.0__b.sql", "")];
    assert_eq!(two_of_one_version(&flyway), pair("V1.0__b.sql", "V1__a.sql"));
    let golang = [("1_a.up.sql", ""), ("01_b.up.sql", "")];
    assert_eq!(two_of_one_version(&golang), pair("01_b.up.sql", "1_a.up.sql"));
    let downs = [("1_a.up.sql", ""), ("01_b.down.sql", ""), ("1_b.down.sql", "")];
    assert_eq!(two_of_one_version(&downs), pair("01_b.down.sql", "1_b.down.sql"));
    let diesel = [("2024-01-01-000000_a/up.sql", ""), ("20240101000000_b/up.sql", "")];
    assert_eq!(two_of_one_version(&diesel), pair("2024-01-01-000000_a/up.sql", "20240101000000_b/up.sql"));
}

#[test]
fn statements_of_a_part_stand_where_the_file_has_them() {
    let folder = folder(&[("1_a.sql", "-- migrate:up\nselect 1;\nselect 'ü';\n-- migrate:down\nselect 3;\nselect 4;")]);
    let [migration] = <[Migration; 1]>::try_from(discover(folder.path()).unwrap()).unwrap();
    let places = |piece: &Piece| -> Vec<(usize, String)> {
        piece.statements().iter().map(|statement| (statement.line(), statement.sql().to_owned())).collect()
    };
    assert_eq!(places(&migration.up), [(2, "select 1".to_owned()), (3, "select 'ü'".to_owned())]);
    assert_eq!(places(migration.down.as_ref().unwrap()), [(5, "select 3".to_owned()), (6, "select 4".to_owned())]);
}

#[test]
fn a_file_is_found_with_what_it_belongs_to() {
    let folder = folder(&[
        ("20240102030405_b/up.sql", "b"),
        ("20240102030405_b/down.sql", "c"),
        ("20230102030405_a/up.sql", "a"),
    ]);
    for name in ["up.sql", "down.sql"] {
        let found = discover(&folder.path().join("20240102030405_b").join(name)).unwrap();
        assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["20240102030405_b"]);
    }
    assert!(matches!(discover(&folder.path().join("none.sql")), Err(SourceError::NotThere { .. })));
}
