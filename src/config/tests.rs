//! The configuration, against its table of keys and its page.

use std::collections::BTreeSet;

use miette::{Diagnostic, NarratableReportHandler};

use super::*;
use crate::config::key::KEYS;
use crate::lint::Level;
use crate::lint::script::Threshold;

fn error(text: &str) -> (ConfigError, String) {
    let error = Config::parse("pgplumb.yaml", text).unwrap_err();
    let mut out = String::new();
    NarratableReportHandler::new().render_report(&mut out, &error).unwrap();
    (error, out)
}

fn labelled(text: &str) -> (String, &str) {
    let (error, _) = error(text);
    let label = error.labels().unwrap().next().unwrap();
    (error.to_string(), &text[label.offset()..label.offset() + label.len()])
}

#[test]
fn nothing_is_a_configuration_too() {
    for text in ["", "# only a comment\n", "{}"] {
        let config = Config::parse("pgplumb.yaml", text).unwrap();
        assert_eq!(config.schema(), [PathBuf::from("schema")]);
        assert_eq!(config.migrations(), PathBuf::from("generated"));
        assert_eq!(config.timeouts.lock, "3s");
        assert_eq!(config.compare.grants, Scope::Everywhere);
    }
}

#[test]
fn an_unknown_key_is_shown_with_the_nearest() {
    let text = "schema: [a]\nexclude:\n  shcemas: [x]\n";
    assert_eq!(labelled(text), ("`pgplumb.yaml` has a key `exclude.shcemas` that is not known".to_owned(), "shcemas"));
    assert!(error(text).1.contains("did you mean `schemas`?"), "{}", error(text).1);
    assert!(error("colour: x").1.contains("known here: `schema`, `migrations`"), "{}", error("colour: x").1);
}

#[test]
fn a_value_of_the_wrong_sort_is_shown_at_its_place() {
    let (message, _) = labelled("compare: {owners: everyone}\n");
    assert!(
        message.contains("unknown variant `everyone`, expected one of `everywhere`, `declared`, `ignore`"),
        "{message}"
    );
    let (message, _) = labelled("schema: [a\n");
    assert!(message.starts_with("`pgplumb.yaml` is not valid YAML"), "{message}");
}

#[test]
fn a_server_has_one_way_to_its_url() {
    assert_eq!(labelled("environments:\n  live: {}\n").1, "live");
    assert_eq!(labelled("scratch: {url: a, url_env: b}\n").1, "scratch");
}

#[test]
fn a_timeout_needs_a_unit() {
    assert_eq!(labelled("timeouts: {lock: '3'}\n").1, "lock");
    assert!(Config::parse("pgplumb.yaml", "timeouts: {lock: 500ms, statement: '0'}").is_ok());
}

#[test]
fn an_environment_that_is_not_there_names_the_nearest() {
    let config = Config::parse("pgplumb.yaml", "environments: {staging: {url_env: X}}").unwrap();
    let error = config.environment("stagign").unwrap_err();
    assert_eq!(error.help().unwrap().to_string(), "did you mean `staging`?");
}

#[test]
fn a_url_is_not_printed() {
    let config = Config::parse("pgplumb.yaml", "scratch: {url: 'postgresql://u:secret@h/d'}").unwrap();
    assert!(!format!("{config:?}").contains("secret"));
}

/// Every way through a configuration in which all is set.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    let Some(mapping) = value.as_mapping() else { return };
    for (key, inner) in mapping {
        let name = key.as_str().unwrap();
        let chosen = [
            "environments",
            "preflight.variables",
            "lint.rules",
            "lint.environments",
            "lint.environments.*",
            "apply.environments",
            "backup.since",
        ];
        let name = if chosen.contains(&path) { "*" } else { name };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        paths(inner, &path, found);
        if name != "*" || !inner.is_mapping() {
            found.insert(path);
        }
    }
}

