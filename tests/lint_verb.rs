//! `pgplumb lint` as a person runs it.

use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;
use crate::harness::place::Place;

const FIRST: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamp);\n";
const SECOND: &str = "CREATE INDEX orders_at ON orders (at);\n";

fn place() -> Place {
    let place = Place::new();
    place.write("migrations/001_first.sql", FIRST);
    place.write("migrations/002_second.sql", SECOND);
    place
}

/// The findings that `--format json` prints, as `FILE CODE LEVEL`; the document fits its schema.
fn found(json: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/lint.v1.json")).unwrap();
    let document: Value = serde_json::from_str(json).unwrap();
    let wrong: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let text = |finding: &Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    let one =
        |finding: &Value| format!("{} {} {}", text(finding, "file"), text(finding, "code"), text(finding, "level"));
    document["findings"].as_array().unwrap().iter().map(one).collect()
}

#[test]
fn what_blocks_is_shown_at_its_place_and_exits_with_1() {
    let ran = place().exits(1, &["lint", "migrations"]);
    assert!(ran.out.contains("nobody can write to orders while the index is built"), "{}", ran.out);
    assert!(ran.out.contains("migrations/002_second.sql:1:1"), "{}", ran.out);
    assert!(ran.out.contains("pgplumb: allow index-not-concurrent:orders because"), "{}", ran.out);
}

/// What was mistyped must not look like files without a fault.
#[test]
fn a_path_that_is_not_there_is_told() {
    for path in ["migrations/003_third.sql", "migration", "migrations/deeper/x.sql"] {
        let ran = place().exits(2, &["lint", "--text-only", "migrations/001_first.sql", path]);
        assert!(ran.err.contains("source::not_there") && ran.err.contains(path), "{}", ran.err);
    }
}

#[test]
fn one_file_is_run_after_those_before_it_and_only_it_is_told_of() {
    let place = place();
    place.write("migrations/003_third.sql", "ALTER TABLE orders ALTER COLUMN id TYPE numeric;\n");
    let json = place.exits(1, &["lint", "--format", "json", "--rule", "type-rewrites", "migrations/003_third.sql"]).out;
    assert_eq!(found(&json), ["migrations/003_third.sql type-rewrites error"]);
    let json =
        place.exits(0, &["lint", "--format", "json", "--rule", "type-rewrites", "migrations/002_second.sql"]).out;
    assert_eq!(found(&json), [""; 0]);
}

#[test]
fn what_is_allowed_at_the_statement_does_not_block() {
    let place = place();
    let allowed = format!("-- pgplumb: allow index-not-concurrent because nobody writes yet\n{SECOND}");
    place.write("migrations/002_second.sql", &format!("{allowed}CREATE INDEX orders_two ON orders (at);\n"));
    let only = ["lint", "--format", "json", "--rule", "index-not-concurrent", "migrations"];
    let document: Value = serde_json::from_str(&place.exits(1, &only).out).unwrap();
    let by: Vec<bool> = document["findings"].as_array().unwrap().iter().map(|f| f["allowed_by"].is_string()).collect();
    assert_eq!(by, [true, false], "only the statement below it");
    place.write("migrations/002_second.sql", &allowed);
    place.exits(0, &only);
    place.write("migrations/002_second.sql", SECOND);
    place.exits(0, &["lint", "--rule", "index-not-concurrent", "--allow", "index-not-concurrent:orders", "migrations"]);
}

#[test]
fn levels_come_from_the_configuration_by_path_too() {
    let place = place();
    let only = ["lint", "--format", "json", "--rule", "index-not-concurrent", "migrations"];
    place.write("pgplumb.yaml", "lint: {rules: {index-not-concurrent: warning}}\n");
    assert_eq!(found(&place.exits(0, &only).out), ["migrations/002_second.sql index-not-concurrent warning"]);
    place.write("pgplumb.yaml", "lint: {paths: [{path: '*/002*', rules: {index-not-concurrent: note}}]}\n");
    assert_eq!(found(&place.exits(0, &only).out), ["migrations/002_second.sql index-not-concurrent note"]);
}

#[test]
fn a_small_live_table_makes_it_a_note() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", FIRST).unwrap();
    let url = cluster.url("postgres");
    let only = ["lint", "--format", "json", "--rule", "index-not-concurrent", "--db", &url, "migrations"];
    let place = place();
    assert_eq!(found(&place.exits(0, &only).out), ["migrations/002_second.sql index-not-concurrent note"]);
    let many = "INSERT INTO orders SELECT n FROM generate_series(1, 20000) AS n; ANALYZE orders";
    cluster.query("postgres", many).unwrap();
    let out = place.exits(1, &only).out;
    assert!(out.contains("about 20,000 rows"), "{out}");
}

#[test]
fn a_file_that_a_database_ran_as_something_else_is_found_by_lint_and_check() {
    let shop = Shop::new();
    shop.write("schema/orders.sql", FIRST);
    shop.migration("20260101000000_first", FIRST, None);
    let only = ["lint", "--format", "json", "--rule", "edited-after-apply", "generated"];
    assert_eq!(found(&shop.exits(0, &only).out), [""; 0], "no books");
    shop.exits(0, &["apply"]);
    assert_eq!(found(&shop.exits(0, &only).out), [""; 0]);
    shop.migration("20260101000000_first", &format!("-- the first\n{FIRST}"), None);
    shop.migration("20260102000000_second", SECOND, None);
    let json = shop.exits(1, &only).out;
    assert_eq!(found(&json), ["generated/20260101000000_first/up.sql edited-after-apply error"]);
    let ran = shop.exits(1, &["check", "--scratch", &shop.cluster.url("postgres")]);
    assert!(ran.out.contains("20260101000000_first was applied with another text"), "{}", ran.out);
    shop.place.exits(0, &[&only[..], &["--scratch", &shop.cluster.url("postgres")]].concat());
    shop.exits(0, &["repair", "20260101000000_first", "--accept", "--because", "a comment"]);
    assert_eq!(found(&shop.exits(0, &only).out), [""; 0]);
}

