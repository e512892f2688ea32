//! The rules, each with a file that it fires on and one that it does not: `fixtures/lint/CODE/{bad,good}.sql`.
//!
//! What is found stands below the statement as comments, `--! LEVEL CODE OBJECT @ LINE:COLUMN-LINE:COLUMN`, in all files and
//! of all rules: what one rule says of another one's file is there to be read. Each file is run on a database that
//! `before.sql` filled, and looked at once more without any database; where the two differ, `(seen)` and `(guessed)`
//! tell which it was.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pgplumb::db::connection::connect;
use pgplumb::db::url::ConnectionString;
use pgplumb::lint::applied::Applied;
use pgplumb::lint::check_script;
use pgplumb::lint::down::{Came, Down};
use pgplumb::lint::policy::Policy;
use pgplumb::lint::rule::{Group, RULES};
use pgplumb::lint::script::{Context, Ran, Script};
use pgplumb::lint::{Finding, Level};
use pgplumb::prove::file::Files;
use pgplumb::sql::file::SqlFile;
use pgplumb::sql::split::{Statement, split};

use crate::harness::cluster::Cluster;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lint");
const SAYS: &str = "--! ";

/// Rules that have something to say about nearly every statement: what they say is left out of the files of others.
const EVERYWHERE: [&str; 3] = ["comment-missing", "name-unqualified", "not-rerunnable"];

/// Everything a user may turn on is on. `-- server: 14.2` in a file says for which version it is.
fn findings(text: &str, statements: &[Statement], ran: &[Ran], code: &str) -> Vec<Finding> {
    let server = text.lines().find_map(|line| line.strip_prefix("-- server: ")).unwrap_or("15.0");
    let numbers: Vec<u32> = server.split('.').map(|number| number.parse().unwrap()).collect();
    let (major, minor) = (Some(numbers[0]), Some(numbers[1]));
    let context = Context { major, minor, down: down(text), applied: applied(text), ..Context::default() };
    let mut found = check_script(&Script::of_file(statements, ran, context), &Policy::all(), &[]);
    found.retain(|finding| finding.code == code || !EVERYWHERE.contains(&finding.code));
    found
}

/// `-- its down: differs BECAUSE` in a file says what came of the way back.
fn down(text: &str) -> Option<Down> {
    let said = text.lines().find_map(|line| line.strip_prefix("-- its down: "))?;
    let (word, rest) = said.split_once(' ').unwrap_or((said, ""));
    let edited = if word == "edited" { vec![rest.to_owned()] } else { Vec::new() };
    let came = match word {
        "missing" => Came::Missing,
        "given-up" => Came::GivenUp("its down has no statement"),
        "differs" => Came::Differs(vec![rest.to_owned()]),
        _ => Came::Proven,
    };
    Some(Down { id: "0003_made".to_owned(), at: None, came, edited })
}

/// `-- when it was applied `NEW` was `OLD`` in a file says what a database has run.
fn applied(text: &str) -> Option<Applied> {
    let id = "0003_made".to_owned();
    let (first, rest) = text.split_once('\n')?;
    if first == "-- applied as it is" {
        return Some(Applied { id, sql: text.to_owned() });
    }
    let mut words = first.strip_prefix("-- when it was applied ")?.split('`').skip(1).step_by(2);
    let (new, old) = (words.next()?, words.next()?);
    Some(Applied { id, sql: format!("{first}\n{}", rest.replace(new, old)) })
}

/// What is found, by the line that it begins on.
fn said(file: &SqlFile, findings: &[Finding]) -> BTreeMap<usize, BTreeSet<String>> {
    let mut said: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for finding in findings {
        let bytes = finding.at.as_ref().map_or(0..0, |at| at.bytes.clone());
        let ((line, column), (to, end)) = (file.line_column(bytes.start), file.line_column(bytes.end));
        let (level, code, object) = (finding.level, finding.code, &finding.object);
        said.entry(to).or_default().insert(format!("{level} {code} {object} @ {line}:{column}-{to}:{end}"));
    }
    said
}

/// The text without expectations, line by line, with those that hold.
fn annotated(
    text: &str,
    seen: &BTreeMap<usize, BTreeSet<String>>,
    guessed: &BTreeMap<usize, BTreeSet<String>>,
) -> String {
    let none = BTreeSet::new();
    let mut found = String::new();
    for (index, line) in text.lines().enumerate() {
        found.push_str(line);
        found.push('\n');
        let (seen, guessed) = (seen.get(&(index + 1)).unwrap_or(&none), guessed.get(&(index + 1)).unwrap_or(&none));
        for says in seen.union(guessed) {
            let only = match (seen.contains(says), guessed.contains(says)) {
                (true, false) => " (seen)",
                (false, true) => " (guessed)",
                _ => "",
            };
            found.push_str(&format!("{SAYS}{says}{only}\n"));
        }
    }
    found
}

