//! Migrations as they lie in their folder: two scripts, and what `plan` proved of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::kind::Key;
use crate::migrate::branch::{self, Branch};
use crate::migrate::error::MigrateError;
use crate::migrate::squash::{Replaced, replaces};
use crate::plan::action::Verb;
use crate::source::files::collect::read as read_text;
use crate::source::migrations::migrations;
use crate::sql::directive::After;
use crate::sql::file::SqlFile;

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The name of its folder, `20261121000000_bookkeeping`.
    pub id: String,
    pub up: Arc<SqlFile>,
    pub down: Option<Arc<SqlFile>>,
    /// Fingerprints of the states that it leads from and to, or their first characters; none where nobody planned it.
    pub from: Option<String>,
    pub to: Option<String>,
    /// `lossless`, `lossy`, `irreversible`; none where that was not measured.
    pub grade: Option<String>,
    /// What the down does not bring back.
    pub losses: Vec<String>,
    /// Of the `plan.json` that it came with.
    pub plan_sha256: Option<Vec<u8>>,
    /// What its head says of how long it is held back, where it does.
    pub contract: Option<Contract>,
    /// One of our own books, which are kept in another way than the user's schema.
    pub own: bool,
    /// What is known of it beside other branches.
    pub branch: Branch,
    /// What it was squashed from.
    pub replaces: Vec<Replaced>,
}

impl Migration {
    /// What it is called beside its time.
    pub fn name(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    pub fn up_sha256(&self) -> Vec<u8> {
        sha256(&self.up)
    }

    pub fn down_sha256(&self) -> Option<Vec<u8>> {
        self.down.as_ref().map(|down| sha256(down))
    }
}

/// The second half of a change, for when nothing uses any more what it takes away.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contract {
    /// None where it runs only when it is asked for.
    pub after: Option<After>,
    /// What it takes away; none where that is not known, or where it does something else too.
    pub gone: Option<BTreeSet<Fact>>,
}

/// A fact as `plan.json` names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
pub struct Fact {
    pub kind: String,
    pub name: String,
}

impl Fact {
    pub fn of(key: &Key) -> Self {
        Self { kind: key.label().to_owned(), name: key.sql() }
    }
}

fn sha256(file: &SqlFile) -> Vec<u8> {
    hash(&file.text)
}

pub(in crate::migrate) fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// What `plan.json` says that matters here.
#[derive(Deserialize)]
struct Planned {
    from: String,
    to: String,
    /// Not there in the files of the first versions.
    down_grade: Option<Graded>,
    /// Looked at in a contract only: files of the first versions have another form.
    #[serde(default)]
    up: Value,
}

#[derive(Deserialize)]
struct Way {
    steps: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    verb: Verb,
    facts: Vec<Fact>,
}

/// What is dropped, where nothing else is done.
fn gone(up: Value) -> Option<BTreeSet<Fact>> {
    let Way { steps } = serde_json::from_value(up).ok()?;
    let only = steps.iter().all(|step| step.verb == Verb::Drop);
    only.then(|| steps.into_iter().flat_map(|step| step.facts).collect())
}

#[derive(Deserialize)]
struct Graded {
    grade: String,
    #[serde(default)]
    because: Because,
}

/// A list of what is lost, or the one reason why there is no way back.
#[derive(Deserialize)]
#[serde(untagged)]
enum Because {
    Losses(Vec<String>),
    Reason(String),
}

impl Default for Because {
    fn default() -> Self {
        Self::Losses(Vec::new())
    }
}

/// All migrations of a folder, in the order in which they run; none where there is no such folder.
///
/// # Errors
/// When a file cannot be read, or `plan.json` is not what `plan` writes.
pub fn read(folder: &Path) -> Result<Vec<Migration>, MigrateError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut all: Vec<Migration> = migrations(folder)?.iter().map(|path| one(path)).collect::<Result<_, _>>()?;
    branch::spread(&mut all);
    Ok(all)
}

