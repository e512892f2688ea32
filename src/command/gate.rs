//! What stands before a run and after it: maintenance windows, an approval, and checks of what came out.

mod after;
mod assertion;
mod endpoint;
pub(super) mod error;
mod program;
mod rules;
pub(super) mod window;

use crate::base::wording::listed;
use crate::command::error::CommandError;
use crate::command::gate::after::Start;
use crate::command::gate::error::GateError;
use crate::command::gate::rules::Rules;
use crate::config::Config;
use crate::config::gate::{Gates, OnFailure};
use crate::lint::allow::Allow;
use crate::migrate::apply::Order;
use crate::migrate::folder::Migration;
use crate::migrate::session::Session;

/// What `--force` calls the windows.
pub(super) const WINDOW: &str = "window";

/// What `--force` calls the rules of `lint`.
pub(super) const LINT: &str = "lint";

/// What `--force` calls seeds in production.
pub(super) const SEED: &str = "seed";

/// The gates of one database, and what the command line says to them.
pub(super) struct Gate<'a> {
    gates: Gates,
    environment: Option<&'a str>,
    /// Whether it runs outside of the windows, too.
    despite_windows: bool,
    approvals: &'a [String],
    /// What is asked of the text of what is due; none where nothing is.
    rules: Option<Rules>,
    /// What the rules and the rows may find.
    allows: &'a [Allow],
    /// Whether checks that hold are said, too.
    verbose: bool,
}

impl<'a> Gate<'a> {
    pub(super) fn of(config: &Config, environment: Option<&'a str>) -> Self {
        let gates = config.apply.gates(environment);
        let rules = gates.lint.then(|| Rules::of(config, environment));
        Self { gates, environment, despite_windows: false, approvals: &[], rules, allows: &[], verbose: false }
    }

    pub(super) fn despite_windows(self, despite_windows: bool) -> Self {
        Self { despite_windows, ..self }
    }

    pub(super) fn despite_rules(self, despite_rules: bool) -> Self {
        Self { rules: self.rules.filter(|_| !despite_rules), ..self }
    }

    pub(super) fn allowing(self, allows: &'a [Allow]) -> Self {
        Self { allows, ..self }
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

    /// That the rules of `lint` have nothing against what is due and was not begun.
    ///
    /// # Errors
    /// `GateError::Rules` with what they have against it.
    pub(super) fn lint(&self, session: &mut Session, files: &[Migration], order: &Order) -> Result<(), CommandError> {
        let Some(rules) = &self.rules else { return Ok(()) };
        let due = session.pending(files, order)?;
        if due.is_empty() { Ok(()) } else { rules.check(session, &due, self.allows) }
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
        let order = &Order { checked: self.is_last(session, files, order), ..order.clone() };
        let done = self.checked(session, files, order, start.as_ref(), say);
        // Who was stopped while the checks were asked has not seen what they say: the next run asks them again.
        if done.is_ok() || !session.options.stop.is_wished() {
            let put = session.put_down_held();
            let applied = done?;
            put?;
            // Behind the checks: what those take back would leave the books with seeds whose rows are gone.
            let seeded = order.seeds.as_ref().map(|seeds| session.seed(seeds)).transpose()?;
            return Ok(applied.into_iter().chain(seeded.unwrap_or_default()).collect());
        }
        done
    }

    /// Whether checks come after this run. Where only what was cut off is finished and more is due, they come after that.
    fn is_last(&self, session: &mut Session, files: &[Migration], order: &Order) -> bool {
        let all = Order { only_begun: false, ..order.clone() };
        let more = |session: &mut Session| session.pending(files, &all).map_or(true, |due| !due.is_empty());
        let is_last = !order.only_begun || !more(session);
        is_last && !self.gates.checks.is_empty()
    }

    /// Runs what is due, and asks the checks after it, or those that a run was cut off before.
    fn checked(
        &self,
        session: &mut Session,
        files: &[Migration],
        order: &Order,
        start: Option<&Start>,
        say: &dyn Fn(&str),
    ) -> Result<Vec<String>, CommandError> {
        let applied = session.apply(files, order)?;
        if !order.checked {
            return Ok(applied);
        }
        if !applied.is_empty() {
            self.after(session, files, order, start, &applied, say)?;
            return Ok(applied);
        }
        if let Some(unchecked) = session.unchecked()? {
            tracing::warn!(event = "unchecked", migrations = unchecked.ids.len());
            say(&format!("a run was cut off before its checks, which are asked now: {}", listed(&unchecked.ids)));
            let start = Start::before(&unchecked);
            self.after(session, files, order, Some(&start), &unchecked.ids, say)?;
        }
        Ok(applied)
    }

    /// What a run applied that was cut off before its checks; none where there are no checks.
    ///
    /// # Errors
    /// As `Session::unchecked`.
    pub(super) fn unchecked(&self, session: &mut Session) -> Result<Vec<String>, CommandError> {
        if self.gates.checks.is_empty() {
            return Ok(Vec::new());
        }
        Ok(session.unchecked()?.map(|unchecked| unchecked.ids).unwrap_or_default())
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
