//! `plan.json`, as far as it matters to who runs a migration.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::migrate::folder::Fact;
use crate::plan::action::Verb;

/// What `plan.json` says that matters here.
#[derive(Deserialize)]
pub(super) struct Planned {
    pub from: String,
    pub to: String,
    /// Not there in the files of the first versions.
    pub down_grade: Option<Graded>,
    /// Looked at in a contract only: files of the first versions have another form.
    #[serde(default)]
    pub up: Value,
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
pub(super) fn gone(up: Value) -> Option<BTreeSet<Fact>> {
    let Way { steps } = serde_json::from_value(up).ok()?;
    let only = steps.iter().all(|step| step.verb == Verb::Drop);
    only.then(|| steps.into_iter().flat_map(|step| step.facts).collect())
}

#[derive(Deserialize)]
pub(super) struct Graded {
    pub grade: String,
    #[serde(default)]
    pub because: Because,
}

/// A list of what is lost, or the one reason why there is no way back.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Because {
    Losses(Vec<String>),
    Reason(String),
}

impl Default for Because {
    fn default() -> Self {
        Self::Losses(Vec::new())
    }
}

impl Because {
    pub(super) fn losses(self) -> Vec<String> {
        match self {
            Self::Losses(losses) => losses,
            Self::Reason(reason) => vec![reason],
        }
    }
}
