//! Applies what is due, one migration after the other.

use std::collections::BTreeSet;

use crate::migrate::books::{self, Outcome};
use crate::migrate::due::{due, newer, whole};
use crate::migrate::embedded;
use crate::migrate::enter::Run;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder::Migration;
use crate::migrate::hold::{Sorted, sort, unbound};
use crate::migrate::kept::entry::Entry as Kept;
use crate::migrate::lock;
use crate::migrate::run::Job;
use crate::migrate::seed::Seeds;
use crate::migrate::session::Session;
use crate::migrate::squash;
use crate::migrate::start;
use crate::migrate::steps::Script;
use crate::migrate::survey::{Entry, Standing, Survey};

/// What is asked of an `apply`.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The last migration to run.
    pub to: Option<String>,
    /// Goes on although the database is not what it should be.
    pub despite_drift: bool,
    /// Runs migrations that are older than those that are applied.
    pub out_of_order: bool,
    /// Runs only what was begun and cut off.
    pub only_begun: bool,
    /// Runs what is held back, too.
    pub contract: bool,
    /// What comes after the migrations; none where nobody asks for it.
    pub seeds: Option<Seeds>,
    /// The run is looked at once it is over, by checks: what was measured is put down by `put_down_held`, and a run without it
    /// is one that nobody has looked at.
    pub checked: bool,
}

impl Session<'_> {
    /// Makes sure that no other runner is at work, and that the books are those of this version.
    ///
    /// # Errors
    /// When another is, or the books cannot be written.
    pub fn enter_books(&mut self) -> Result<(), MigrateError> {
        self.unless_stopped()?;
        self.reset()?;
        lock::take(&mut self.connection, self.options.wait, &self.options.stop, &self.voice)?;
        let records = books::records(&mut self.connection)?;
        newer(&records)?;
        for migration in embedded::migrations() {
            let last = records.iter().rev().find(|record| record.id == migration.id);
            if last.is_some_and(|record| record.outcome == Outcome::Applied) {
                continue;
            }
            let number = last.filter(|record| record.in_force()).map(|record| record.run);
            let script = Script::parse(&migration.up)?;
            self.quiet = true;
            let done = self.run_up(&migration, &script, number);
            self.quiet = false;
            done?;
        }
        Ok(())
    }

    fn run_up(&mut self, migration: &Migration, script: &Script, number: Option<i64>) -> Result<i64, MigrateError> {
        let (host, ticket) = (self.host.clone(), self.options.ticket.clone());
        let kind = if script.is_data() { "data" } else { "schema" };
        let release = self.release.filter(|_| !migration.own);
        let run = Run { migration, kind, host: host.as_deref(), ticket: ticket.as_deref(), release };
        self.play(&Job { run, script, forward: true, number, keep: false })
    }

    /// Runs everything that is due. What was cut off goes on where it stopped. Returns what was run.
    ///
    /// # Errors
    /// Where the files or the database are not as they should be, before anything is run; then what fails.
    pub fn apply(&mut self, files: &[Migration], order: &Order) -> Result<Vec<String>, MigrateError> {
        self.enter_books()?;
        self.adopt(files, order)?;
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let sorted = due(&survey, order)?;
        self.beside.clone_from(&sorted.beside);
        let due = sorted.due;
        self.release = Some(records.iter().filter_map(|record| record.release).max().unwrap_or_default() + 1);
        let remembered = self.remembered()?.is_some();
        // What a run that was cut off has not put back, or could not.
        let kept = self.waiting()?;
        self.put_back_of(&kept, &whole(&survey))?;
        let Some(first) = due.first() else {
            // A run that was cut off after its last step has not been measured.
            let newest = survey.entries.iter().filter(|entry| entry.standing.is_in_force());
            let newest = newest.filter_map(|entry| Some((entry.record?, entry.file)));
            let newest = newest.max_by_key(|(record, _)| squash::effective(record, &records));
            let newest = newest.map(|(record, file)| (record.run, file));
            if let Some((run, file)) = newest.filter(|_| !remembered) {
                self.settle(file, Some(run), order, true)?;
            }
            self.tell_left(files, order)?;
            return Ok(Vec::new());
        };
        // All of them are read before the first is run.
        let read = |entry: &&Entry| entry.file.map(|file| Script::parse(&file.up)).transpose();
        let scripts: Vec<Option<Script>> = due.iter().map(read).collect::<Result<_, _>>()?;
        self.fit_tenant(scripts.iter().flatten())?;
        self.at_start(first, order)?;
        let applied = self.watched(|session| session.run_due(&due, &scripts, &kept, order))?;
        self.tell_left(files, order)?;
        Ok(applied)
    }

    /// Runs these one after the other. Returns what was run.
    fn run_due(
        &mut self,
        due: &[&Entry],
        scripts: &[Option<Script>],
        kept: &[Kept],
        order: &Order,
    ) -> Result<Vec<String>, MigrateError> {
        let (mut applied, mut last) = (Vec::new(), None);
        for (place, (entry, script)) in due.iter().zip(scripts).enumerate() {
            let (Some(file), Some(script)) = (entry.file, script) else { continue };
            if self.options.stop.is_wished() {
                // What is whole can be measured, so that what others do until the next run is seen.
                if let Some(number) = last.filter(|_| self.outdated) {
                    self.remember_now(Some(number))?;
                }
                return Err(MigrateError::Interrupted);
            }
            let (loose, next) = (unbound(entry), due.get(place + 1));
            let file = loose.as_ref().unwrap_or(file);
            let going_on = entry.record.filter(|_| entry.standing == Standing::HalfApplied);
            let number = self.run_up(file, script, going_on.map(|record| record.run))?;
            applied.push(file.id.clone());
            last = Some(number);
            self.put_back_of(kept, &BTreeSet::from([file.id.as_str()]))?;
            let loose = next.and_then(|entry| unbound(entry));
            let next = loose.as_ref().or(next.and_then(|entry| entry.file));
            if next.is_none() || file.to.is_some() || next.is_some_and(|next| next.from.is_some()) {
                let live = self.settle(Some(file), Some(number), order, next.is_none())?;
                if !order.despite_drift {
                    start::check(&live, next, None)?;
                }
            }
        }
        Ok(applied)
    }

    /// Says what is held back still, now that the others are applied.
    fn tell_left(&mut self, files: &[Migration], order: &Order) -> Result<(), MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        self.tell_held(&sort(survey.due(order.to.as_deref())?, &survey, order.contract), order);
        Ok(())
    }

    pub(in crate::migrate) fn tell_held(&mut self, sorted: &Sorted, order: &Order) {
        if order.only_begun {
            return;
        }
        let last = sorted.held.len().saturating_sub(1);
        for (place, held) in sorted.held.iter().enumerate() {
            let behind = if place == last { sorted.behind.as_slice() } else { &[] };
            self.say(Event::Note { text: held.told(behind) });
        }
    }
}
