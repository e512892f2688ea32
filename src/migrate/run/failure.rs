//! How a run that stops is written down and told.

use crate::base::fault::point;
use crate::db::error::DbError;
use crate::migrate::back;
use crate::migrate::books;
use crate::migrate::enter;
use crate::migrate::error::{MigrateError, StepError, pointed};
use crate::migrate::kept::Watched;
use crate::migrate::retry::{Tried, is_passing};
use crate::migrate::run::{Failure, Work};
use crate::migrate::session::Session;

/// What Postgres says of a statement that somebody cancelled, or that took longer than it may.
const CANCELED: &str = "57014";

impl Session<'_> {
    /// Writes down why the run stops, and says it.
    pub(in crate::migrate::run) fn fails(&mut self, work: &mut Work, failure: Failure) -> MigrateError {
        let Failure { at, step, cause } = failure;
        if cause.is_lost() {
            return cause.into();
        }
        // Where the books take nothing any more, the reason itself is still to be said.
        let _ = self.write_failure(work, &cause);
        if let Some(refused) = work.watched.as_mut().and_then(Watched::refused) {
            return refused.into();
        }
        let (id, number) = (work.job.run.migration.id.clone(), step);
        let DbError::Statement { sqlstate, message, detail, hint, position, .. } = cause else { return cause.into() };
        let said = detail.map_or(message.clone(), |detail| format!("{message}: {detail}"));
        let (text, span) = (at.file.named_source(), pointed(at, position));
        let verb = if work.job.forward { "apply" } else { "rollback" };
        let stop = &self.options.stop;
        if stop.is_wished() && is_passing(&sqlstate) || stop.is_pressed() && sqlstate == CANCELED {
            return MigrateError::Interrupted;
        }
        if is_passing(&sqlstate) {
            let attempts = self.options.retry.count + 1;
            let left = &format!("`pgplumb {verb}` goes on from here");
            return Tried { id, number, attempts, text, at: span, said, left }.told(&sqlstate).into();
        }
        let left = if work.number.is_none() {
            "nothing of it is left in the database".to_owned()
        } else if !work.job.forward {
            "what came before it is rolled back; `pgplumb rollback` goes on from here".to_owned()
        } else {
            format!("what came before it stays; mend the file from there on, and `pgplumb {verb}` goes on")
        };
        let help = hint.map_or(left.clone(), |hint| format!("{hint}; {left}"));
        StepError::Failed { id, number, said, message, sqlstate, text, at: span, help }.into()
    }

    fn write_failure(&mut self, work: &Work, cause: &DbError) -> Result<(), MigrateError> {
        self.reset()?;
        let (job, text) = (work.job, cause.to_string());
        match work.number {
            Some(number) if job.forward => books::stopped(&mut self.connection, number, &text)?,
            Some(number) => back::stopped(&mut self.connection, number, job.run.back(), &text)?,
            None => {
                let seconds = work.started.elapsed().as_secs_f64();
                enter::begin(&mut self.connection, &job.run, "failed", seconds, Some(&text))?;
            }
        }
        point();
        Ok(())
    }
}
