//! How the runner deals with others at work on the database, and what stands before a run and after it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::gate::{Check, Gates, OnFailure, Otherwise, Window};

/// The part `apply` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Apply {
    /// How often after the first time.
    pub retries: u32,
    pub pause: String,
    pub longest_pause: String,
    pub wait: String,
    /// Whether the rows that are there are asked first.
    pub check_data: bool,
    pub checks: Vec<Check>,
    pub on_failure: OnFailure,
    pub windows: Vec<Window>,
    pub approval: bool,
    /// Whether `--kill-blockers` may be given.
    pub kill_blockers: bool,
    /// Whether the rules of `lint` are asked of what is due; where nothing is said, in a named environment.
    pub lint: Option<bool>,
    /// What is otherwise in the environment that `--env` chooses.
    pub environments: BTreeMap<String, Otherwise>,
}

impl Default for Apply {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            retries: 10,
            pause: text("500ms"),
            longest_pause: text("30s"),
            wait: text("10min"),
            check_data: false,
            checks: Vec::new(),
            on_failure: OnFailure::default(),
            windows: Vec::new(),
            approval: false,
            kill_blockers: false,
            lint: None,
            environments: BTreeMap::new(),
        }
    }
}

impl Apply {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 3] {
        let Self { pause, longest_pause, wait, .. } = self;
        [("apply", "pause", pause), ("apply", "longest_pause", longest_pause), ("apply", "wait", wait)]
    }

    /// What stands before a run and after it, in the environment of this name.
    pub fn gates(&self, environment: Option<&str>) -> Gates {
        let other = environment.and_then(|name| self.environments.get(name)).cloned().unwrap_or_default();
        Gates {
            checks: other.checks.unwrap_or_else(|| self.checks.clone()),
            on_failure: other.on_failure.unwrap_or(self.on_failure),
            windows: other.windows.unwrap_or_else(|| self.windows.clone()),
            approval: other.approval.unwrap_or(self.approval),
            kill_blockers: other.kill_blockers.unwrap_or(self.kill_blockers),
            lint: other.lint.or(self.lint).unwrap_or(environment.is_some()),
        }
    }
}