#[test]
fn the_table_of_keys_is_the_structs() {
    let server =
        Server { url: Some(String::new()), url_env: Some(String::new()), production: None, tenant_schema: None };
    let environment = Server { production: Some(true), tenant_schema: Some(String::new()), ..server.clone() };
    let config = Config {
        migrations: Some(PathBuf::new()),
        seeds: Some(PathBuf::new()),
        environments: BTreeMap::from([("x".to_owned(), environment)]),
        scratch: Some(server),
        apply: Apply {
            environments: BTreeMap::from([("x".to_owned(), gate::Otherwise::default())]),
            ..Apply::default()
        },
        lint: Lint {
            rules: BTreeMap::from([("x".to_owned(), Level::Note)]),
            environments: BTreeMap::from([("x".to_owned(), BTreeMap::from([("x".to_owned(), Level::Note)]))]),
            ..Lint::default()
        },
        preflight: Preflight {
            variables: BTreeMap::from([("x".to_owned(), preflight::Variable::default())]),
            ..Preflight::default()
        },
        fleet: Fleet { schema: Some(String::new()), ..Fleet::default() },
        backup: Backup {
            identity: Some(PathBuf::new()),
            since: BTreeMap::from([("x".to_owned(), String::new())]),
            ..Backup::default()
        },
        ..Config::default()
    };
    let mut found = BTreeSet::new();
    paths(&serde_yaml::to_value(&config).unwrap(), "", &mut found);
    let known: BTreeSet<String> = KEYS.iter().map(|(key, _)| (*key).to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn an_environment_is_production_by_its_word_or_its_name() {
    let text = "environments:\n  prod: {url: a}\n  production: {url: b, production: false}\n  live: {url: c, production: true}\n  test: {url: d}\n";
    let config = Config::parse("pgplumb.yaml", text).unwrap();
    let found: Vec<bool> = ["prod", "production", "live", "test"].map(|name| config.is_production(name)).to_vec();
    assert_eq!(found, [true, false, true, false]);
    assert!(error("scratch: {url: a, production: true}").1.contains("production"));
}

#[test]
fn the_page_documents_every_key() {
    let page = include_str!("../../docs/config.md");
    for (key, what) in KEYS {
        assert!(page.contains(&format!("| `{key}` | {what} |")), "docs/config.md: | `{key}` | {what} |");
    }
}

#[test]
fn the_example_of_the_page_is_a_configuration() {
    let page = include_str!("../../docs/config.md");
    let example = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let config = Config::parse("example", example).unwrap();
    assert_eq!(config.environments.len(), 2);
    let policy = config.lint.policy(Some("staging"));
    assert_eq!(policy.levels["type-rewrites"], Level::Note);
    assert_eq!(config.lint.threshold(), Threshold { rows: 10_000, bytes: 8 << 20 });
}

#[test]
fn a_rule_that_there_is_none_of_is_shown_with_the_nearest() {
    let text = "lint:\n  rules: {drop-tabel: error}\n";
    assert_eq!(labelled(text), ("there is no rule `drop-tabel`".to_owned(), "drop-tabel"));
    assert!(error(text).1.contains("did you mean `drop-table`?"), "{}", error(text).1);
    assert!(error("lint: {threshold: {bytes: 8 miles}}").1.contains("write one such as `8MB`"));
}

#[test]
fn an_environment_has_gates_of_its_own() {
    let text = "environments: {live: {url: x}}\napply:\n  windows: [{days: [sat]}]\n  environments:\n    live: {approval: true, windows: []}\n";
    let apply = Config::parse("pgplumb.yaml", text).unwrap().apply;
    let gates = |name| apply.gates(name);
    assert!(gates(Some("live")).approval && gates(Some("live")).windows.is_empty());
    assert!(!gates(None).approval && gates(None).windows.len() == 1);
    let (_, told) = error(&text.replace("    live: {app", "    life: {app"));
    assert!(told.contains("there is no environment `life`") && told.contains("did you mean `live`?"), "{told}");
}
