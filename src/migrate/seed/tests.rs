use super::*;

fn seed(name: &str, text: &str) -> Result<Seed, MigrateError> {
    Seed::parse(file(name, text))
}

fn file(name: &str, text: &str) -> File {
    File { name: name.to_owned(), text: Arc::new(SqlFile::new(format!("seeds/{name}"), text)) }
}

fn done(name: &str, text: &str, undone: bool) -> Done {
    let value = serde_json::json!({
        "name": name,
        "sha256": hex(&hash(text)),
        "applied_by": "ann",
        "applied_at": "2026-01-01T00:00:00+00:00",
        "undone": undone,
    });
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_seed_is_one_transaction_whoever_begins_it() {
    let plain = seed("a.sql", "SET search_path = a;\nINSERT INTO t VALUES (1);\nSELECT setval('s', 1);\n").unwrap();
    assert_eq!((plain.steps(), plain.script.parts.len(), plain.script.begin.is_none()), (2, 3, true));
    let own = seed(
        "a.sql",
        "SET x.y = 1; BEGIN ISOLATION LEVEL SERIALIZABLE; SAVEPOINT a; INSERT INTO t VALUES (1); COMMIT;",
    );
    let own = own.unwrap();
    assert_eq!((own.steps(), own.script.parts.len()), (1, 3));
    assert_eq!(own.script.begin.unwrap().sql(), "BEGIN ISOLATION LEVEL SERIALIZABLE");
    assert!(seed("a.sql", "SET ROLE other; INSERT INTO t VALUES (1);").unwrap().script.changes_role);
    assert_eq!(seed("a.sql", "-- nothing yet\n").unwrap().steps(), 0);
}

#[test]
fn what_is_not_one_transaction_is_refused() {
    let said = |text: &str| seed("a.sql", text).unwrap_err().to_string();
    assert!(said("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;").contains("a second one begins"));
    assert!(said("SELECT 1; BEGIN; SELECT 2; COMMIT;").contains("statements outside of it"));
    assert!(said("BEGIN; SELECT 2; COMMIT; SELECT 1;").contains("statements outside of it"));
    assert!(said("CREATE INDEX CONCURRENTLY i ON t (x);").contains("cannot be in one"));
    assert!(said("BEGIN; CREATE INDEX CONCURRENTLY i ON t (x); COMMIT;").contains("cannot be in one"));
    assert!(said("-- pgplumb: backfill key=id\nUPDATE t SET x = 1;").contains("one by one"));
    assert!(said("COPY t FROM stdin;\n1\n\\.\n").contains("COPY from or to psql"));
    assert!(said("\\i other.sql\n").contains("a command of psql"));
    assert!(said("INSERT INTO t VALUES (1); ROLLBACK;").contains("a ROLLBACK"));
}

#[test]
fn one_that_was_run_stands_as_its_last_run_says() {
    let seeds = ["a", "b", "c", "d"].map(|name| file(name, "SELECT 1"));
    let runs =
        [done("b", "SELECT 1", false), done("c", "SELECT 2", true), done("d", "SELECT 1", true), done("e", "", false)];
    let entries = survey(&seeds, &runs, Path::new("/nowhere"));
    let found: Vec<_> = entries.iter().map(|entry| (entry.name, entry.standing)).collect();
    let wanted = [
        ("a", Standing::Pending),
        ("b", Standing::Run),
        ("c", Standing::Changed),
        ("d", Standing::Again),
        ("e", Standing::Missing),
    ];
    assert_eq!(found, wanted);
    assert_eq!(found.iter().filter(|(_, standing)| standing.is_due()).count(), 3);
}

#[test]
fn those_of_all_environments_come_first_and_each_by_name() {
    let place = tempfile::tempdir().unwrap();
    for file in ["20.sql", "10.SQL", ".hidden.sql", "notes.txt", "staging/05.sql", "staging/deep/1.sql", "live/1.sql"] {
        let path = place.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "SELECT 1;").unwrap();
    }
    let names = |environment| -> Vec<String> {
        read(place.path(), environment).unwrap().into_iter().map(|seed| seed.name).collect()
    };
    assert_eq!(names(Some("staging")), ["10.SQL", "20.sql", "staging/05.sql"]);
    assert_eq!(names(Some("other")), ["10.SQL", "20.sql"]);
    assert_eq!(names(None), ["10.SQL", "20.sql"]);
    let gone = read(&place.path().join("gone"), None).unwrap_err();
    assert!(matches!(gone, MigrateError::NoSeeds { .. }));
}
