//! Takes migrations back with the downs that the books hold, the newest first.

mod undo;

use crate::base::fault::point;
use crate::migrate::back;
use crate::migrate::books::{self, Outcome, Record};
use crate::migrate::enter::Run;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder::Migration;
use crate::migrate::kept::entry;
pub use crate::migrate::rollback::undo::Undo;
use crate::migrate::run::Job;
use crate::migrate::session::Session;
use crate::migrate::squash::effective;
use crate::migrate::start;
use crate::migrate::survey::{Standing, Survey};

/// How far back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reach {
    /// So many migrations.
    Count(usize),
    /// All that came after this one.
    To(String),
    /// Only what was begun and cut off.
    Begun,
}

impl Session<'_> {
    /// What would be taken back, the newest first.
    ///
    /// # Errors
    /// Where there is no way back, a run is unfinished, or the database is not what the last run left.
    pub fn way_back(
        &mut self,
        files: &[Migration],
        reach: &Reach,
        despite_drift: bool,
    ) -> Result<Vec<Undo>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        if let Some(id) = survey.with(Standing::HalfApplied).into_iter().next() {
            return Err(MigrateError::Unfinished { id, forward: true });
        }
        let mut taken: Vec<&Record> = survey
            .entries
            .iter()
            .filter_map(|entry| entry.record)
            .filter(|record| record.outcome == Outcome::Applied)
            .collect();
        taken.sort_by_key(|record| std::cmp::Reverse(effective(record, &records)));
        let begun = taken.iter().position(|record| record.turned);
        let count = match reach {
            Reach::Count(count) => *count,
            Reach::To(to) => {
                let entry = survey.find(to)?;
                let stays = taken.iter().position(|record| record.id == entry.id);
                stays.ok_or_else(|| MigrateError::NotApplied { id: entry.id.clone() })?
            }
            Reach::Begun => begun.map_or(0, |begun| begun + 1),
        };
        taken.truncate(count);
        if begun.is_none() && !despite_drift && !taken.is_empty() {
            let remembered = self.remembered()?;
            if remembered.is_some() {
                let live = self.measure()?;
                start::check(&live, None, remembered.as_ref())?;
            }
        }
        // What a contract took away comes back with it, and was there when others passed it.
        let gone = files.iter().filter_map(|file| file.contract.as_ref()?.gone.clone());
        self.beside = gone.flatten().collect();
        // One that came after migrations of a later time does not lead back to what it was planned for.
        let in_force: Vec<&Record> = survey.entries.iter().filter_map(|entry| entry.record).collect();
        let late = |record: &Record| {
            in_force.iter().any(|other| other.in_force() && other.id > record.id && other.run < record.run)
        };
        let bound = |record: &Record| {
            let mut undo = Undo::of(record)?;
            undo.migration.from = undo.migration.from.filter(|_| !late(record));
            Ok(undo)
        };
        let undos: Vec<Undo> = taken.into_iter().map(bound).collect::<Result<_, MigrateError>>()?;
        self.fit_tenant(undos.iter().map(|undo| &undo.script))?;
        Ok(undos)
    }

    /// Whether what this one drops is kept: where it is asked for, or the one who began it asked for it. Looks whether it can be,
    /// before anything is dropped, and writes down that it is, where there is more than one transaction to be cut off between.
    fn keeps(&mut self, undo: &Undo, asked: bool) -> Result<bool, MigrateError> {
        if undo.begun && entry::is_begun(&mut self.connection, undo.run)? {
            return Ok(true);
        }
        if asked {
            self.is_keepable(&undo.script)?;
            if undo.script.transactions() > 1 {
                point();
                entry::begin(&mut self.connection, undo.run)?;
                point();
            }
        }
        Ok(asked)
    }

    /// Takes them back; with `keep`, what they drop is kept. Where there are none, what a run that was cut off has not measured is measured.
    ///
    /// # Errors
    /// The statement that fails, or that the state that comes out is not the one from before.
    pub fn roll_back(&mut self, undos: &[Undo], despite_drift: bool, keep: bool) -> Result<(), MigrateError> {
        if undos.is_empty() && self.remembered()?.is_none() {
            self.remember_now(None)?;
        }
        self.watched(|session| session.run_downs(undos, despite_drift, keep))
    }

    fn run_downs(&mut self, undos: &[Undo], despite_drift: bool, keep: bool) -> Result<(), MigrateError> {
        for undo in undos {
            let keep = self.keeps(undo, keep)?;
            let (host, ticket) = (self.host.clone(), self.options.ticket.clone().or_else(|| undo.ticket.clone()));
            let (host, ticket) = (host.as_deref(), ticket.as_deref());
            let run = Run { migration: &undo.migration, kind: "schema", host, ticket, release: None };
            if undo.script.transactions() > 1 {
                // One that is cut off is known to be somebody's.
                back::turns(&mut self.connection, undo.run, run.back())?;
            }
            self.play(&Job { run, script: &undo.script, forward: false, number: Some(undo.run), keep })?;
            let planned = undo.migration.from.is_some();
            if planned || undos.last().is_some_and(|last| last.run == undo.run) {
                let live = self.remember_now(None)?;
                match start::returned(&live, &undo.migration) {
                    Err(error) if despite_drift => self.say(Event::Note { text: error.to_string() }),
                    result => result?,
                }
            }
        }
        Ok(())
    }
}
