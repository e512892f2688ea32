//! What is kept of a run: a log while it goes on, a report at its end. Neither holds secrets or what stands in rows, as
//! they are files that are less guarded than a database.

mod fields;
mod file;
mod lines;
mod report;
mod shelf;
mod tally;
pub(in crate::command) mod trouble;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

use crate::command::error::CommandError;
use crate::command::out;
use crate::command::run::file::Log;
use crate::command::run::lines::Lines;
use crate::command::run::report::{Document, outcome};
use crate::command::run::shelf::{Retention, Shelf, stem};
use crate::command::run::tally::{Tallier, Tally};
use crate::command::run::trouble::{Trouble, trouble};
use crate::config::Config;
use crate::exit::Exit;

/// The verbs of which anything is kept: those that work on a database, look at one, judge one, or plan for one.
const KINDS: [&str; 18] = [
    "apply",
    "backup",
    "baseline",
    "check",
    "drift",
    "health",
    "history",
    "plan",
    "preflight",
    "rebase",
    "repair",
    "restore",
    "restore-kept",
    "resume",
    "rollback",
    "squash",
    "status",
    "verify",
];

/// Those that only say what the books say. They are asked for a prompt, or by a monitor, and must not drive out the others.
const GLANCES: [&str; 2] = ["history", "status"];

/// One run of a verb.
pub struct Run {
    kind: &'static str,
    id: String,
    at: Timestamp,
    start: Instant,
    log: Option<Arc<Log>>,
    reports: Option<Shelf>,
    tally: Arc<Mutex<Tally>>,
    told: Mutex<Told>,
}

/// What the verb itself has to say.
#[derive(Default)]
struct Told {
    result: Option<Value>,
    /// Where the report is to be, when the command line says so.
    folder: Option<PathBuf>,
}

impl Run {
    /// Begins to listen. Where there is neither a configuration nor a folder of migrations there is no project that the
    /// files could belong to; a configuration that cannot be read is for the verb to tell.
    pub fn begin(kind: &str, config: Option<&Path>) -> Self {
        let (at, start) = (Timestamp::now(), Instant::now());
        let kept = KINDS.into_iter().find(|known| *known == kind);
        let config = kept
            .and_then(|_| Config::load(config).ok())
            .filter(|config| config.file.is_some() || config.migrations().is_dir());
        let kind = kept.unwrap_or_default();
        let mut run = Self {
            kind,
            id: stem(kind, at),
            at,
            start,
            log: None,
            reports: None,
            tally: Arc::default(),
            told: Mutex::default(),
        };
        if let Some(config) = config {
            run.open(&config);
        }
        if kept.is_some() {
            run.listen();
        }
        tracing::info!(event = "run", verb = kind, tool = env!("CARGO_PKG_VERSION"), pid = std::process::id());
        run
    }

    fn open(&mut self, config: &Config) {
        if config.reports.enabled {
            let told = &config.reports;
            self.reports = Some(Shelf::new(config.at(&told.folder), "json", Retention::of(&told.keep, told.most)));
        }
        if config.logs.enabled {
            let told = &config.logs;
            let shelf = Shelf::new(config.at(&told.folder), "log", Retention::of(&told.keep, told.most));
            match Log::begin(shelf, &self.id, told.size, told.level) {
                Ok((log, id)) => (self.log, self.id) = (Some(Arc::new(log)), id),
                Err(error) => not_kept("log", &config.at(&told.folder), &error),
            }
        }
    }

    fn listen(&self) {
        let lines = self.log.clone().map(|log| Lines::new(log, self.id.clone()));
        let tally = Tallier(Arc::clone(&self.tally));
        // There is one run in a process; a test may have begun another before.
        let _ = tracing::subscriber::set_global_default(registry().with(lines).with(tally));
    }

    /// What the verb found, as it tells it to programs.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn result(&self, document: &impl Serialize) -> Result<(), CommandError> {
        self.told().result = Some(serde_json::to_value(document)?);
        Ok(())
    }

    /// The report goes into this folder, and it is an error when it cannot.
    pub fn report_into(&self, folder: &Path) {
        self.told().folder = Some(folder.to_owned());
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of it: the last line of the log, and the report.
    ///
    /// # Errors
    /// Those of the run, as they are; and that the report cannot be written where the command line asks for it.
    pub fn ends(self, done: Result<Exit, CommandError>) -> Result<Exit, CommandError> {
        // A reader of stdout who went away is no failure.
        let error = done.as_ref().err().filter(|error| !error.is_broken_pipe());
        let exit = done.as_ref().map_or_else(|error| error.exit(), |exit| *exit);
        let exit = if done.is_err() && error.is_none() { Exit::Fine } else { exit };
        let trouble = error.map(trouble);
        self.last_line(exit, trouble.as_ref());
        let Told { result, folder } = std::mem::take(&mut *self.told());
        let shelf = match (&folder, &self.reports) {
            (Some(folder), _) => Shelf::new(folder.clone(), "json", Retention::default()),
            (None, Some(shelf)) => shelf.clone(),
            (None, None) => return done,
        };
        let text = serde_json::to_string_pretty(&self.document(exit, trouble, result))? + "\n";
        match shelf.put(&self.id, &text) {
            Ok(()) => shelf.prune(None),
            Err(cause) if folder.is_some() && done.is_ok() => {
                return Err(CommandError::Unwritable { path: shelf.folder().to_owned(), cause });
            }
            Err(error) => not_kept("report", shelf.folder(), &error),
        }
        done
    }

    fn last_line(&self, exit: Exit, trouble: Option<&Trouble>) {
        let seconds = self.start.elapsed().as_secs_f64();
        let (outcome, exit) = (outcome(exit), exit as u8);
        let Some(Trouble { code, message, sqlstate }) = trouble else {
            tracing::info!(event = "ends", outcome, exit, seconds);
            return;
        };
        let (message, sqlstate) = (message.as_deref(), sqlstate.as_deref());
        tracing::error!(event = "ends", outcome, exit, seconds, code = code.as_deref(), message, sqlstate);
    }

    fn document(&self, exit: Exit, error: Option<Trouble>, result: Option<Value>) -> Document {
        Document {
            version: 1,
            tool: env!("CARGO_PKG_VERSION"),
            kind: self.kind,
            run: self.id.clone(),
            at: self.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            seconds: self.start.elapsed().as_secs_f64(),
            exit: exit as u8,
            outcome: outcome(exit),
            error,
            tally: std::mem::take(&mut *self.tally.lock().unwrap_or_else(PoisonError::into_inner)),
            result,
        }
    }
}

/// A run goes on whether anything is kept of it or not.
fn not_kept(what: &str, folder: &Path, error: &std::io::Error) {
    out::remark(&format!("note: no {what} is kept in `{}`: {error}", folder.display()));
}