fn one(path: &Path) -> Result<Migration, MigrateError> {
    let id = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let up = read_text(&path.join("up.sql"))?;
    let down = path.join("down.sql");
    let down = if down.is_file() { Some(read_text(&down)?) } else { None };
    let (mut from, mut to, grade) = header(&up.text);
    let (contract, replaces) = (contract(&up.text), replaces(&up.text));
    let branch = branch::read(path, &up.text)?;
    let mut migration = Migration {
        id,
        up,
        down,
        from: None,
        to: None,
        grade,
        losses: Vec::new(),
        plan_sha256: None,
        contract,
        own: false,
        branch,
        replaces,
    };
    let plan = path.join("plan.json");
    if plan.is_file() {
        let fault = |what: String| MigrateError::PlanFile { path: plan.clone(), what };
        let text = fs::read_to_string(&plan).map_err(|error| fault(error.to_string()))?;
        migration.plan_sha256 = Some(Sha256::digest(text.as_bytes()).to_vec());
        let planned: Planned = serde_json::from_str(&text).map_err(|error| fault(error.to_string()))?;
        (from, to) = (Some(planned.from), Some(planned.to));
        if let Some(contract) = &mut migration.contract {
            contract.gone = gone(planned.up);
        }
        if let Some(graded) = planned.down_grade {
            migration.grade = Some(graded.grade);
            migration.losses = match graded.because {
                Because::Losses(losses) => losses,
                Because::Reason(reason) => vec![reason],
            };
        }
    }
    Ok(Migration { from, to, ..migration })
}

/// What the comment at the head of a planned script says: the first characters of both fingerprints, and the grade.
pub fn header(text: &str) -> (Option<String>, Option<String>, Option<String>) {
    let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("-- ")).collect();
    let comment = comment.join(" ");
    let words: Vec<&str> = comment.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let hex = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ends = words.windows(5).find_map(|five| match five {
        ["from", from, "to", to, "PostgreSQL"] if hex(from) && hex(to) => Some((*from, *to)),
        _ => None,
    });
    let Some((from, to)) = ends else { return (None, None, None) };
    let grades = ["lossless", "lossy", "irreversible"];
    let grade = words.windows(2).find(|two| two[0] == "down" && grades.contains(&two[1])).map(|two| two[1].to_owned());
    (Some(from.to_owned()), Some(to.to_owned()), grade)
}

/// What the comment at the head of a script says of a contract. An `after` that cannot be read, which the linter finds,
/// is over only when somebody says so.
fn contract(text: &str) -> Option<Contract> {
    let head = text.lines().take_while(|line| line.starts_with("--") || line.is_empty());
    let said = head.into_iter().find_map(|line| {
        let mut words = line.trim_start_matches('-').split_whitespace();
        let is = words.by_ref().take(3).eq(["pgplumb:", "phase", "contract"]);
        is.then(|| words.collect::<Vec<_>>())
    })?;
    let after = said.split_first().filter(|(word, _)| **word == "after");
    Some(Contract { after: after.and_then(|(_, time)| After::read(&time.join(" "))), gone: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_script_names_both_ends() {
        let text =
            "-- a slug (up)\n-- from 422519c0 to 00757ac4, PostgreSQL 15, proven up and down, down\n-- lossy\n\nSET x;";
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(header(text), (owned("422519c0"), owned("00757ac4"), owned("lossy")));
        assert_eq!(header("-- from here to there, PostgreSQL 15\nSELECT 1"), (None, None, None));
        assert_eq!(header("SELECT 1"), (None, None, None));
    }

    #[test]
    fn the_head_of_a_script_holds_it_back() {
        let after = |text: &str| contract(text).map(|contract| contract.after);
        assert_eq!(after("-- a slug (up)\n-- pgplumb: phase contract\n\nSET x;"), Some(None));
        assert_eq!(after("-- pgplumb: phase contract after 2 releases\n"), Some(Some(After::Releases(2))));
        assert_eq!(after("-- pgplumb: phase contract after some time\n"), Some(None));
        assert_eq!(after("-- pgplumb: phase expand\nSET x;"), None);
        assert_eq!(after("SET x;\n-- pgplumb: phase contract\n"), None);
    }
}
