//! What came of one of many databases.

use serde::{Deserialize, Serialize};

use crate::command::error::CommandError;
use crate::command::fault::message;
use crate::command::fleet::target::Target;
use crate::command::run::trouble::{Trouble as Kept, trouble};
use crate::exit::Exit;
use crate::migrate::error::{MigrateError, StateError};

/// How a target stands, as far as one word says it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::command) enum State {
    /// Everything that is asked for is in force.
    Applied,
    /// Something is not, and nothing went wrong.
    Pending,
    /// It was not come to.
    Skipped,
    /// Its schema is not what it should be.
    Drift,
    Failed,
}

impl State {
    pub(in crate::command) fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Skipped => "skipped",
            Self::Drift => "drift",
            Self::Failed => "failed",
        }
    }
}

/// Why a target failed, as its error says it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(in crate::command) struct Trouble {
    pub(in crate::command) code: Option<String>,
    pub(in crate::command) message: String,
    /// What of it may stand in a file.
    #[serde(skip)]
    pub(in crate::command) kept: Kept,
}

/// One row of the matrix.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(in crate::command) struct Outcome {
    pub(in crate::command) name: String,
    /// For a person; never with a password.
    pub(in crate::command) database: String,
    pub(in crate::command) environment: Option<String>,
    pub(in crate::command) state: State,
    /// Whether it was one of those that came first.
    pub(in crate::command) canary: bool,
    /// How many migrations are in force.
    pub(in crate::command) applied: usize,
    pub(in crate::command) pending: Vec<String>,
    /// What this run applied.
    pub(in crate::command) ran: Vec<String>,
    /// The seeds that it ran.
    pub(in crate::command) seeded: Vec<String>,
    /// None where nobody looked, or nothing is on record.
    pub(in crate::command) drift: Option<bool>,
    pub(in crate::command) differences: Vec<String>,
    pub(in crate::command) seconds: Option<f64>,
    pub(in crate::command) error: Option<Trouble>,
    /// Anything else worth knowing, for a person.
    pub(in crate::command) note: Option<String>,
    /// How a run on this one alone would end.
    #[serde(skip)]
    pub(in crate::command) exit: Exit,
}

impl Outcome {
    /// Of a target that was not come to.
    pub(in crate::command) fn skipped(target: &Target) -> Self {
        Self {
            name: target.name.clone(),
            database: target.to.describe(),
            environment: target.environment.clone(),
            state: State::Skipped,
            canary: false,
            applied: 0,
            pending: Vec::new(),
            ran: Vec::new(),
            seeded: Vec::new(),
            drift: None,
            differences: Vec::new(),
            seconds: None,
            error: None,
            note: None,
            exit: Exit::Fine,
        }
    }

    /// Takes down why it did not go well.
    pub(in crate::command) fn fail(&mut self, error: &CommandError) {
        self.exit = error.exit();
        self.state = match error {
            CommandError::Migrate(MigrateError::Interrupted) => State::Pending,
            CommandError::Migrate(MigrateError::State(StateError::Drift { differences, .. })) => {
                self.drift = Some(true);
                self.differences = differences.iter().map(ToString::to_string).collect();
                State::Drift
            }
            CommandError::Migrate(MigrateError::State(
                StateError::WrongStart { .. } | StateError::NotReached { .. },
            )) => State::Drift,
            _ => State::Failed,
        };
        let kept = trouble(error);
        self.error = Some(Trouble { code: kept.code.clone(), message: message(error), kept });
    }

    /// Says that to the log.
    pub(in crate::command) fn trace(&self) {
        let Some(Trouble { kept: Kept { code, message, sqlstate }, .. }) = &self.error else { return };
        let (target, database) = (self.name.as_str(), self.database.as_str());
        let (code, message, sqlstate) = (code.as_deref(), message.as_deref(), sqlstate.as_deref());
        tracing::error!(event = "failed", name = target, database, code, message, sqlstate);
    }

    /// Whether it counts against `--max-failures`.
    pub(in crate::command) fn is_failure(&self) -> bool {
        matches!(self.state, State::Failed | State::Drift)
    }

    /// Takes down what was run: it is not pending any more.
    pub(in crate::command) fn take_down(&mut self, ran: Vec<String>) {
        let before = self.pending.len();
        self.pending.retain(|id| !ran.contains(id));
        self.applied += before - self.pending.len();
        self.ran = ran;
    }
}

/// How a run on many ends: as the worst of them.
pub(in crate::command) fn worst(outcomes: &[Outcome]) -> Exit {
    let order = [Exit::Interrupted, Exit::Failure, Exit::Differs];
    let found = order.into_iter().find(|exit| outcomes.iter().any(|outcome| outcome.exit == *exit));
    found.unwrap_or(Exit::Fine)
}
