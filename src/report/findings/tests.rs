use std::sync::Arc;

use super::*;
use crate::lint::finding::{Fix, Span};
use crate::sql::file::SqlFile;
use serde_json::Value;

const SQL: &str = "-- ü\nCREATE INDEX a ON b (c);\nCREATE INDEX a ON b (c);\n";

fn at(from: usize, to: usize) -> Option<Span> {
    Some(Span { file: Arc::new(SqlFile::new("./migrations/1 ü,a:b.sql", SQL)), bytes: from..to })
}

fn samples() -> Vec<Finding> {
    let index = |from: usize, to: usize| Finding {
        at: at(from, to),
        object: "b".to_owned(),
        fix: vec![Fix { bytes: from + 12..from + 12, text: " CONCURRENTLY".to_owned() }],
        ..Finding::of_plan("index-not-concurrent", "nobody can write to b, 100%\nof the time <&>\u{1}")
            .help("use | CONCURRENTLY")
    };
    vec![
        index(6, 30),
        index(31, 55),
        Finding { allowed_by: Some("--allow drop-table".to_owned()), ..Finding::of_plan("drop-table", "b goes") },
        Finding::of_plan("lock-timeout-missing", "no timeout").level(Level::Note),
    ]
}

fn over(findings: &[Finding], render: impl Fn(&Findings) -> String) -> String {
    render(&Findings {
        tool: "0.1.0",
        verb: "lint",
        findings,
        files: 1,
        unmeasured: None,
        places: &|_| None,
        checked: &[],
    })
}

#[test]
fn a_workflow_command_says_where_and_is_escaped() {
    let said = over(&samples(), github::render);
    let first = said.lines().next().unwrap();
    assert_eq!(
        first,
        "::error file=migrations/1 ü%2Ca%3Ab.sql,line=2,endLine=2,col=1,endColumn=25,title=index-not-concurrent::nobody \
         can write to b, 100%25%0Aof the time <&>\u{1}%0Ause | CONCURRENTLY"
    );
    assert!(said.contains("::notice title=lock-timeout-missing::no timeout\n"), "{said}");
    assert!(!said.contains("::error title=drop-table"), "what is allowed is not shown: {said}");
    assert!(said.ends_with("pgplumb lint: errors 2, warnings 0, notes 1, allowed 1\n"), "{said}");
}

#[test]
fn sarif_is_what_the_standard_says() {
    let schema: Value = serde_json::from_str(include_str!("../../../fixtures/sarif/sarif-schema-2.1.0.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for findings in [samples(), Vec::new()] {
        let document: Value = serde_json::from_str(&over(&findings, sarif::render)).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&document).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    let document: Value = serde_json::from_str(&over(&samples(), sarif::render)).unwrap();
    let run = &document["runs"][0];
    let first = &run["results"][0];
    let physical = &first["locations"][0]["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "migrations/1%20%C3%BC,a%3Ab.sql");
    assert_eq!(
        physical["region"],
        serde_json::json!({"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 25})
    );
    let index = usize::try_from(first["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "index-not-concurrent");
    let inserted = &first["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(inserted["insertedContent"]["text"], " CONCURRENTLY");
    assert_eq!(run["results"][2]["suppressions"][0]["kind"], "external");
    // The schema does say no to what is wrong.
    let mut broken = document.clone();
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&broken));
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_is_there_once() {
    let moved = |text: &str, by: usize| {
        let mut findings = samples();
        for at in findings.iter_mut().filter_map(|finding| finding.at.as_mut()) {
            at.file = Arc::new(SqlFile::new(at.file.path.clone(), text));
            at.bytes = at.bytes.start + by..at.bytes.end + by;
        }
        fingerprint::all(&findings)
    };
    let first = moved(SQL, 0);
    assert_eq!(first, moved(&format!("-- new\n\n{SQL}"), 8));
    assert_eq!(first.iter().collect::<std::collections::BTreeSet<_>>().len(), first.len());
    let document: Value = serde_json::from_str(&over(&samples(), gitlab::render)).unwrap();
    let issues = document.as_array().unwrap();
    let text = |number: usize, field: &str| issues[number][field].as_str().unwrap();
    assert_eq!((issues.len(), text(0, "fingerprint"), text(0, "severity")), (3, first[0].as_str(), "blocker"));
    assert_eq!(issues[0]["location"]["path"], "migrations/1 ü,a:b.sql");
    assert_eq!(issues[0]["location"]["lines"]["begin"], 2);
    assert_eq!((text(2, "severity"), text(2, "check_name")), ("info", "lock-timeout-missing"));
}

#[test]
fn junit_can_be_read_back() {
    let xml = over(&samples(), junit::render);
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut failures, mut skipped, mut said) = (0, 0, String::new());
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let value =
                        attribute.unwrap().normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned();
                    said.push_str(&value);
                }
                failures += usize::from(tag.name().as_ref() == "failure");
                skipped += usize::from(tag.name().as_ref() == "skipped");
            }
            _ => {}
        }
    }
    assert_eq!((failures, skipped), (2, 1), "{xml}");
    assert!(xml.contains("<testsuites name=\"pgplumb lint\" tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"1\">"));
    assert!(said.contains("nobody can write to b, 100% of the time <&>\u{fffd}"), "{said}");
    assert!(over(&[], junit::render).contains("nothing to say"));
}

#[test]
fn markdown_shows_what_blocks_first_and_how_to_allow_it() {
    let said = over(&samples(), markdown::render);
    assert!(said.starts_with("<!-- pgplumb -->\n### pgplumb lint\n\n:x: 2 errors, 1 note, 1 allowed\n"), "{said}");
    let row = "| :x: error | `index-not-concurrent` nobody can write to b, 100% of the time &lt;&amp;&gt;";
    assert!(said.contains(row), "{said}");
    assert!(
        said.contains("<br>**Instead:** use \\| CONCURRENTLY<br>Allow with `--allow index-not-concurrent:b`"),
        "{said}"
    );
    assert_eq!(said.lines().filter(|line| line.starts_with('|')).count(), 6, "a line for each: {said}");
}

#[test]
fn the_page_leads_from_rules_to_findings_and_back_and_loads_nothing() {
    let page = over(&samples(), html::render);
    for outside in ["<script", "<link", "<img", " src=", "@import", "http://", "https://"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), 3 + 4, "{ids:?}");
    for to in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&to), "{to} leads nowhere");
    }
    let about = "<td class=\"number\">2</td><td class=\"about\"><code>CREATE INDEX a ON b (c);</code>";
    assert!(page.contains(about), "{page}");
    assert!(page.contains("of the time &lt;&amp;&gt;") && page.contains("allowed by --allow drop-table"), "{page}");
    assert!(page.contains("<li class=\"bad\">2 errors</li>"), "{page}");
    assert!(over(&[], html::render).contains("nothing blocks"));
}
