//! What a backfill waits for between two batches.

use std::time::{Duration, Instant};

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::sql::directive::Backfill;

/// How often the server is asked how it is.
const EVERY: Duration = Duration::from_secs(1);

/// What there is to do before the next batch.
#[derive(Clone, PartialEq, Debug)]
pub enum Brake {
    Go,
    /// It is asked again after a while.
    Wait(String),
}

/// Asks the server, not too often.
#[derive(Debug, Default)]
pub struct Throttle {
    asked: Option<Instant>,
    warned: bool,
}

impl Throttle {
    /// Whether the next batch may begin. Something worth knowing comes with it once.
    ///
    /// # Errors
    /// What the server says.
    pub fn ask(
        &mut self,
        connection: &mut Connection,
        settings: &Backfill,
    ) -> Result<(Brake, Option<&'static str>), DbError> {
        let nothing = settings.max_lag.is_none() && settings.max_active.is_none();
        if nothing || self.asked.is_some_and(|asked| asked.elapsed() < EVERY) {
            return Ok((Brake::Go, None));
        }
        let rows = connection.query_with(include_str!("throttle.sql"), &[])?;
        let Some(row) = rows.first() else { return Ok((Brake::Go, None)) };
        let (lag, sees, active): (Option<f64>, bool, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let blind = !sees && !self.warned;
        self.warned |= blind;
        let note = "whether replicas lag and who is at work can be seen by members of pg_monitor alone";
        let brake = brake(settings, lag.filter(|_| sees), active);
        // While it waits it asks each time.
        self.asked = (brake == Brake::Go).then(Instant::now);
        Ok((brake, blind.then_some(note)))
    }
}

fn brake(settings: &Backfill, lag: Option<f64>, active: i64) -> Brake {
    if let (Some(most), Some(lag)) = (settings.max_lag, lag)
        && lag > most.as_secs_f64()
    {
        return Brake::Wait(format!("a replica is {lag:.0} s behind"));
    }
    match settings.max_active {
        Some(most) if active > i64::from(most) => Brake::Wait(format!("{active} other sessions are at work")),
        _ => Brake::Go,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_replicas_and_for_others() {
        let settings = Backfill { max_lag: Some(Duration::from_secs(10)), max_active: Some(2), ..Backfill::default() };
        assert_eq!(brake(&settings, Some(10.0), 2), Brake::Go);
        assert_eq!(brake(&settings, None, 0), Brake::Go);
        assert_eq!(brake(&settings, Some(10.6), 0), Brake::Wait("a replica is 11 s behind".to_owned()));
        assert_eq!(brake(&settings, None, 3), Brake::Wait("3 other sessions are at work".to_owned()));
    }
}
