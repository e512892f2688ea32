//! What was cut off, how far it got, and what the catalog says of the step that was at work.

use std::sync::Arc;

use crate::migrate::books;
use crate::migrate::error::MigrateError;
use crate::migrate::folder::Migration;
use crate::migrate::probe::Verdict;
use crate::migrate::session::Session;
use crate::migrate::steps::Script;
use crate::migrate::survey::{Standing, Survey};
use crate::sql::file::SqlFile;

/// One migration that was cut off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub id: String,
    pub forward: bool,
    pub error: Option<String>,
    /// The SQL of all of it.
    pub script: Arc<str>,
    pub steps: Vec<Seen>,
}

/// One step of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub number: i32,
    pub sql: String,
    pub state: &'static str,
}

impl Session<'_> {
    /// All that was cut off. Nothing is changed.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn explain(&mut self, files: &[Migration]) -> Result<Vec<Found>, MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        let mut found = Vec::new();
        for entry in &survey.entries {
            let forward = entry.standing == Standing::HalfApplied;
            let (Some(record), true) = (entry.record, forward || entry.standing == Standing::HalfRolledBack) else {
                continue;
            };
            let file = match (forward, entry.file, &record.down_sql) {
                (true, Some(file), _) => Arc::clone(&file.up),
                (true, None, _) => Arc::new(SqlFile::new(&record.id, record.up_sql.as_str())),
                (false, _, down) => Arc::new(SqlFile::new(&record.id, down.as_deref().unwrap_or_default())),
            };
            let script = Script::parse(&file)?;
            let steps = self.seen(record.run, forward, &script)?;
            found.push(Found {
                id: record.id.clone(),
                forward,
                error: record.error.clone(),
                script: Arc::clone(&file.text),
                steps,
            });
        }
        Ok(found)
    }

    fn seen(&mut self, run: i64, forward: bool, script: &Script) -> Result<Vec<Seen>, MigrateError> {
        let marks = books::journal(&mut self.connection, run, forward)?;
        let mut seen = Vec::new();
        for unit in &script.units {
            // Names are looked up as the script does it.
            for setting in unit.lasting() {
                self.connection.execute(setting.sql())?;
            }
            for step in unit.steps() {
                let sql = step.statement.sql();
                let state = match marks.get(&step.number) {
                    None => "to do",
                    Some(mark) if mark.done => "done",
                    Some(_) if step.batches.is_some() => "half done; goes on behind its last batch",
                    Some(mark) => match step.target.verdict(&mut self.connection, mark.before.as_deref())? {
                        Verdict::Done => "took effect",
                        Verdict::NotDone => "did nothing; to do",
                        Verdict::Again(half) if half.is_empty() => "to do again",
                        Verdict::Again(_) => "half there; taken away and done again",
                        Verdict::Finish(_) => "half there; to be finished",
                        Verdict::Unknown => "cut off; nobody can tell what it did",
                    },
                };
                let sql = sql.lines().next().unwrap_or_default().to_owned();
                seen.push(Seen { number: step.number, sql, state });
            }
        }
        self.reset()?;
        Ok(seen)
    }
}
