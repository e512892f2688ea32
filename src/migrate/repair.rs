//! Corrections of the books by hand, each with its reason. What the catalog contradicts is refused.

use std::sync::Arc;

use crate::base::fault::point;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::back::{Back, took_back};
use crate::migrate::books::{self, Record};
use crate::migrate::enter::{self, Run};
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::folder::{Migration, header};
use crate::migrate::probe::Verdict;
use crate::migrate::session::Session;
use crate::migrate::squash::effective;
use crate::migrate::start;
use crate::migrate::steps::Script;
use crate::migrate::survey::{Entry, Standing, Survey};
use crate::sql::file::SqlFile;

/// What is to be corrected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repair {
    /// The file is right, although it is another than what was applied.
    Accept,
    /// Somebody took it back by hand.
    RolledBack,
    /// It never was.
    Forget,
    /// A step that nothing tells anything of took effect, or did not.
    Step { number: i32, done: bool },
}

impl Repair {
    fn words(self) -> String {
        match self {
            Self::Accept => "accepted the file as it is".to_owned(),
            Self::RolledBack => "marked as rolled back".to_owned(),
            Self::Forget => "forgotten".to_owned(),
            Self::Step { number, done: true } => format!("step {number} marked as done"),
            Self::Step { number, done: false } => format!("step {number} marked as not done"),
        }
    }
}

