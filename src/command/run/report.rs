//! The report at the end of a run: JSON, version 1, described by `docs/schema/report.v1.json`.

use serde::Serialize;
use serde_json::Value;

use crate::command::run::tally::Tally;
use crate::command::run::trouble::Trouble;
use crate::exit::Exit;

#[derive(Serialize)]
pub(super) struct Document {
    pub(super) version: u32,
    pub(super) tool: &'static str,
    /// The verb.
    pub(super) kind: &'static str,
    pub(super) run: String,
    /// When it began.
    pub(super) at: String,
    pub(super) seconds: f64,
    pub(super) exit: u8,
    pub(super) outcome: &'static str,
    pub(super) error: Option<Trouble>,
    #[serde(flatten)]
    pub(super) tally: Tally,
    /// What the verb prints for programs.
    pub(super) result: Option<Value>,
}

/// The exit status in a word.
pub(super) fn outcome(exit: Exit) -> &'static str {
    match exit {
        Exit::Fine => "fine",
        Exit::Differs => "differs",
        Exit::Failure => "failure",
        Exit::Usage => "usage",
        Exit::Interrupted => "interrupted",
    }
}
