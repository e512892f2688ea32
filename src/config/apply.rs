//! How the runner deals with others at work on the database.

use serde::{Deserialize, Serialize};

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
}

impl Default for Apply {
    fn default() -> Self {
        let text = str::to_owned;
        let (pause, longest_pause, wait) = (text("500ms"), text("30s"), text("10min"));
        Self { retries: 10, pause, longest_pause, wait, check_data: false }
    }
}

impl Apply {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 3] {
        let Self { retries: _, pause, longest_pause, wait, check_data: _ } = self;
        [("apply", "pause", pause), ("apply", "longest_pause", longest_pause), ("apply", "wait", wait)]
    }
}
