//! What somebody else changed in the schema since the last run.

use crate::migrate::error::MigrateError;
use crate::migrate::scope::Reading;
use crate::migrate::session::Session;
use crate::migrate::start;
use crate::source::snapshot::Stored;

/// The schema now, and as it was left.
#[derive(Debug)]
pub struct Drift {
    pub live: Reading,
    /// Whether it is another.
    pub found: bool,
    /// What was left; none where another version of pgplumb wrote it down.
    pub left: Option<Stored>,
}

impl Drift {
    /// What is different, a line each.
    pub fn differences(&self) -> Vec<String> {
        match &self.left {
            Some(left) if self.found => start::differences(&left.catalog, &self.live.catalog),
            _ => Vec::new(),
        }
    }
}

impl Session<'_> {
    /// Looks whether the schema is what the last run left; none where that is not on record.
    ///
    /// # Errors
    /// When the catalog or the books cannot be read.
    pub fn drift(&mut self) -> Result<Option<Drift>, MigrateError> {
        let Some((fingerprint, left)) = self.remembered()? else { return Ok(None) };
        let live = self.measure()?;
        Ok(Some(Drift { found: live.full != fingerprint, live, left }))
    }
}
