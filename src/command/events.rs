//! What a runner says, as a person reads it on stderr, and for programs: a line of JSON for each thing that happens.

use std::fs::File;
use std::io::{Write, stdout};
use std::path::PathBuf;

use jiff::Timestamp;
use miette::Diagnostic;
use serde::Serialize;

use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::command::listener::Listener;
use crate::command::out;
use crate::command::runner::done;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::migrate::event::Event;
use crate::report::secret::masked;

/// What is asked.
#[derive(clap::Args)]
pub(super) struct Events {
    /// Write each thing that happens into FILE as well, as a line of JSON; with `-` onto stdout, which then has nothing else
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

/// Who hears what a runner says.
pub(super) struct Ear {
    sink: Option<Box<dyn Write + Send>>,
    on_stdout: bool,
    database: String,
    listener: Listener,
}

/// Where the results for a person go.
#[derive(Clone, Copy)]
pub(super) struct Results {
    silent: bool,
}

/// Version 1, described by `docs/schema/event.v1.json`.
#[derive(Serialize)]
struct Line<'a, T: Serialize> {
    version: u32,
    at: String,
    database: &'a str,
    #[serde(flatten)]
    what: &'a T,
}

/// The last line.
#[derive(Serialize)]
struct End {
    event: &'static str,
    exit: u8,
    /// The stable code of the error; none where there was none.
    code: Option<String>,
}

impl Events {
    /// # Errors
    /// When a file is given: many databases write their events between each other.
    pub(super) fn not_for_many(&self) -> Result<(), FleetError> {
        self.events.as_ref().map_or(Ok(()), |_| Err(FleetError::NotOne { option: "--events" }))
    }

    /// # Errors
    /// When the file cannot be written.
    pub(super) fn open(&self, to: &ConnectionString, verbose: bool) -> Result<Ear, CommandError> {
        let on_stdout = self.events.as_ref().is_some_and(|path| path.as_os_str() == "-");
        let sink: Option<Box<dyn Write + Send>> = match &self.events {
            None => None,
            Some(_) if on_stdout => Some(Box::new(stdout())),
            Some(path) => {
                let file = File::create(path);
                Some(Box::new(file.map_err(|cause| CommandError::Unwritable { path: path.clone(), cause })?))
            }
        };
        Ok(Ear { sink, on_stdout, database: to.describe(), listener: Listener::alone(verbose) })
    }
}

impl Ear {
    pub(super) fn result(&self) -> Results {
        Results { silent: self.on_stdout }
    }

    /// One event.
    pub(super) fn hear(&mut self, event: Event) {
        match &event {
            Event::Step { number, of, sql, took } => {
                let (number, of, took) = (*number, *of, *took);
                self.write(&Event::Step { number, of, sql: masked(sql), took });
            }
            other => self.write(other),
        }
        if let Some(line) = done(&event) {
            // What was done is done, whether somebody reads of it or not.
            let _ = self.result().text(&format!("{line}\n"));
        }
        self.listener.hear(event);
    }

    /// The end of it all.
    ///
    /// # Errors
    /// Those of the run, as they are.
    pub(super) fn ends(mut self, done: Result<Exit, CommandError>) -> Result<Exit, CommandError> {
        let code = done.as_ref().err().and_then(|error| error.code().map(|code| code.to_string()));
        let exit = done.as_ref().map_or(Exit::Failure, |exit| *exit) as u8;
        self.write(&End { event: "ends", exit, code });
        done
    }

    fn write<T: Serialize>(&mut self, what: &T) {
        let Some(sink) = &mut self.sink else { return };
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let line = serde_json::to_string(&Line { version: 1, at, database: &self.database, what }).unwrap_or_default();
        if let Err(error) = writeln!(sink, "{line}").and_then(|()| sink.flush()) {
            // A run is not cut off because nobody can listen any more.
            self.sink = None;
            out::remark(&format!("note: no more events are written: {error}"));
        }
    }
}

impl Results {
    /// # Errors
    /// When stdout takes no more.
    pub(super) fn text(self, text: &str) -> Result<(), CommandError> {
        if self.silent { Ok(()) } else { out::text(text) }
    }
}
