//! What stands before a run and after it: maintenance windows, an approval, and checks of what came out.

mod after;
mod assertion;
mod endpoint;
pub(super) mod error;
mod program;
pub(super) mod window;

use crate::command::error::CommandError;
use crate::command::gate::after::Start;
use crate::command::gate::error::GateError;
use crate::config::Config;
use crate::config::gate::{Gates, OnFailure};
use crate::migrate::apply::Order;
use crate::migrate::folder::Migration;
use crate::migrate::session::Session;

/// What `--force` calls the windows.
pub(super) const WINDOW: &str = "window";

/// What `--force` calls seeds in production.
pub(super) const SEED: &str = "seed";

/// The gates of one database, and what the command line says to them.
pub(super) struct Gate<'a> {
    gates: Gates,
    environment: Option<&'a str>,
    /// Whether it runs outside of the windows, too.
    despite_windows: bool,
    approvals: &'a [String],
    /// Whether checks that hold are said, too.
    verbose: bool,
}

impl<'a> Gate<'a> {
    pub(super) fn of(config: &Config, environment: Option<&'a str>) -> Self {
        let gates = config.apply.gates(environment);
        Self { gates, environment, despite_windows: false, approvals: &[], verbose: false }
    }

    pub(super) fn despite_windows(self, despite_windows: bool) -> Self {
        Self { despite_windows, ..self }
    }

    pub(super) fn approved(self, approvals: &'a [String]) -> Self {
        Self { approvals, ..self }
    }

    pub(super) fn verbose(self, verbose: bool) -> Self {
        Self { verbose, ..self }
    }

    /// That migrations may run now.
    ///
    /// # Errors
    /// `GateError::Window`, with the next opening.
    pub(super) fn is_open(&self) -> Result<(), GateError> {
        if self.despite_windows { Ok(()) } else { window::check(&self.gates.windows) }
    }

    /// That what is due may run, now and as it is; nothing is looked at where nothing is due.
    ///
    /// # Errors
    /// That it may not, or why that cannot be said.
    pub(super) fn before(&self, session: &mut Session, files: &[Migration], order: &Order) -> Result<(), CommandError> {
        if self.gates.windows.is_empty() && !self.binds() {
            return Ok(());
        }
        if session.is_due(files, order)? {
            self.is_open()?;
            self.approval(session, files, order)?;
        }
        Ok(())
    }

    /// For `--dry-run`: the line with the hash that a reviewer gives on; empty where none is needed.
    ///
    /// # Errors
    /// As `Session::binding`.
    pub(super) fn hash(
        &self,
        session: &mut Session,
        files: &[Migration],
        order: &Order,
    ) -> Result<String, CommandError> {
        if !self.gates.approval {
            return Ok(String::new());
        }
        let hash = session.binding(files, order, self.environment)?;
        Ok(hash.map(|hash| format!("approval {hash}\n")).unwrap_or_default())
    }

    /// That nobody has to say that this may run who cannot be asked.
    ///
    /// # Errors
    /// `GateError::Unapproved` where somebody has to.
    pub(super) fn needs_no_approval(&self) -> Result<(), GateError> {
        if self.gates.approval { Err(GateError::Unapproved) } else { Ok(()) }
    }

    /// Runs what is due, and what is to be seen to after it. Returns what was run.
    ///
    /// # Errors
    /// What fails, in the run or after it.
    pub(super) fn apply(
        &self,
        session: &mut Session,
        files: &[Migration],
        order: &Order,
        say: &dyn Fn(&str),
    ) -> Result<Vec<String>, CommandError> {
        let takes_back = self.gates.on_failure == OnFailure::Rollback && !self.gates.checks.is_empty();
        let mut start = None;
        if self.binds() || takes_back {
            // From here on nobody else changes what is due.
            session.enter_books()?;
            self.approval(session, files, order)?;
            if takes_back && session.is_due(files, order)? {
                start = Some(Start::of(session, files)?);
            }
        }
        let applied = session.apply(files, order)?;
        if !applied.is_empty() {
            self.after(session, files, order, start.as_ref(), &applied, say)?;
        }
        // Behind the checks: what those take back would leave the books with seeds whose rows are gone.
        let seeded = order.seeds.as_ref().map(|seeds| session.seed(seeds)).transpose()?;
        Ok(applied.into_iter().chain(seeded.unwrap_or_default()).collect())
    }

    /// Whether a run is bound to a hash.
    fn binds(&self) -> bool {
        self.gates.approval || !self.approvals.is_empty()
    }

    fn approval(&self, session: &mut Session, files: &[Migration], order: &Order) -> Result<(), CommandError> {
        if !self.binds() {
            return Ok(());
        }
        match session.binding(files, order, self.environment)? {
            Some(_) if self.approvals.is_empty() => Err(GateError::Unapproved.into()),
            Some(hash) if !self.approvals.contains(&hash) => Err(GateError::OtherApproval.into()),
            _ => Ok(()),
        }
    }
}
