//! `pgplumb check` as CI runs it.

use serde_json::Value;

use crate::harness::place::Place;

const FIRST: &str = "CREATE TABLE orders (id bigint PRIMARY KEY);\nCOMMENT ON TABLE orders IS 'what was bought';\n";
const SECOND: &str = "SET lock_timeout = '3s';\nALTER TABLE orders ADD COLUMN note text;\n";
const SCHEMA: &str =
    "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\nCOMMENT ON TABLE orders IS 'what was bought';\n";

/// A project in which all is well.
fn place() -> Place {
    let place = Place::new();
    place.write("schema/orders.sql", SCHEMA);
    place.write("generated/20260101000000_first/up.sql", FIRST);
    place.write("generated/20260101000000_first/down.sql", "DROP TABLE orders;\n");
    place.write("generated/20260102000000_note/up.sql", SECOND);
    place.write("generated/20260102000000_note/down.sql", "ALTER TABLE orders DROP COLUMN note;\n");
    place
}

/// The findings as `CODE OBJECT FILE`, of the rules that this verb adds.
#[track_caller]
fn found(place: &Place, code: i32, more: &[&str]) -> Vec<String> {
    let out = place.exits(code, &[&["check", "--format", "json"], more].concat()).out;
    let document: Value = serde_json::from_str(&out).unwrap();
    let of = |finding: &Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    let ours = ["down-missing", "down-differs", "down-unproved", "schema-differs", "statement-fails"];
    let all = document["findings"].as_array().unwrap().iter();
    let all = all.filter(|finding| ours.contains(&of(finding, "code").as_str()));
    all.map(|finding| format!("{} {} {}", of(finding, "code"), of(finding, "object"), of(finding, "file"))).collect()
}

#[test]
fn a_project_in_order_says_what_was_checked() {
    let out = place().exits(0, &["check"]).out;
    for said in [
        "2 migrations run from nothing on PostgreSQL 15\n",
        "2 downs lead back to where their ups began\n",
        "the migrations lead to what schema (1 file) says\n",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    assert_eq!(found(&place(), 0, &[]), [""; 0]);
}

#[test]
fn a_down_that_does_not_lead_back_blocks_and_the_next_is_looked_at_all_the_same() {
    let place = place();
    place.write("generated/20260101000000_first/down.sql", "COMMENT ON TABLE orders IS NULL;\n");
    let down = "down-differs 20260101000000_first generated/20260101000000_first/down.sql";
    assert_eq!(found(&place, 1, &[]), [down]);
    let out = place.exits(1, &["check"]).out;
    let said: Vec<&str> = out.split_whitespace().filter(|word| *word != "│").collect();
    assert!(said.join(" ").contains("the schema is not as it was: table orders: DROP TABLE orders"), "{out}");
    assert!(out.contains("1 of 2 downs lead back"), "{out}");
    place.write("generated/20260101000000_first/down.sql", "DROP TABLE orders_;\n");
    let out = place.exits(1, &["check", "--format", "github"]).out;
    assert!(out.contains("does not run: table \"orders_\" does not exist"), "{out}");
    assert_eq!(found(&place, 0, &["--allow", "down-differs:20260101000000_first"]), [down]);
    let reason = "-- pgplumb: allow down-differs because nobody goes back to nothing\n";
    place.write("generated/20260101000000_first/down.sql", &format!("{reason}DROP TABLE orders_;\n"));
    assert_eq!(found(&place, 0, &[]), [down]);
}

#[test]
fn a_down_is_missed_only_where_others_have_one() {
    let place = place();
    std::fs::remove_file(place.path().join("generated/20260102000000_note/down.sql")).unwrap();
    let missing = "down-missing 20260102000000_note generated/20260102000000_note/up.sql";
    assert_eq!(found(&place, 0, &[]), [missing]);
    std::fs::remove_file(place.path().join("generated/20260101000000_first/down.sql")).unwrap();
    assert_eq!(found(&place, 0, &[]), [""; 0]);
    assert!(place.exits(0, &["check"]).out.contains("no migration has a down"));
}

#[test]
fn what_the_files_say_and_the_migrations_do_not_is_shown_where_it_stands() {
    let place = place();
    place.write("schema/orders.sql", &SCHEMA.replace("note text", "note text, paid boolean"));
    assert_eq!(found(&place, 1, &[]), ["schema-differs orders "]);
    let out = place.exits(1, &["check", "--format", "github"]).out;
    assert!(out.contains("::error file=schema/orders.sql,line=1,endLine=1,title=schema-differs::"), "{out}");
    assert!(out.contains("ALTER TABLE orders ADD COLUMN paid boolean"), "{out}");
    // Nobody who keeps no schema files is told that they differ.
    std::fs::remove_dir_all(place.path().join("schema")).unwrap();
    assert_eq!(found(&place, 0, &[]), [""; 0]);
    place.exits(2, &["check", "--schema", "schema"]);
}

#[test]
fn an_up_that_does_not_run_leaves_the_downs_behind_it_untried() {
    let place = place();
    place.write("generated/20260102000000_note/up.sql", &SECOND.replace("orders", "order_s"));
    let up = "statement-fails  generated/20260102000000_note/up.sql";
    let down = "down-unproved 20260102000000_note generated/20260102000000_note/down.sql";
    let mut all = found(&place, 1, &[]);
    all.sort();
    assert_eq!(all, [down, up]);
}

#[test]
fn a_file_that_was_edited_after_it_was_proven_is_told_of() {
    let place = Place::new();
    place.write("schema/orders.sql", SCHEMA);
    place.exits(0, &["plan", "--out", "generated/20260101000000_all"]);
    assert_eq!(found(&place, 0, &[]), [""; 0]);
    let up = place.read("generated/20260101000000_all/up.sql");
    place.write("generated/20260101000000_all/up.sql", &format!("{up}-- edited\n"));
    let edited = "down-unproved 20260101000000_all generated/20260101000000_all/down.sql";
    assert_eq!(found(&place, 0, &[]), [edited]);
    place.write("pgplumb.yaml", "lint: {rules: {down-unproved: error}}\n");
    assert_eq!(found(&place, 1, &[]), [edited]);
}

#[test]
fn migrations_of_another_tool_are_run_as_it_runs_them() {
    let place = Place::new();
    place.write("db/1_first.up.sql", FIRST);
    place.write("db/1_first.down.sql", "DROP TABLE orders;\n");
    place.write("db/2_note.up.sql", SECOND);
    place.write("db/2_note.down.sql", "ALTER TABLE orders DROP COLUMN id;\n");
    let down = "down-differs 2_note db/2_note.down.sql";
    assert_eq!(found(&place, 1, &["--migrations", "db"]), [down]);
    let known = ["--migrations", "db", "--baseline", "known.json"];
    found(&place, 0, &known);
    assert_eq!(found(&place, 0, &known), [""; 0]);
}
