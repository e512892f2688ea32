//! A run of `apply` that was cut off between its last step and the checks after it. The books say so without a word of their
//! own: what was measured after a run is put down once the run was looked at, so that without it there was no look.

use crate::migrate::books::{self, Outcome, Record};
use crate::migrate::embedded;
use crate::migrate::error::MigrateError;
use crate::migrate::session::Session;

/// What such a run applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unchecked {
    /// Oldest first.
    pub ids: Vec<String>,
    /// The fingerprint of the state before it; none where nobody measured that.
    pub start: Option<String>,
}

impl Session<'_> {
    /// The run that nobody has looked at; none where there is no such, or something is still to be run.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn unchecked(&mut self) -> Result<Option<Unchecked>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        if records.is_empty() {
            return Ok(None);
        }
        let put_down = self.connection.query_text("SELECT 'there' FROM pgplumb.state")?;
        Ok(if put_down.is_some() { None } else { last_run(&records) })
    }
}

/// The last run of `apply`, where all of it is applied. A rollback that was cut off leaves no state either.
fn last_run(records: &[Record]) -> Option<Unchecked> {
    let records: Vec<&Record> = records.iter().filter(|record| !embedded::is_own(&record.id)).collect();
    let last = records.iter().filter_map(|record| record.release).max()?;
    let whole = |record: &&Record| record.outcome == Outcome::Applied && !record.turned;
    let ran: Vec<&Record> = records.iter().copied().filter(|record| record.release == Some(last)).collect();
    if !ran.iter().all(whole) || records.last().is_some_and(|newest| newest.release != Some(last)) {
        return None;
    }
    let first = ran.iter().map(|record| record.run).min()?;
    let before = records.iter().copied().filter(|record| record.run < first).max_by_key(|record| record.run);
    let start = before.filter(whole).and_then(|record| record.to_fingerprint.clone());
    Some(Unchecked { ids: ran.iter().map(|record| record.id.clone()).collect(), start })
}
