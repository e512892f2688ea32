//! Steps that are run in batches: each commits together with how far it got, so that a run that was cut off goes on behind
//! the last one.

use std::time::{Duration, Instant};

use crate::base::fault::point;
use crate::db::error::DbError;
use crate::migrate::backfill::gauge::Gauge;
use crate::migrate::backfill::place::Place;
use crate::migrate::backfill::throttle::{Brake, Throttle};
use crate::migrate::backfill::{Batches, Key};
use crate::migrate::books;
use crate::migrate::error::{MigrateError, StepError, pointed};
use crate::migrate::event::Event;
use crate::migrate::run::{Failure, Work};
use crate::migrate::session::Session;
use crate::migrate::steps::Step;

/// How long it waits before it asks again whether it may go on.
const LATER: Duration = Duration::from_secs(1);

impl Session<'_> {
    pub(in crate::migrate::run) fn backfill(
        &mut self,
        work: &mut Work,
        step: &Step,
        batches: &Batches,
    ) -> Result<(), MigrateError> {
        let start = Instant::now();
        let (key, mut place) = self.begin_backfill(work, step, batches)?;
        let number = self.enter(work)?;
        if !work.marks.contains_key(&step.number) {
            self.outdate(work.job)?;
            self.outdated = true;
            books::started(&mut self.connection, number, work.job.forward, step, None)?;
            point();
        }
        let size = u64::from(batches.settings.batch);
        let mut gauge = Gauge::new(batches.estimate(&mut self.connection)?, place.batches * size);
        let mut throttle = Throttle::default();
        let failed = |cause: DbError| {
            let cause = cause.without_position();
            Failure { at: &step.statement, step: step.number, cause }
        };
        loop {
            self.brake(step, batches, &mut throttle)?;
            let mut more = false;
            let tried = self.attempts(work, &mut |session, work| {
                more = session.batch(work, number, step, batches, &key, &mut place).map_err(failed)?;
                Ok(())
            });
            tried.map_err(|failure| self.fails(work, failure))?;
            if !more {
                break;
            }
            if let Some(reading) = gauge.batch(size, start.elapsed()) {
                self.say(Event::Filled { number: step.number, reading });
            }
            self.options.stop.sleep(batches.settings.pause);
            self.unless_stopped()?;
        }
        self.told(work, step, start.elapsed());
        self.close(work, number, step)
    }

    /// The key that it goes by, and where it goes on.
    fn begin_backfill(
        &mut self,
        work: &mut Work,
        step: &Step,
        batches: &Batches,
    ) -> Result<(Key, Place), MigrateError> {
        let key = match batches.key(&mut self.connection, step.statement.sql()) {
            Ok(key) => key,
            Err(cause) => {
                let cause = cause.without_position();
                return Err(self.fails(work, Failure { at: &step.statement, step: step.number, cause }));
            }
        };
        let id = work.job.run.migration.id.clone();
        let key = key.map_err(|why| {
            let (text, at) = (step.statement.file.named_source(), pointed(&step.statement, None));
            StepError::Unbatched { id: id.clone(), number: step.number, why, text, at }
        })?;
        let mark = work.marks.get(&step.number);
        let place: Option<Place> = mark.and_then(|mark| serde_json::from_str(mark.place.as_deref()?).ok());
        // Half of the rows were gone through in another order, or for something else.
        let edited = mark.is_some_and(|mark| mark.sha256 != step.sha256());
        match place {
            Some(place) if edited || !key.is(&place.key) => Err(MigrateError::EditedMidway { id }),
            Some(place) => Ok((key, place)),
            None => {
                let place = Place { key: key.names(), ..Place::default() };
                Ok((key, place))
            }
        }
    }

    /// One batch; whether there was one.
    fn batch(
        &mut self,
        work: &Work,
        number: i64,
        step: &Step,
        batches: &Batches,
        key: &Key,
        place: &mut Place,
    ) -> Result<bool, DbError> {
        self.connection.execute("BEGIN")?;
        let after = (!place.after.is_empty()).then_some(place.after.as_slice());
        let Some(end) = batches.end(&mut self.connection, key, after)? else {
            self.connection.execute("COMMIT")?;
            return Ok(false);
        };
        let sql = batches.statement(key, after, &end);
        let sql = sql.ok_or_else(|| DbError::unexpected("a statement that cannot be written down"))?;
        let rows = self.connection.change(&sql)?;
        let next = Place { key: place.key.clone(), after: end, batches: place.batches + 1, rows: place.rows + rows };
        if work.changes_role {
            self.connection.execute("SET LOCAL ROLE NONE")?;
        }
        books::got_to(&mut self.connection, number, work.job.forward, step.number, &next)?;
        point();
        self.connection.execute("COMMIT")?;
        point();
        *place = next;
        Ok(true)
    }

    /// Waits while the server has no time for this.
    fn brake(&mut self, step: &Step, batches: &Batches, throttle: &mut Throttle) -> Result<(), MigrateError> {
        let mut told = false;
        loop {
            let (brake, note) = throttle.ask(&mut self.connection, &batches.settings)?;
            if let Some(note) = note {
                self.say(Event::Note { text: note.to_owned() });
            }
            let Brake::Wait(why) = brake else { return Ok(()) };
            if !told {
                self.say(Event::Brakes { number: step.number, why });
                told = true;
            }
            self.options.stop.sleep(LATER);
            self.unless_stopped()?;
        }
    }
}
