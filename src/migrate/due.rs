//! What a run would do, for whoever looks at it before, and for the run itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::migrate::apply::Order;
use crate::migrate::books::{self, Outcome, Record};
use crate::migrate::embedded;
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::folder::Migration;
use crate::migrate::hold::{Sorted, sort};
use crate::migrate::seed;
use crate::migrate::session::Session;
use crate::migrate::squash;
use crate::migrate::steps::Script;
use crate::migrate::survey::{Entry, Standing, Survey};

/// What is to be done, before it is.
#[derive(Debug)]
pub struct Due {
    pub id: String,
    pub script: Script,
    /// Whether it goes on where a run was cut off.
    pub resumed: bool,
}

impl Session<'_> {
    /// Whether `apply` would run anything, or the seeds that come after it; the schema is not looked at.
    ///
    /// # Errors
    /// When the books cannot be read, or the files or they speak against it.
    pub fn is_due(&mut self, files: &[Migration], order: &Order) -> Result<bool, MigrateError> {
        let records = books::records(&mut self.connection)?;
        let migrations = !due(&Survey::of(files, &records), order)?.due.is_empty();
        // That their books can be read is to be known before a migration runs.
        let seeds = self.is_seed_due(order)?;
        Ok(migrations || seeds)
    }

    fn is_seed_due(&mut self, order: &Order) -> Result<bool, MigrateError> {
        let due = order.seeds.as_ref().map(|seeds| seed::due(&mut self.connection, seeds)).transpose()?;
        Ok(due.is_some_and(|due| !due.is_empty()))
    }

    /// What `apply` would do now, after every check that it makes; nothing is written.
    ///
    /// # Errors
    /// As `apply`.
    pub fn preview(&mut self, files: &[Migration], order: &Order) -> Result<Vec<Due>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        newer(&records)?;
        let survey = Survey::of(files, &records);
        let sorted = due(&survey, order)?;
        self.beside.clone_from(&sorted.beside);
        self.tell_held(&sorted, order);
        self.tell_replaced(&survey);
        let due = sorted.due;
        let mut coming = whole(&survey);
        coming.extend(due.iter().map(|entry| entry.id.as_str()));
        self.tell_kept(&coming)?;
        let one = |entry: &&Entry| {
            let file = entry.file.map(|file| Script::parse(&file.up)).transpose()?.unwrap_or_default();
            Ok(Due { id: entry.id.clone(), script: file, resumed: entry.standing == Standing::HalfApplied })
        };
        let scripts: Vec<Due> = due.iter().map(one).collect::<Result<_, MigrateError>>()?;
        self.fit_tenant(scripts.iter().map(|due| &due.script))?;
        if let Some(first) = due.first() {
            self.at_start(first, order)?;
        }
        Ok(scripts)
    }

    /// The migrations that are due and were not begun, in their order. What was begun is to be finished, whatever it is.
    ///
    /// # Errors
    /// When the books cannot be read, or the files or they speak against a run.
    pub fn pending<'f>(&mut self, files: &'f [Migration], order: &Order) -> Result<Vec<&'f Migration>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let sorted = due(&survey, order)?;
        let pending = sorted.due.iter().filter(|entry| entry.standing != Standing::HalfApplied);
        // By name, as the survey lives no longer than the records.
        let by_id: BTreeMap<&str, &Migration> = files.iter().map(|file| (file.id.as_str(), file)).collect();
        Ok(pending.filter_map(|entry| by_id.get(entry.id.as_str()).copied()).collect())
    }
}

/// What is applied, and not on its way back.
pub(in crate::migrate) fn whole<'a>(survey: &Survey<'a>) -> BTreeSet<&'a str> {
    let records = survey.entries.iter().filter_map(|entry| entry.record);
    records
        .filter(|record| record.outcome == Outcome::Applied && !record.turned)
        .map(|record| record.id.as_str())
        .collect()
}

/// What is due, unless the files or the books speak against it.
pub(in crate::migrate) fn due<'s, 'a>(survey: &'s Survey<'a>, order: &Order) -> Result<Sorted<'s, 'a>, MigrateError> {
    if let Some(id) = survey.with(Standing::HalfRolledBack).into_iter().next() {
        return Err(MigrateError::Unfinished { id, forward: false });
    }
    let edited = survey.with(Standing::Edited);
    if !edited.is_empty() {
        return Err(StateError::Edited { ids: edited }.into());
    }
    squash::check(survey)?;
    let mut due = survey.due(order.to.as_deref())?;
    due.retain(|entry| !order.only_begun || entry.standing == Standing::HalfApplied);
    let mut sorted = sort(due, survey, order.contract);
    let due = &mut sorted.due;
    // A contract comes late as it should.
    let late = |entry: &&&Entry| entry.out_of_order && entry.file.is_none_or(|file| file.contract.is_none());
    let late = due.iter().filter(late).filter(|entry| !order.out_of_order && !survey.commutes(entry));
    let late: Vec<String> = late.map(|entry| entry.id.clone()).collect();
    if !late.is_empty() {
        return Err(StateError::OutOfOrder { ids: late }.into());
    }
    // What was begun comes first, or the others would run on half a migration.
    due.sort_by_key(|entry| entry.standing != Standing::HalfApplied);
    match due.iter().find(|entry| entry.standing == Standing::HalfApplied && entry.file.is_none()) {
        Some(entry) => Err(MigrateError::Gone { id: entry.id.clone() }),
        None => Ok(sorted),
    }
}

/// Books that hold a migration of books that this version does not have.
pub(in crate::migrate) fn newer(records: &[Record]) -> Result<(), MigrateError> {
    let unknown = |record: &&Record| {
        let ours = ["history", "journal", "state", "repair", "audit", "size", "seed"]
            .map(|table| format!("TABLE pgplumb.{table}"));
        !embedded::is_own(&record.id) && ours.iter().any(|table| record.up_sql.contains(table.as_str()))
    };
    match records.iter().find(unknown) {
        Some(record) => Err(MigrateError::NewerBooks { id: record.id.clone() }),
        None => Ok(()),
    }
}
