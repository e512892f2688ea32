//! What CI services run, on a repository made for it: the steps of `action.yml`, the hooks, and GitLab's job.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::harness::cluster::limited;
use crate::harness::place::Place;
use crate::harness::program::{Ran, ran, without_settings};

const FIRST: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz);\n";
const SCHEMA: &str =
    "CREATE TABLE orders (id bigint PRIMARY KEY, at timestamptz);\nCREATE INDEX orders_at ON orders (at);\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(root().join(name)).unwrap()).unwrap()
}

/// A repository whose last commit adds a migration that keeps writers waiting.
fn repository() -> Place {
    let place = Place::new();
    place.write("schema/orders.sql", FIRST);
    place.write("generated/20260101000000_first/up.sql", FIRST);
    place.write("generated/20260101000000_first/down.sql", "DROP TABLE orders;\n");
    git(&place, &["init", "--quiet"]);
    commit(&place);
    place.write("schema/orders.sql", SCHEMA);
    place.write("generated/20260102000000_at/up.sql", "CREATE INDEX orders_at ON orders (at);\n");
    place.write("generated/20260102000000_at/down.sql", "DROP INDEX CONCURRENTLY orders_at;\n");
    commit(&place);
    place
}

fn commit(place: &Place) {
    git(place, &["add", "."]);
    git(place, &["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "change"]);
}

fn git(place: &Place, arguments: &[&str]) -> String {
    let done = ran(&mut without_settings(limited(Path::new("git")), place.path(), arguments));
    assert_eq!(done.code, Some(0), "git {arguments:?}: {}", done.err);
    done.out
}

/// Runs a script as a service does, with pgplumb on the PATH, and a `gh` that writes down what it is asked.
fn bash(place: &Place, script: &str, variables: &BTreeMap<String, String>) -> Ran {
    let bin = place.path().join(".bin");
    fs::create_dir_all(&bin).unwrap();
    let pgplumb = bin.join("pgplumb");
    if !pgplumb.exists() {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pgplumb"), &pgplumb).unwrap();
        // It knows of a comment only where a file says so.
        let gh =
            "#!/bin/sh\necho \"$@\" >>gh.log\ncase \"$*\" in *--paginate*) cat comments 2>/dev/null || true;; esac\n";
        fs::write(bin.join("gh"), gh).unwrap();
        fs::set_permissions(bin.join("gh"), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = without_settings(limited(Path::new("bash")), place.path(), &["-e", "-c", script]);
    for name in ["GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(name);
    }
    ran(command.env("PATH", path).envs(variables))
}

/// The variables of a step, with what GitHub would put in for its expressions.
fn variables(step: &Value) -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    variables.insert("GITHUB_ACTION_PATH".to_owned(), root().display().to_string());
    variables.insert("GITHUB_REPOSITORY".to_owned(), "we/shop".to_owned());
    for (name, value) in step["env"].as_object().into_iter().flatten() {
        let value = match value.as_str().unwrap() {
            "${{ inputs.args }}" => "--allow down-lossy --allow index-redundant",
            "${{ github.event.pull_request.number }}" => "7",
            "${{ inputs.token }}" => "secret",
            other => panic!("{other}"),
        };
        variables.insert(name.clone(), value.to_owned());
    }
    variables
}

#[test]
fn the_action_checks_and_comments() {
    let place = repository();
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_array().unwrap();
    let run = |number: usize| {
        let step: &Value = &steps[number];
        // An expression in a script could hold anything: they come in by the environment.
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{script}");
        bash(&place, script, &variables(step))
    };
    assert_eq!(run(0).code, Some(0));
    let check = run(1);
    assert_eq!(check.code, Some(1), "{}{}", check.out, check.err);
    let first = "::error file=generated/20260102000000_at/up.sql,line=1,endLine=1,col=1,endColumn=38,title=index-not-concurrent";
    assert!(check.out.contains(first), "{}", check.out);
    assert_eq!(place.read("output"), "report=pgplumb-report\n");
    assert!(place.read("summary").contains("2 downs lead back to where their ups began"));
    let sarif: Value = serde_json::from_str(&place.read("pgplumb-report/check.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(place.read("pgplumb-report/junit.xml").contains("index-not-concurrent"));
    // The first run makes a comment, the next one takes its place.
    assert_eq!(run(2).code, Some(0));
    let log = place.read("gh.log");
    assert!(
        log.contains("--method POST repos/we/shop/issues/7/comments --field body=@pgplumb-report/comment.md"),
        "{log}"
    );
    place.write("comments", "12\n34\n");
    assert_eq!(run(2).code, Some(0));
    let log = place.read("gh.log");
    assert!(log.contains("--method PATCH repos/we/shop/issues/comments/12 --field"), "{log}");
    assert_eq!(log.matches("--method POST").count(), 1, "{log}");
    // Put right, the check passes.
    place.write("generated/20260102000000_at/up.sql", "CREATE INDEX CONCURRENTLY orders_at ON orders (at);\n");
    commit(&place);
    let check = run(1);
    assert_eq!(check.code, Some(0), "{}{}", check.out, check.err);
}

#[test]
fn the_hooks_look_at_what_is_committed() {
    let place = repository();
    let changed = git(&place, &["diff", "--name-only", "HEAD~1", "--", "generated"]);
    let files: Vec<&str> = changed.lines().collect();
    assert_eq!(files.len(), 2);
    let hooks = yaml(".pre-commit-hooks.yaml");
    for hook in hooks.as_array().unwrap() {
        let passed = if hook["pass_filenames"] == Value::Bool(false) { String::new() } else { files.join(" ") };
        let done = bash(&place, &format!("{} {passed}", hook["entry"].as_str().unwrap()), &BTreeMap::new());
        assert_eq!(done.code, Some(1), "{}: {}{}", hook["id"], done.out, done.err);
        assert!(done.out.contains("index-not-concurrent"), "{}", done.out);
        // pre-commit builds the crate, and finds the program under its name.
        assert_eq!(
            (&hook["language"], hook["entry"].as_str().unwrap().starts_with("pgplumb ")),
            (&Value::from("rust"), true)
        );
    }
}

#[test]
fn the_job_of_gitlab_leaves_its_reports() {
    let place = repository();
    let template = yaml("ci/gitlab-template.yml");
    let job = &template["pgplumb"];
    let script: Vec<&str> = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let variables = [("PGPLUMB_ARGS".to_owned(), template["variables"]["PGPLUMB_ARGS"].as_str().unwrap().to_owned())];
    let done = bash(&place, &script.join("\n"), &variables.into());
    assert_eq!(done.code, Some(1), "{}{}", done.out, done.err);
    let reports = &job["artifacts"]["reports"];
    let issues: Value = serde_json::from_str(&place.read(reports["codequality"].as_str().unwrap())).unwrap();
    let codes: Vec<&str> = issues.as_array().unwrap().iter().filter_map(|issue| issue["check_name"].as_str()).collect();
    assert!(codes.contains(&"index-not-concurrent"), "{codes:?}");
    assert!(place.read(reports["junit"].as_str().unwrap()).contains("<failure type=\"index-not-concurrent\""));
}
