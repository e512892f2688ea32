//! The matrix at the end: each target, and how it stands. For people, and as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::base::wording::counted;
use crate::command::error::CommandError;
use crate::command::fleet::group::Group;
use crate::command::fleet::outcome::{Outcome, State};
use crate::command::format::TextOrJson;

/// Version 1, described by `docs/schema/fleet.v1.json`.
#[derive(Serialize)]
pub(in crate::command) struct Matrix<'a> {
    version: u32,
    tool: &'static str,
    verb: &'static str,
    targets: &'a [Outcome],
    groups: &'a [Group],
    summary: BTreeMap<State, usize>,
}

impl<'a> Matrix<'a> {
    pub(in crate::command) fn of(verb: &'static str, targets: &'a [Outcome], groups: &'a [Group]) -> Self {
        let mut summary = BTreeMap::new();
        for outcome in targets {
            *summary.entry(outcome.state).or_insert(0) += 1;
        }
        Self { version: 1, tool: env!("CARGO_PKG_VERSION"), verb, targets, groups, summary }
    }

    /// # Errors
    /// When it cannot be written as JSON.
    pub(in crate::command) fn render(&self, format: TextOrJson) -> Result<String, CommandError> {
        Ok(match format {
            TextOrJson::Json => serde_json::to_string_pretty(self)? + "\n",
            TextOrJson::Text => self.text(),
        })
    }

    /// For a file: of errors no more than may stand there.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub(in crate::command) fn kept(&self) -> Result<Value, CommandError> {
        let mut value = serde_json::to_value(self)?;
        for (at, one) in self.targets.iter().enumerate() {
            let Some(error) = &one.error else { continue };
            let message = error.kept.message.clone().unwrap_or_default();
            if let Some(place) = value.pointer_mut(&format!("/targets/{at}/error/message")) {
                *place = Value::from(message);
            }
        }
        Ok(value)
    }

    fn text(&self) -> String {
        let width = |of: &dyn Fn(&Outcome) -> usize, head: &str| {
            self.targets.iter().map(of).max().unwrap_or_default().max(head.len())
        };
        let name = width(&|one| one.name.chars().count(), "target");
        let state = width(&|one| one.state.word().len(), "state");
        let mut text = format!("{:name$}  {:state$}  applied  pending  drift\n", "target", "state");
        for one in self.targets {
            let drift = match one.drift {
                Some(true) => "yes",
                Some(false) => "no",
                None => "-",
            };
            let (word, applied, pending) = (one.state.word(), one.applied, one.pending.len());
            let line =
                format!("{:name$}  {word:state$}  {applied:>7}  {pending:>7}  {drift:<5}  {}", one.name, remark(one));
            text.push_str(&format!("{}\n", line.trim_end()));
            text.extend(one.differences.iter().map(|difference| format!("  {difference}\n")));
        }
        let counts: Vec<String> =
            self.summary.iter().map(|(state, count)| format!("{count} {}", state.word())).collect();
        text.push_str(&format!("{}: {}\n", counted(self.targets.len(), "target"), counts.join(", ")));
        text
    }
}

/// What else there is to say of one, on the same line.
fn remark(one: &Outcome) -> String {
    let ran = (!one.ran.is_empty()).then(|| format!("ran {}", one.ran.len()));
    let canary = one.canary.then(|| "canary".to_owned());
    let error = one.error.as_ref().map(|error| error.message.lines().collect::<Vec<_>>().join(" "));
    [canary, ran, error, one.note.clone()].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
