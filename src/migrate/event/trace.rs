//! The same events for the log, which is a file: no SQL with what is written out in it, and no more of others' sessions
//! than who they are.

use crate::migrate::event::{Event, Holder};
use crate::sql::shape::shape;

impl Event {
    /// Says it to whoever listens to `tracing`, of this database.
    pub(in crate::migrate) fn trace(&self, database: &str) {
        match self {
            Self::Waiting { pid, user, application, since } => {
                tracing::warn!(event = "waiting", database, pid, user, application, since);
            }
            Self::Begins { id, resumed, forward } => tracing::info!(event = "begins", database, id, resumed, forward),
            Self::Step { number, of, sql, took } => {
                tracing::info!(event = "step", database, number, of, sql = shape(sql), seconds = took.as_secs_f64());
            }
            Self::Progress { number, statement, elapsed, look } => {
                let seconds = elapsed.as_secs_f64();
                let (table, phase) = (look.table.as_deref(), look.phase.as_deref());
                let measure = look.measure();
                let (seen, of) = (measure.map(|(count, _)| count.done), measure.and_then(|(count, _)| count.of));
                let noun = measure.map(|(_, noun)| noun);
                tracing::debug!(event = "progress", database, number, statement, seconds, table, phase, seen, of, noun);
            }
            Self::Held { number, holders } => {
                tracing::warn!(event = "held", database, number);
                for Holder { pid, user, application, seconds, state } in holders {
                    tracing::warn!(event = "holder", database, pid, user, application, seconds, state);
                }
            }
            Self::Filled { number, reading } => {
                let (seen, of, rate) = (reading.seen, reading.of, reading.rate);
                tracing::debug!(event = "filled", database, number, seen, of, rate);
            }
            Self::Brakes { number, why } => tracing::info!(event = "brakes", database, number, why),
            Self::Found { number, what } => tracing::warn!(event = "found", database, number, what),
            Self::Retries { attempt, of, why, pause, blockers } => {
                tracing::warn!(event = "retries", database, attempt, of, why, pause = pause.as_secs_f64());
                for blocker in blockers {
                    let (pid, user, seconds) = (blocker.pid, &blocker.user, blocker.seconds);
                    let (application, state) = (&blocker.application, &blocker.state);
                    tracing::warn!(event = "blocker", database, pid, user, application, seconds, state);
                }
            }
            Self::Ended { blocker } => {
                let (pid, user, application, seconds) =
                    (blocker.pid, &blocker.user, &blocker.application, blocker.seconds);
                tracing::warn!(event = "ended", database, pid, user, application, seconds);
            }
            Self::Done { id, steps, took, forward } => {
                tracing::info!(event = "done", database, id, steps, seconds = took.as_secs_f64(), forward);
            }
            Self::SeedBegins { name, standing } => {
                let why = standing.words();
                tracing::info!(event = "seed-begins", database, name, why);
            }
            Self::SeedDone { name, steps, took } => {
                tracing::info!(event = "seed-done", database, name, steps, seconds = took.as_secs_f64());
            }
            Self::Note { text } => tracing::info!(event = "note", database, text),
        }
    }
}
