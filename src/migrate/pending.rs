//! What a run would begin, for whoever looks at it before.

use crate::migrate::apply::{Order, due};
use crate::migrate::books;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::Migration;
use crate::migrate::session::Session;
use crate::migrate::survey::{Standing, Survey};

impl Session<'_> {
    /// The migrations that are due and were not begun, in their order. What was begun is to be finished, whatever it is.
    ///
    /// # Errors
    /// When the books cannot be read, or the files or they speak against a run.
    pub fn pending<'f>(&mut self, files: &'f [Migration], order: &Order) -> Result<Vec<&'f Migration>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let sorted = due(&survey, order)?;
        let pending = sorted.due.iter().filter(|entry| entry.standing != Standing::HalfApplied);
        let ids: Vec<&str> = pending.map(|entry| entry.id.as_str()).collect();
        Ok(ids.iter().filter_map(|id| files.iter().find(|file| file.id == **id)).collect())
    }
}