impl Session<'_> {
    /// Corrects the books, and writes down that it did and why. Returns what it did.
    ///
    /// # Errors
    /// `Contradicted` with what the catalog or the books say against it.
    pub fn repair(
        &mut self,
        files: &[Migration],
        id: &str,
        repair: Repair,
        because: &str,
    ) -> Result<String, MigrateError> {
        self.enter_books()?;
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let entry = survey.find(id)?;
        let against = |why: &str| StateError::Contradicted { id: entry.id.clone(), why: why.to_owned() };
        let Some(record) = entry.record else { return Err(against("it was never begun").into()) };
        self.contradicts(newest(&survey, &records), entry, record, repair)?;
        self.connection.execute("BEGIN")?;
        match repair {
            Repair::Accept => {
                let file = entry.file.ok_or_else(|| against("it has no file"))?;
                accept(&mut self.connection, record.run, file)?;
            }
            Repair::RolledBack => {
                let back = Back { host: self.host.as_deref(), ticket: None };
                took_back(&mut self.connection, record.run, back)?;
            }
            Repair::Forget => {
                self.connection.query_with("DELETE FROM pgplumb.history WHERE id = $1", &[&entry.id])?;
            }
            Repair::Step { number, done } => {
                let sql = if done {
                    "UPDATE pgplumb.journal SET outcome = 'applied', error = NULL, \
                     finished_at = pg_catalog.clock_timestamp() WHERE run = $1 AND step = $2 AND outcome <> 'applied'"
                } else {
                    "DELETE FROM pgplumb.journal WHERE run = $1 AND step = $2 AND outcome <> 'applied'"
                };
                self.connection.query_with(sql, &[&record.run, &number])?;
            }
        }
        let host = self.host.clone();
        let sql = "INSERT INTO pgplumb.repair (id, what, because, done_from, tool_version) VALUES ($1, $2, $3, $4, $5)";
        let (what, version) = (repair.words(), env!("CARGO_PKG_VERSION"));
        self.connection.query_with(sql, &[&entry.id, &what, &because, &host, &version])?;
        point();
        self.connection.execute("COMMIT")?;
        point();
        Ok(what)
    }

    /// What speaks against it.
    fn contradicts(
        &mut self,
        newest: Option<i64>,
        entry: &Entry,
        record: &Record,
        repair: Repair,
    ) -> Result<(), MigrateError> {
        let against = |why: &str| Err(StateError::Contradicted { id: entry.id.clone(), why: why.to_owned() }.into());
        match repair {
            Repair::Accept if entry.standing != Standing::Edited => against("its file is what was applied"),
            Repair::Accept => Ok(()),
            Repair::RolledBack | Repair::Forget if !record.in_force() => match repair {
                Repair::RolledBack => against("it is not applied"),
                _ => Ok(()),
            },
            Repair::RolledBack | Repair::Forget => {
                if newest != Some(record.run) {
                    // What others did since hides what it did.
                    let later = "others were applied after it: roll those back first";
                    return if repair == Repair::Forget { Ok(()) } else { against(later) };
                }
                let live = self.measure()?;
                if record.to_fingerprint.as_deref() == Some(live.full.as_str()) {
                    return against("the database is exactly what it led to");
                }
                match header(&record.up_sql).0 {
                    Some(from) if !live.portable.starts_with(&from) => {
                        against("the database is not in the state that it started from")
                    }
                    _ => Ok(()),
                }
            }
            Repair::Step { number, .. } => self.told_of(entry, record, number),
        }
    }

    /// A step may be spoken for only where the catalog is silent.
    fn told_of(&mut self, entry: &Entry, record: &Record, number: i32) -> Result<(), MigrateError> {
        let against = |why: &str| Err(StateError::Contradicted { id: entry.id.clone(), why: why.to_owned() }.into());
        let forward = match entry.standing {
            Standing::HalfApplied => true,
            Standing::HalfRolledBack => false,
            _ => return against("it was not cut off"),
        };
        let text = if forward { &record.up_sql } else { record.down_sql.as_ref().unwrap_or(&record.up_sql) };
        let script = Script::parse(&Arc::new(SqlFile::new(&record.id, text.as_str())))?;
        let marks = books::journal(&mut self.connection, record.run, forward)?;
        let step = script.steps().find(|step| step.number == number);
        let (Some(step), Some(mark)) = (step, marks.get(&number).filter(|mark| !mark.done)) else {
            return against("this step was not cut off");
        };
        if step.target.verdict(&mut self.connection, mark.before.as_deref())? != Verdict::Unknown {
            return against("the catalog tells what became of this step, and `apply` goes by that");
        }
        Ok(())
    }

    /// Takes migrations as applied that were never run here, up to and with `to`: the database is as if they were.
    ///
    /// # Errors
    /// `NotReached` where the last of them was planned to lead to something else.
    pub fn baseline(&mut self, files: &[Migration], to: Option<&str>) -> Result<Vec<String>, MigrateError> {
        self.enter_books()?;
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let due = survey.due(to)?;
        let live = self.measure()?;
        if let Some(last) = due.last().and_then(|entry| entry.file) {
            start::reached(&live, last)?;
        }
        let host = self.host.clone();
        let ticket = self.options.ticket.clone();
        self.connection.execute("BEGIN")?;
        let mut number = None;
        for file in due.iter().filter_map(|entry| entry.file) {
            let run = Run {
                migration: file,
                kind: "baseline",
                host: host.as_deref(),
                ticket: ticket.as_deref(),
                release: None,
            };
            number = Some(enter::begin(&mut self.connection, &run, "applied", 0.0, None)?);
        }
        point();
        self.put_down(&live, number)?;
        point();
        self.connection.execute("COMMIT")?;
        point();
        Ok(due.iter().map(|entry| entry.id.clone()).collect())
    }
}

/// The run that took effect last.
fn newest(survey: &Survey, records: &[Record]) -> Option<i64> {
    let there = survey.entries.iter().filter_map(|entry| entry.record).filter(|record| record.in_force());
    there.max_by_key(|record| effective(record, records)).map(|record| record.run)
}

fn accept(connection: &mut Connection, run: i64, file: &Migration) -> Result<(), DbError> {
    let sql = "UPDATE pgplumb.history SET up_sha256 = $2, up_sql = $3, down_sha256 = $4, down_sql = $5, \
               down_grade = $6, losses = $7 WHERE run = $1";
    let (up, down) = (file.up_sha256(), file.down_sha256());
    let down_sql = file.down.as_ref().map(|down| &*down.text);
    connection.query_with(sql, &[&run, &up, &&*file.up.text, &down, &down_sql, &file.grade, &file.losses]).map(drop)
}