fn files() -> Vec<PathBuf> {
    let folders = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "sql"))
        .collect();
    files.sort();
    files
}

/// The file as its expectations say it should be, and as it is; what the rules say of it comes along.
fn checked(cluster: &Cluster, number: usize, path: &Path) -> (String, String, Vec<Finding>) {
    let written = fs::read_to_string(path).unwrap();
    let text: String = written.lines().filter(|line| !line.starts_with(SAYS)).map(|line| format!("{line}\n")).collect();
    let file = Arc::new(SqlFile::new(path.display().to_string(), text.as_str()));
    let statements = split(&file);
    let name = format!("lint{number}");
    cluster.query("postgres", &format!("CREATE DATABASE {name} TEMPLATE lint")).unwrap();
    let url = ConnectionString::parse(&cluster.url(&name)).unwrap();
    let ran = Files::on(&url).run(&statements, &mut |_| false).unwrap();
    let refused: Vec<_> = ran.iter().filter_map(|ran| ran.refused.as_ref()).collect();
    assert!(refused.is_empty() || text.contains("-- refused"), "{}: {refused:?}", path.display());
    let code = path.parent().and_then(Path::file_name).unwrap().to_string_lossy();
    let (seen, guessed) = (findings(&text, &statements, &ran, &code), findings(&text, &statements, &[], &code));
    let found = annotated(&text, &said(&file, &seen), &said(&file, &guessed));
    (written, found, seen)
}

#[test]
fn each_rule_says_what_its_files_expect() {
    let setup = fs::read_to_string(Path::new(FOLDER).join("before.sql")).unwrap();
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE DATABASE lint").unwrap();
    connect(&ConnectionString::parse(&cluster.url("lint")).unwrap()).unwrap().execute(&setup).unwrap();
    let only = env::var("PGPLUMB_CASE").unwrap_or_default();
    let mut wrong = Vec::new();
    for (number, path) in files().iter().enumerate().filter(|(_, path)| path.display().to_string().contains(&only)) {
        let (written, found, findings) = checked(&cluster, number, path);
        let code = path.parent().and_then(Path::file_name).unwrap().to_string_lossy().into_owned();
        let fires = findings.iter().any(|finding| finding.code == code);
        if fires != path.ends_with("bad.sql") {
            wrong.push(format!("{}: {code} {}", path.display(), if fires { "fires" } else { "does not fire" }));
        }
        if written != found {
            wrong.push(format!(
                "{}:\n{}",
                path.display(),
                similar::TextDiff::from_lines(&written, &found).unified_diff()
            ));
        }
        if env::var_os("PGPLUMB_BLESS").is_some() {
            fs::write(path, found).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_for_scripts_has_both_files() {
    for rule in RULES.iter().filter(|rule| rule.script.is_some()) {
        for name in ["bad.sql", "good.sql"] {
            let path = Path::new(FOLDER).join(rule.code).join(name);
            assert!(path.is_file(), "{} is missing", path.display());
        }
        assert!(rule.level != Level::Off || rule.plan.is_none());
    }
}

/// The rules as a page, with the statements that they fire on and those that are right.
fn page() -> String {
    let mut text = "# Rules\n\nWhat `pgplumb plan` and `pgplumb lint` have to say, by code. The level of each can be set in \
        `pgplumb.yaml`; a finding is let\nthrough by `--allow CODE[:OBJECT]`, or by a comment at the statement: \
        `-- pgplumb: allow CODE[:OBJECT] because REASON`.\nThis page is made of the rules and of the files of their tests.\n"
        .to_owned();
    for group in Group::ALL {
        text.push_str(&format!("\n## {}\n", group.title()));
        for rule in RULES.iter().filter(|rule| rule.group == group) {
            let (why, remedy) = (textwrap::fill(rule.why, 110), textwrap::fill(rule.remedy, 110));
            text.push_str(&format!("\n### {}\n\n{} ({}).\n\n{why}\n\n{remedy}\n", rule.code, rule.title, rule.level));
            for (name, says) in [("bad.sql", "Found:"), ("good.sql", "Not found:")] {
                if let Ok(example) = fs::read_to_string(Path::new(FOLDER).join(rule.code).join(name)) {
                    let lines = example.lines().filter(|line| !line.starts_with(SAYS));
                    let example: String = lines.map(|line| format!("{line}\n")).collect();
                    text.push_str(&format!("\n{says}\n\n```sql\n{}\n```\n", example.trim_end()));
                }
            }
        }
    }
    text
}

#[test]
fn the_page_of_the_rules_is_what_the_rules_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
    if env::var_os("PGPLUMB_BLESS").is_some() {
        fs::write(path, page()).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), page(), "run it with PGPLUMB_BLESS=1");
}
