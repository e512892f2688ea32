//! Takes migrations back with the downs that the books hold, the newest first.

use std::sync::Arc;

use crate::base::fault::point;
use crate::base::name::without_public;
use crate::lint::allow::Allow;
use crate::lint::down::gives_up;
use crate::migrate::back;
use crate::migrate::books::{self, Outcome, Record};
use crate::migrate::branch::Branch;
use crate::migrate::enter::Run;
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::event::Event;
use crate::migrate::folder::{Migration, header};
use crate::migrate::kept::entry;
use crate::migrate::kept::only::only_drops;
use crate::migrate::run::Job;
use crate::migrate::session::Session;
use crate::migrate::squash::effective;
use crate::migrate::start;
use crate::migrate::steps::Script;
use crate::migrate::survey::{Standing, Survey};
use crate::sql::file::SqlFile;
use crate::sql::split::split;

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

/// One migration to take back.
#[derive(Debug)]
pub struct Undo {
    pub run: i64,
    pub script: Script,
    /// Whether it was begun already.
    pub begun: bool,
    /// `lossless`, `lossy`; none where nobody measured it.
    pub grade: Option<String>,
    /// What does not come back.
    pub losses: Vec<String>,
    /// Of the one who began it.
    ticket: Option<String>,
    migration: Migration,
}

impl Undo {
    pub fn id(&self) -> &str {
        &self.migration.id
    }

    /// Whether nothing is lost by it that is not kept: what it does not bring back went when it was applied, or is dropped by
    /// it now.
    pub fn only_drops(&self) -> bool {
        self.script.steps().all(|step| only_drops(step.statement.sql()))
    }

    /// What the down does not bring back, or may not, and that nobody allowed.
    pub fn not_allowed(&self, allowed: &[Allow]) -> Vec<String> {
        if self.begun || self.grade.as_deref() == Some("lossless") {
            return Vec::new();
        }
        let fits = |allow: &&Allow| ["all", "down-lossy"].contains(&allow.code.as_str());
        let objects: Vec<Option<&str>> = allowed.iter().filter(fits).map(|allow| allow.object.as_deref()).collect();
        if objects.contains(&None) || objects.contains(&Some(self.id())) {
            return Vec::new();
        }
        if self.losses.is_empty() {
            return vec!["nobody measured what it does not bring back".to_owned()];
        }
        let named = |loss: &str| {
            let names = |object: &&str| {
                let object = without_public(object);
                loss.strip_suffix(object.as_str()).is_some_and(|before| before.is_empty() || before.ends_with(' '))
            };
            objects.iter().flatten().any(names)
        };
        self.losses.iter().filter(|loss| !named(&without_public(loss))).cloned().collect()
    }
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
            let mut undo = undo(record)?;
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

fn undo(record: &Record) -> Result<Undo, MigrateError> {
    let irreversible = |why: String| MigrateError::from(StateError::Irreversible { id: record.id.clone(), why });
    let Some(down) = &record.down_sql else {
        let why =
            record.origin.as_ref().map(|origin| format!("{} applied it, and there was no down then", origin.tool));
        return Err(irreversible(why.unwrap_or_else(|| "it has no down".to_owned())));
    };
    if record.down_grade.as_deref() == Some("irreversible") {
        return Err(irreversible(record.losses.join(", ")));
    }
    let file =
        |name: &str, text: &str| Arc::new(SqlFile::new(format!("{}/{name} (as it was applied)", record.id), text));
    let down = file("down.sql", down);
    if let Some(how) = gives_up(&split(&file("up.sql", &record.up_sql)), &split(&down)) {
        return Err(irreversible(how.to_owned()));
    }
    let (from, to, _) = header(&record.up_sql);
    Ok(Undo {
        run: record.run,
        script: Script::parse(&down)?,
        begun: record.turned,
        grade: record.down_grade.clone(),
        losses: record.losses.clone(),
        ticket: record.rollback_ticket.clone().filter(|_| record.turned),
        migration: Migration {
            id: record.id.clone(),
            up: file("up.sql", &record.up_sql),
            down: Some(down),
            from,
            to,
            grade: record.down_grade.clone(),
            losses: record.losses.clone(),
            plan_sha256: None,
            contract: None,
            own: false,
            branch: Branch::default(),
            replaces: Vec::new(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undo(grade: Option<&str>, losses: &[&str]) -> Undo {
        let file = Arc::new(SqlFile::new("up.sql", ""));
        let (grade, losses): (Option<String>, Vec<String>) =
            (grade.map(str::to_owned), losses.iter().map(|loss| (*loss).to_owned()).collect());
        let migration = Migration {
            id: "20260101000000_a".to_owned(),
            up: file,
            down: None,
            from: None,
            to: None,
            grade: grade.clone(),
            losses: losses.clone(),
            plan_sha256: None,
            contract: None,
            own: false,
            branch: Branch::default(),
            replaces: Vec::new(),
        };
        Undo { run: 1, script: Script::default(), begun: false, grade, losses, ticket: None, migration }
    }

    #[test]
    fn each_loss_is_allowed_by_its_object_or_all_by_the_migration() {
        let lossy = undo(Some("lossy"), &["the rows of orders", "the values of column clients.note"]);
        let left = |allow: &[&str]| {
            let allow: Vec<Allow> = allow.iter().map(|text| text.parse().unwrap()).collect();
            lossy.not_allowed(&allow).len()
        };
        assert_eq!(left(&[]), 2);
        assert_eq!(left(&["drop-table:orders"]), 2);
        assert_eq!(left(&["down-lossy:public.orders"]), 1);
        assert_eq!(left(&["down-lossy:rders"]), 2);
        assert_eq!(left(&["down-lossy:orders", "down-lossy:public.clients.note"]), 0);
        assert_eq!(left(&["down-lossy:20260101000000_a"]), 0);
        assert_eq!(left(&["down-lossy"]), 0);
        assert_eq!(undo(None, &[]).not_allowed(&[]).len(), 1);
        assert_eq!(undo(Some("lossless"), &[]).not_allowed(&[]).len(), 0);
    }
}
