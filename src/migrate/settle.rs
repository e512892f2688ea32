//! What the database is before a run and after it, held against what was planned.

use crate::migrate::apply::Order;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder::Migration;
use crate::migrate::hold::unbound;
use crate::migrate::scope::Reading;
use crate::migrate::session::Session;
use crate::migrate::start;
use crate::migrate::survey::{Entry, Standing};

impl Session<'_> {
    /// That the database is what the first of them starts from. One that goes on is somewhere on its way.
    pub(in crate::migrate) fn at_start(&mut self, first: &Entry, order: &Order) -> Result<(), MigrateError> {
        if order.despite_drift || first.standing == Standing::HalfApplied {
            return Ok(());
        }
        let remembered = self.remembered()?;
        let loose = unbound(first);
        let file = loose.as_ref().or(first.file);
        if remembered.is_none() && file.is_none_or(|file| file.from.is_none()) {
            return Ok(());
        }
        let live = self.measure()?;
        start::check(&live, file, remembered.as_ref())
    }

    /// Measures what the database is now, and holds it against what was planned. It is written down, unless checks come after
    /// the last of the run.
    pub(in crate::migrate) fn settle(
        &mut self,
        file: Option<&Migration>,
        number: Option<i64>,
        order: &Order,
        is_last: bool,
    ) -> Result<Reading, MigrateError> {
        let live = if order.checked && is_last { self.hold_now(number)? } else { self.remember_now(number)? };
        match file.map_or(Ok(()), |file| start::reached(&live, file)) {
            // Who started from another state does not arrive at this one either.
            Err(error) if order.despite_drift => self.say(Event::Note { text: error.to_string() }),
            result => result?,
        }
        Ok(live)
    }
}