#[test]
fn a_baseline_takes_what_is_there_and_nothing_that_comes() {
    let place = place();
    let known = ["lint", "--rule", "index-not-concurrent", "--baseline", "known.json", "migrations"];
    place.exits(0, &known);
    place.write("migrations/002_second.sql", &format!("-- moved down\n\n{SECOND}"));
    place.exits(0, &known);
    place.write("migrations/003_third.sql", "CREATE INDEX orders_two ON orders (at);\n");
    let ran = place.exits(1, &known);
    assert!(ran.out.contains("003_third.sql") && !ran.out.contains("002_second.sql"), "{}", ran.out);
    place.write("known.json", "{}");
    assert!(place.exits(2, &known).err.contains("is no baseline"));
}

#[test]
fn a_rule_that_there_is_none_of_is_told_with_the_nearest() {
    let ran = place().exits(2, &["lint", "--rule", "drop-tabel", "migrations"]);
    assert!(ran.err.contains("there is no rule `drop-tabel`") && ran.err.contains("`drop-table`"), "{}", ran.err);
    let ran = place().exits(2, &["explain", "drop-tabel"]);
    assert!(ran.err.contains("did you mean `drop-table`?"), "{}", ran.err);
    assert!(place().exits(0, &["explain", "type-rewrites"]).out.contains("ACCESS EXCLUSIVE"));
}

#[test]
fn each_format_is_printed_or_written_beside_another() {
    let place = place();
    let only = ["lint", "--text-only", "--rule", "index-not-concurrent", "--format"];
    let said = |format: &str| place.exits(1, &[&only[..], &[format, "migrations"]].concat()).out;
    assert!(said("markdown").contains("`migrations/002_second.sql:1`"));
    let github = said("github");
    let first =
        "::error file=migrations/002_second.sql,line=1,endLine=1,col=1,endColumn=38,title=index-not-concurrent::";
    assert!(github.starts_with(first), "{github}");
    let issues: Value = serde_json::from_str(&said("gitlab")).unwrap();
    assert_eq!(issues[0]["location"]["path"], "migrations/002_second.sql");
    assert!(said("junit").contains("<testsuite name=\"migrations/002_second.sql\" tests=\"1\" failures=\"1\""));
    let both = ["--report", "sarif=out/lint.sarif", "--report", "text=out/lint.txt", "migrations"];
    let printed = place.exits(1, &[&only[..], &["json"], &both[..]].concat()).out;
    assert_eq!(found(&printed), ["migrations/002_second.sql index-not-concurrent error"]);
    let sarif: Value = serde_json::from_str(&place.read("out/lint.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "index-not-concurrent");
    assert!(!place.read("out/lint.txt").contains('\u{1b}'));
    let wrong = place.exits(64, &["lint", "--report", "sarif", "migrations"]);
    assert!(wrong.err.contains("write FORMAT=FILE"), "{}", wrong.err);
}

#[test]
fn what_runs_anew_in_flyway_needs_no_undo_file() {
    let place = Place::new();
    place.write("sql/V1__t.sql", "CREATE TABLE t ();\n");
    place.write("sql/U1__t.sql", "DROP TABLE t;\n");
    place.write("sql/V2__u.sql", "CREATE TABLE u ();\n");
    place.write("sql/R__v.sql", "CREATE OR REPLACE VIEW v AS SELECT 1 AS one;\n");
    let json = place.exits(0, &["lint", "--text-only", "--format", "json", "--rule", "down-missing", "sql"]).out;
    assert_eq!(found(&json), ["sql/V2__u.sql down-missing warning"]);
}

#[test]
fn an_allowance_that_lets_nothing_through_is_told() {
    let place = place();
    let text = "-- pgplumb: allow drop-table because nobody reads it\nCREATE TABLE t ();\n";
    place.write("migrations/003_third.sql", text);
    let ran = place.exits(0, &["lint", "--text-only", "--allow", "drop-tabel:x", "migrations/003_third.sql"]);
    let at = "`allow drop-table at migrations/003_third.sql:1 (because nobody reads it)`";
    for told in ["allowance-unused", at, "`--allow drop-tabel:x` lets nothing through", "did you mean `drop-table`?"] {
        assert!(ran.out.contains(told), "{told}: {}", ran.out);
    }
}

#[test]
fn what_one_file_sets_does_not_reach_the_next() {
    let place = Place::new();
    place.write(
        "m/1_sets.sql",
        "CREATE SCHEMA app;\nSET search_path = app;\nCREATE TABLE t (id int);\nCREATE TEMP TABLE passing (id int);\n",
    );
    place.write("m/2_role.sql", "CREATE ROLE reader;\nSET ROLE reader;\n");
    place.write("m/3_prepares.sql", "PREPARE one AS SELECT 1;\nEXECUTE one;\n");
    place.write(
        "m/4_fails.sql",
        "ALTER TABLE t ADD COLUMN a int;\nALTER TABLE passing ADD COLUMN a int;\nEXECUTE one;\n",
    );
    place.write("m/5_works.sql", "ALTER TABLE app.t ADD COLUMN note text NOT NULL;\n");
    let looked = place.exits(1, &["lint", "--format", "json", "--rule", "statement-fails", "m"]);
    assert_eq!(found(&looked.out), ["m/4_fails.sql statement-fails error"; 3]);
}
