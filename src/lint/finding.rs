//! One thing to agree to.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::name::without_public;
use crate::kind::Key;
use crate::observe::effect::Effects;
use crate::sql::file::SqlFile;

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Blocks, until it is allowed.
    Error,
    Warning,
    Note,
    /// Not said at all.
    Off,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Off => "off",
        })
    }
}

/// A piece of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    pub file: Arc<SqlFile>,
    /// Bytes.
    pub bytes: Range<usize>,
}

impl Span {
    /// Whether another one begins in it.
    pub fn holds(&self, other: &Self) -> bool {
        self.file.path == other.file.path && self.bytes.contains(&other.bytes.start)
    }
}

/// Text to put in the place of another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// Bytes of the finding's file.
    pub bytes: Range<usize>,
    pub text: String,
}

/// One thing to agree to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub level: Level,
    /// `drop-column`.
    pub code: &'static str,
    /// What `--allow CODE:OBJECT` takes: `orders.note`. Empty where it is about the plan or the file as a whole.
    pub object: String,
    /// What is wrong.
    pub message: String,
    /// What to do other than allow it.
    pub help: Option<String>,
    /// What let it through.
    pub allowed_by: Option<String>,
    /// The fact that it is about.
    pub key: Option<Key>,
    /// Where it stands, in a file that somebody wrote.
    pub at: Option<Span>,
    /// What was seen of its statement; none where the finding does not rest on that.
    pub effects: Option<Effects>,
    /// Whether that was seen on scratch, and not guessed from the text. True of what rests on no effects.
    pub measured: bool,
    /// What makes it go away, where that is a matter of text alone. In the order of the file.
    pub fix: Vec<Fix>,
}

impl Finding {
    /// About a fact, at the level that blocks.
    pub fn about(code: &'static str, key: &Key, message: impl Into<String>) -> Self {
        let object = without_public(&key.sql());
        Self { key: Some(key.clone()), object, ..Self::of_plan(code, message) }
    }

    /// About the plan as a whole, at the level that blocks.
    pub fn of_plan(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            code,
            object: String::new(),
            message: message.into(),
            help: None,
            allowed_by: None,
            key: None,
            at: None,
            effects: None,
            measured: true,
            fix: Vec::new(),
        }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The argument of `--allow` that lets exactly this one through.
    pub fn allowance(&self) -> String {
        if self.object.is_empty() { self.code.to_owned() } else { format!("{}:{}", self.code, self.object) }
    }

    pub fn blocks(&self) -> bool {
        self.level == Level::Error && self.allowed_by.is_none()
    }
}

/// The order of a report: in files, that of their lines; then what weighs most. One finding is not said twice.
pub fn sort(found: &mut Vec<Finding>) {
    let place = |finding: &Finding| finding.at.as_ref().map(|at| (at.file.path.clone(), at.bytes.start));
    let says = |finding: &Finding| (finding.object.clone(), finding.message.clone(), finding.help.clone());
    found.retain(|finding| finding.level != Level::Off);
    found.sort_by_cached_key(|finding| (place(finding), finding.level, finding.code, says(finding)));
    found.dedup();
}
