//! `--events`: what a run does, as lines of JSON for programs.

use serde_json::Value;

use crate::harness::migrations::Shop;

/// The lines, each as the schema has it: its event, and all of it.
pub(crate) fn lines(text: &str) -> Vec<(String, Value)> {
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/event.v1.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let line = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let wrong: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}\n{line}");
        (value["event"].as_str().unwrap().to_owned(), value)
    };
    text.lines().map(line).collect()
}

fn names(lines: &[(String, Value)]) -> Vec<&str> {
    lines.iter().map(|(event, _)| event.as_str()).collect()
}

#[test]
fn a_run_is_told_line_by_line_and_without_secrets() {
    let shop = Shop::new();
    let up = "CREATE TABLE a (n int);\nCREATE ROLE teller LOGIN PASSWORD 'hush-hush';\nDROP ROLE teller;\n";
    shop.migration("20260101000000_a", up, Some("DROP TABLE a;\n"));
    let ran = shop.exits(0, &["apply", "--events", "run.ndjson", "--verbose"]);
    assert!(ran.out.contains("applied 20260101000000_a"), "{}", ran.out);
    let text = shop.place.read("run.ndjson");
    let told = lines(&text);
    assert_eq!(names(&told), ["begins", "step", "step", "step", "done", "ends"]);
    assert_eq!(
        (&told[0].1["id"], &told[5].1["exit"], &told[5].1["code"]),
        (&"20260101000000_a".into(), &0.into(), &Value::Null)
    );
    let role = told[2].1["sql"].as_str().unwrap();
    assert!(role.starts_with("CREATE ROLE teller LOGIN PASSWORD ") && role.contains("****"), "{role}");
    for output in [&text, &ran.out, &ran.err] {
        assert!(!output.contains("hush"), "{output}");
    }
    let dry = shop.exits(0, &["rollback", "--dry-run", "--events", "-"]).out;
    assert_eq!(names(&lines(&dry)), ["ends"]);
    let back = shop.exits(0, &["rollback", "--events", "-", "--allow", "down-lossy"]).out;
    assert_eq!(names(&lines(&back)), ["begins", "step", "done", "ends"]);
}

#[test]
fn an_error_is_the_last_line_and_its_code() {
    let shop = Shop::new();
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\nSELECT 1 / 0;\n", None);
    let ran = shop.exits(2, &["apply", "--events", "-"]);
    let told = lines(&ran.out);
    let (last, value) = told.last().unwrap();
    let code = value["code"].as_str().unwrap();
    assert!(last == "ends" && value["exit"] == 2 && ran.err.contains(code), "{value} {}", ran.err);
    let refused = shop.exits(2, &["apply", "--events", "no/such/folder/run.ndjson"]);
    assert!(refused.err.contains("no/such/folder"), "{}", refused.err);
    // The run does not end because nobody can listen.
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\nSELECT 1 / 1;\n", None);
    let deaf = shop.exits(0, &["apply", "--events", "/dev/full"]);
    assert!(deaf.err.contains("no more events are written"), "{}", deaf.err);
    shop.write("targets", &format!("a {}\n", shop.url()));
    let many = shop.place.exits(64, &["apply", "--targets", "targets", "--events", "-"]);
    assert!(many.err.contains("`--events` is for one database"), "{}", many.err);
}
