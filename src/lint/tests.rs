use std::collections::BTreeSet;
use std::fs;

use super::*;
use crate::catalog::Catalog;
use crate::catalog::sample::{column, table};
use crate::grade::losses;
use crate::kind::key::{Attached, Child, Global};
use crate::plan::plan;
use serde_json::json;

fn shop() -> Catalog {
    Catalog::default().with_table("orders", &["id bigint", "note text"]).with_enum("mood", &["ok", "sad"])
}

fn found(live: &Catalog, desired: &Catalog, allows: &[&str]) -> Vec<Finding> {
    let up = plan(live, desired, &|_, _, _| None).unwrap();
    let losses = losses(&up, &live.facts, &desired.facts);
    let grade = Grade::of(&losses, &[]);
    let input = Input {
        up: &up,
        live: &live.facts,
        desired: &desired.facts,
        losses: &losses,
        grade: &grade,
        grants_declared: false,
        sizes: &Sizes::default(),
        threshold: Threshold::default(),
        version: None,
        not_managed: &BTreeMap::new(),
        asked: &[],
        places: &|_| Some(Place { file: "shop.sql".to_owned(), line: 3 }),
    };
    let allows: Vec<Allow> = allows.iter().map(|allow| allow.parse().unwrap()).collect();
    check(&input, &Policy::default(), &allows)
}

/// `code:object`, with a `+` before what is let through.
fn codes(live: &Catalog, desired: &Catalog, allows: &[&str]) -> Vec<String> {
    let mark = |finding: &Finding| if finding.allowed_by.is_some() { "+" } else { "" };
    found(live, desired, allows).iter().map(|finding| mark(finding).to_owned() + &finding.allowance()).collect()
}

#[test]
fn a_rule_is_named_after_its_file_and_the_list_is_sorted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lint/rule");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let stems: BTreeSet<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().replace('_', "-")).collect();
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted());
    assert_eq!(codes.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), stems);
    assert!(RULES.iter().all(|rule| !rule.title.is_empty() && rule.why.ends_with('.') && rule.remedy.ends_with('.')));
}

#[test]
fn nothing_is_found_where_nothing_is_lost() {
    let more = shop()
        .with_column("orders", "status mood")
        .with_index("i", "orders", "id")
        .with_enum("mood", &["ok", "sad", "new"]);
    // The plan is the plain one, and was not run: what it locks is guessed.
    assert_eq!(codes(&shop(), &more, &[]), ["domain-column-rewrites:orders.status", "index-not-concurrent:orders"]);
    assert!(codes(&shop(), &shop(), &["drop-table:orders"]).is_empty(), "where nothing changes nothing is said");
}

#[test]
fn every_loss_has_its_code() {
    let gone = |key: &Key| codes(&shop(), &shop().without(key), &[]);
    assert_eq!(gone(&table("orders")), ["down-lossy", "drop-table:orders"]);
    assert_eq!(gone(&column("orders", "note")), ["down-lossy", "drop-column:orders.note"]);
    let less = shop().with_enum("mood", &["ok"]);
    assert_eq!(codes(&shop(), &less, &[]), ["down-lossy", "enum-value-removed:mood.sad"]);
    let narrow = shop().with_column("orders", "id integer");
    assert_eq!(codes(&shop(), &narrow, &[]), ["down-lossy", "type-narrowing:orders.id", "type-rewrites:orders.id"]);
    let app = Key::Schema(Global { name: "app".into() });
    assert_eq!(codes(&shop().with(app, json!({"schema": {}})), &shop(), &[]), ["drop-schema:app"]);
    assert_eq!(codes(&shop().with_enum("old", &["x"]), &shop(), &[]), ["drop-type:old"]);
}

#[test]
fn allowances_let_through_what_they_name() {
    let less = shop().without(&column("orders", "note"));
    for allow in ["all", "drop-column", "drop-column:orders.note", "drop-column:public.orders.note"] {
        let found = found(&shop(), &less, &[allow]);
        assert!(!blocked(&found), "{allow}: {found:?}");
        let allowed = found.iter().find(|finding| finding.code == "drop-column").unwrap().allowed_by.clone();
        assert_eq!(allowed, Some(format!("--allow {allow}")));
    }
    for allow in ["drop-table", "drop-column:orders.id", "all:orders", "down-lossy"] {
        assert!(blocked(&found(&shop(), &less, &[allow])), "{allow}");
    }
    for text in ["", ":x", "drop-table:", "Drop Table"] {
        assert!(text.parse::<Allow>().is_err(), "{text}");
    }
}

