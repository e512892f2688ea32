//! Steps that cannot be in a transaction: written down before and after, and judged by the catalog where a run was cut off
//! between the two.

use std::time::Instant;

use crate::base::fault::point;
use crate::migrate::books;
use crate::migrate::error::{MigrateError, StepError, pointed};
use crate::migrate::event::Event;
use crate::migrate::probe::Verdict;
use crate::migrate::retry::is_passing;
use crate::migrate::run::{Failure, Job, Work};
use crate::migrate::session::Session;
use crate::migrate::steps::Step;

impl Session<'_> {
    /// A statement that cannot be in a transaction: written down before it and after it.
    pub(in crate::migrate::run) fn outside(&mut self, work: &mut Work, step: &Step) -> Result<(), MigrateError> {
        let number = self.enter(work)?;
        let (forward, sql) = (work.job.forward, step.statement.sql());
        if let Some(mark) = work.marks.get(&step.number)
            && self.mend(work.job, step, mark.before.as_deref())?
        {
            return self.close(work, number, step);
        }
        let mut count = 0;
        loop {
            let before = step.target.look(&mut self.connection)?;
            point();
            self.outdate(work.job)?;
            self.outdated = true;
            books::started(&mut self.connection, number, forward, step, before.as_deref())?;
            point();
            let start = Instant::now();
            let done = self.work_at(step.number, sql);
            self.rests();
            let cause = match done {
                Ok(()) => {
                    point();
                    self.told(work, step, start.elapsed());
                    return self.close(work, number, step);
                }
                Err(cause) if cause.is_lost() => return Err(cause.into()),
                Err(cause) => cause,
            };
            books::failed(&mut self.connection, number, forward, step.number, &cause.to_string())?;
            // What is half there would be in the way of the next attempt. Who wants to be gone does not wait for its removal,
            // which waits for others as the step itself does: the next run sees to it.
            if !self.options.stop.is_pressed()
                && let Verdict::Again(statements) = step.target.verdict(&mut self.connection, before.as_deref())?
            {
                for statement in statements {
                    self.work_at(step.number, &statement)?;
                }
            }
            let passing = cause.sqlstate().is_some_and(is_passing);
            if !passing || count >= self.options.retry.count || self.options.stop.is_wished() {
                return Err(self.fails(work, Failure { at: &step.statement, step: step.number, cause }));
            }
            count += 1;
            self.pause(count, &cause);
        }
    }

    /// What became of a step that was begun: whether it is done. What is half there is taken away, or finished.
    fn mend(&mut self, job: &Job, step: &Step, before: Option<&str>) -> Result<bool, MigrateError> {
        let (what, statements, done) = match step.target.verdict(&mut self.connection, before)? {
            Verdict::Done => ("it took effect", Vec::new(), true),
            Verdict::NotDone => ("it did nothing", Vec::new(), false),
            Verdict::Again(statements) if statements.is_empty() => ("it is done again", statements, false),
            Verdict::Again(statements) => ("it is half there, and done again", statements, false),
            Verdict::Finish(statement) => ("it is half there, and finished", vec![statement], true),
            Verdict::Unknown => {
                let id = job.run.migration.id.clone();
                let (text, at) = (step.statement.file.named_source(), pointed(&step.statement, None));
                return Err(StepError::Unknown { id, number: step.number, text, at }.into());
            }
        };
        self.say(Event::Found { number: step.number, what });
        for statement in statements {
            point();
            self.work_at(step.number, &statement)?;
        }
        point();
        Ok(done)
    }

    /// Writes that a step outside of transactions is done.
    pub(in crate::migrate::run) fn close(&mut self, work: &Work, number: i64, step: &Step) -> Result<(), MigrateError> {
        let forward = work.job.forward;
        self.connection.execute("BEGIN")?;
        if work.changes_role {
            self.connection.execute("SET LOCAL ROLE NONE")?;
        }
        books::done(&mut self.connection, number, forward, &[step])?;
        if step.number == work.last {
            self.finish(number, work.job)?;
        }
        point();
        self.connection.execute("COMMIT")?;
        point();
        Ok(())
    }
}
