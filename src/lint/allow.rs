//! What a person lets through: `drop-table`, `drop-table:old`, `all`.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::base::name::without_public;
use crate::base::place::Place;
use crate::grade::Grade;
use crate::lint::finding::Span;
use crate::lint::rule::{Group, RULES};
use crate::lint::{Finding, Level};

/// Where an allowance is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Source {
    /// `--allow` on the command line.
    Flag,
    /// `-- pgplumb: allow CODE because ...` in a schema file.
    Directive(Place),
    /// `pgplumb.yaml`.
    Config,
    /// What was asked for cannot be had without.
    Asked,
}

/// Lets findings of one code through: of every object or of one, everywhere or at one statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allow {
    /// `all` is every code.
    pub code: String,
    /// As a report prints it; `public.` may stand before it or not.
    pub object: Option<String>,
    pub because: Option<String>,
    pub source: Source,
    /// The only part of a file that it is about: the statement that it stands at.
    pub within: Option<Span>,
}

/// Why a text is no allowance.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("write a code, `all`, or CODE:OBJECT, such as `drop-table:old`")]
pub struct NoAllowance;

impl FromStr for Allow {
    type Err = NoAllowance;

    fn from_str(text: &str) -> Result<Self, NoAllowance> {
        let (code, object) = match text.split_once(':') {
            Some((code, object)) => (code, Some(object.to_owned())),
            None => (text, None),
        };
        let spelled = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !spelled || object.as_deref() == Some("") {
            return Err(NoAllowance);
        }
        Ok(Self { code: code.to_owned(), object, because: None, source: Source::Flag, within: None })
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let object = self.object.as_ref().map(|object| format!(":{object}")).unwrap_or_default();
        let what = format!("{}{object}", self.code);
        match &self.source {
            Source::Flag => write!(f, "--allow {what}")?,
            Source::Directive(place) => write!(f, "allow {what} at {place}")?,
            Source::Config => write!(f, "allow {what} in pgplumb.yaml")?,
            Source::Asked => write!(f, "the two migrations that were asked for")?,
        }
        match &self.because {
            Some(because) => write!(f, " (because {because})"),
            None => Ok(()),
        }
    }
}

impl Allow {
    /// Whether it is for this finding.
    pub fn fits(&self, finding: &Finding) -> bool {
        let code = self.code == "all" || self.code == finding.code;
        let here = match (&self.within, &finding.at) {
            (Some(within), Some(at)) => within.holds(at),
            _ => true,
        };
        code && here && self.object.as_ref().is_none_or(|object| without_public(object) == finding.object)
    }

    pub fn is_all(&self) -> bool {
        self.code == "all" && self.object.is_none()
    }
}

/// Marks what is allowed: by an allowance of its own, or because what it follows from is allowed.
pub fn let_through(found: &mut [Finding], allows: &[Allow]) {
    for finding in found.iter_mut().filter(|finding| finding.level != Level::Note) {
        finding.allowed_by = allows.iter().find(|allow| allow.fits(finding)).map(ToString::to_string);
    }
    let agreed: Vec<(Finding, bool)> = found
        .iter()
        .filter(|finding| finding.allowed_by.is_some())
        .map(|finding| (finding.clone(), allows.iter().any(|a| a.object.is_some() && a.fits(finding))))
        .collect();
    // Who says by name that a column may go has answered whether it only got another name.
    for question in found.iter_mut().filter(|f| f.code == "likely-rename" && f.allowed_by.is_none()) {
        let answer = agreed.iter().find(|(drop, by_name)| *by_name && drop.key == question.key);
        question.allowed_by = answer.and_then(|(drop, _)| drop.allowed_by.clone());
    }
}

/// Whether every loss that makes the down what it is was allowed by itself.
pub fn follows_from_allowed(grade: &Grade, losses: usize, found: &[Finding]) -> bool {
    let Grade::Lossy(gone) = grade else { return false };
    let loses = |code: &str| RULES.iter().any(|rule| rule.code == code && rule.group == Group::LosesData);
    let mut about =
        found.iter().filter(|finding| finding.key.is_some() && finding.code != "likely-rename" && loses(finding.code));
    gone.len() == losses && losses > 0 && about.all(|finding| finding.allowed_by.is_some())
}