#[test]
fn an_allowance_that_lets_nothing_through_is_told() {
    let less = shop().without(&column("orders", "note"));
    let found = found(&shop(), &less, &["all", "drop-colunm:orders.note", "drop-table:orders"]);
    let unused: Vec<(&str, &str)> = found
        .iter()
        .filter(|finding| finding.level == Level::Note)
        .map(|finding| (finding.message.as_str(), finding.help.as_deref().unwrap()))
        .collect();
    assert_eq!(
        unused,
        [
            ("`--allow drop-colunm:orders.note` lets nothing through", "did you mean `drop-column`?"),
            (
                "`--allow drop-table:orders` lets nothing through",
                "remove it, so that it does not let something else through one day"
            ),
        ]
    );
    assert!(!blocked(&found));
}

#[test]
fn a_likely_rename_is_a_question_with_its_answer() {
    let renamed = shop().without(&column("orders", "note")).with_column("orders", "remark text");
    let all = found(&shop(), &renamed, &[]);
    let question = all.iter().find(|finding| finding.code == "likely-rename").unwrap();
    assert_eq!(question.message, "column orders.note goes and orders.remark comes: is it the same under another name?");
    let help = "if so, write `-- pgplumb: renamed from note` above orders.remark (shop.sql:3)";
    assert_eq!(question.help.as_deref(), Some(help));
    assert!(blocked(&found(&shop(), &renamed, &["drop-column"])), "a drop that is allowed for all leaves the question");
    assert!(
        !blocked(&found(&shop(), &renamed, &["drop-column:orders.note"])),
        "one that is allowed by name answers it"
    );
}

#[test]
fn a_rename_is_asked_about_only_where_two_things_are_alike() {
    let asked = |live: &Catalog, desired: &Catalog| -> Vec<String> {
        codes(live, desired, &[]).into_iter().filter(|code| code.starts_with("likely-rename")).collect()
    };
    let other_type = shop().without(&column("orders", "note")).with_column("orders", "remark jsonb");
    assert!(asked(&shop(), &other_type).is_empty());
    let moved = shop().without(&table("orders")).with_table("purchases", &["id bigint", "note text"]);
    assert_eq!(asked(&shop(), &moved), ["likely-rename:orders"]);
    let unlike = shop().without(&table("orders")).with_table("purchases", &["number text", "paid date"]);
    assert!(asked(&shop(), &unlike).is_empty());
    let one = shop().with_index("a_idx", "orders", "id");
    assert_eq!(asked(&one, &shop().with_index("b_idx", "orders", "id")), ["likely-rename:a_idx"]);
    assert!(asked(&one, &shop().with_index("b_idx", "orders", "note")).is_empty());
    assert_eq!(asked(&shop(), &shop().with_enum("mood", &["fine", "sad"])), ["likely-rename:mood.ok"]);
    let two =
        shop().without(&column("orders", "note")).with_column("orders", "x text").with_column("orders", "notes text");
    let question = found(&shop(), &two, &[]).into_iter().find(|finding| finding.code == "likely-rename").unwrap();
    assert!(question.message.contains("orders.notes comes"), "the name decides between two: {}", question.message);
}

#[test]
fn privileges_that_the_files_never_mention_are_not_revoked_in_silence() {
    let acl = Key::Acl(Attached::new(table("orders")));
    let entry = json!([{"grantee": {"role": "app"}, "privilege": "SELECT", "grantable": false, "grantor": null}]);
    let body = json!({"acl": {"entries": entry, "standard": [], "objects": "r", "owner": "me"}});
    let granted = shop().with(acl, body);
    assert_eq!(codes(&granted, &shop(), &[]), ["grants-undeclared:orders"]);
    let gone = codes(&granted, &shop().without(&table("orders")), &[]);
    assert!(!gone.iter().any(|code| code.starts_with("grants")), "{gone:?}");
}

/// Rows that differ in a column that is unique differ in it and any other.
#[test]
fn a_wider_key_than_one_that_is_there_is_no_new_demand() {
    let key = |columns: &[&str]| {
        json!({"constraint": {
            "type": "u", "definition": format!("UNIQUE ({})", columns.join(", ")), "validated": true, "local": true,
            "inherited": false, "no_inherit": false, "deferrable": false, "deferred": false, "columns": columns,
            "references_schema": null, "references_name": null, "options": [], "tablespace": null,
        }})
    };
    let named = |name: &str| Key::Constraint(Child::new(table("orders"), name));
    let live = shop().with(named("orders_id"), key(&["id"]));
    let code = "constraint-tightened-without-check:orders.wide";
    let wide = |columns: &[&str]| codes(&live, &live.clone().with(named("wide"), key(columns)), &[]);
    assert!(!wide(&["id", "note"]).contains(&code.to_owned()), "{:?}", wide(&["id", "note"]));
    assert!(wide(&["note"]).contains(&code.to_owned()), "{:?}", wide(&["note"]));
}
