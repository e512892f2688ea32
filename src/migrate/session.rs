//! The one session that a runner works in, and what it needs beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::base::fault::point;
use crate::catalog::read::read;
use crate::db::connection::{Connection, Prepared, RESET, connect};
use crate::db::url::ConnectionString;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder::Fact;
use crate::migrate::retry::Retry;
use crate::migrate::scope::{Reading, Scope};
use crate::migrate::stop::{AtWork, Stop};
use crate::migrate::voice::{Tell, Voice};
use crate::migrate::watch::Watcher;
use crate::source::snapshot::{self, Stored};

/// What a runner is told before it begins.
#[derive(Clone, Debug)]
pub struct Options {
    pub scope: Scope,
    pub retry: Retry,
    /// How long another runner may be at work before this one gives up.
    pub wait: Duration,
    pub ticket: Option<String>,
    /// How old the transaction of a session is that is ended where ours waits for it; none where nobody is ended.
    pub end_older_than: Option<Duration>,
    /// Ends the run at the next step, where it is wished.
    pub stop: Stop,
}

/// A runner on a database.
pub struct Session<'a> {
    pub connection: Connection,
    pub options: Options,
    pub(in crate::migrate) voice: Voice<'a>,
    /// The machine that it runs on.
    pub host: Option<String>,
    pub(in crate::migrate) to: ConnectionString,
    pub(in crate::migrate) watcher: Option<Watcher>,
    /// Whether what was measured after the last run is known not to hold any more.
    pub(in crate::migrate) outdated: bool,
    /// What writes down a migration of one transaction, once one was; a script may end it (`DEALLOCATE ALL`).
    pub(in crate::migrate) whole: Option<Prepared>,
    /// Whether the last script's transaction also gave the session back what it may have changed.
    pub(in crate::migrate) clean: bool,
    /// What is in the database until a contract has run that is held back.
    pub(in crate::migrate) beside: BTreeSet<Fact>,
    /// The number of this run of `apply`; none before it begins.
    pub(in crate::migrate) release: Option<i64>,
    /// Lets who wishes the end of it cancel what is at work.
    pub(in crate::migrate) _at_work: AtWork,
    /// Whether what happens is nobody's business.
    pub(in crate::migrate) quiet: bool,
    /// What was measured after the run, until it is put down.
    held: Option<Measured>,
}

/// A state as it is put down.
struct Measured {
    fingerprint: String,
    /// Written as a snapshot.
    snapshot: String,
}

impl<'a> Session<'a> {
    /// A session in which nothing is set yet, and nothing is done but looking: behind a pooler in transaction mode it may be
    /// everybody's. `enter_books` makes it ours.
    ///
    /// # Errors
    /// When the server is not there or does not let us in.
    pub fn open(to: &ConnectionString, options: Options, tell: Tell<'a>) -> Result<Self, MigrateError> {
        let connection = connect(to)?;
        let host = fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
        let host = host.or_else(|| std::env::var("HOSTNAME").ok()).filter(|name| !name.is_empty());
        let (to, voice) = (to.clone(), Voice::new(tell, &to.describe()));
        let at_work = options.stop.enter(connection.canceller());
        Ok(Self {
            connection,
            options,
            voice,
            host,
            to,
            watcher: None,
            outdated: false,
            whole: None,
            clean: false,
            beside: BTreeSet::new(),
            release: None,
            _at_work: at_work,
            quiet: false,
            held: None,
        })
    }

    pub(in crate::migrate) fn say(&mut self, event: Event) {
        if !self.quiet {
            self.voice.say(event);
        }
    }

    /// Gives the session back what a script may have changed. The lock stays.
    pub(in crate::migrate) fn reset(&mut self) -> Result<(), MigrateError> {
        if std::mem::take(&mut self.clean) {
            return Ok(());
        }
        Ok(self.connection.execute(&self.resetting())?)
    }

    /// What does that, for the message that ends a transaction.
    pub(in crate::migrate) fn resetting(&self) -> String {
        let name = format!("pgplumb on {}", self.host.as_deref().unwrap_or("an unknown host"));
        // As long as the server keeps it.
        let name: String = name.chars().filter(char::is_ascii).take(63).collect();
        let name = crate::base::name::literal(&name);
        // What the audit says of who changed the books.
        let said = format!("{} {}", env!("CARGO_PKG_VERSION"), self.host.as_deref().unwrap_or_default());
        let said = crate::base::name::literal(&said);
        format!(
            "{RESET}; \
             SET application_name = {name}; SET client_min_messages = warning; SET pgplumb.session = {said}"
        )
    }

    /// Begins to look whom this session waits for.
    pub(in crate::migrate) fn watch(&mut self) -> Result<(), MigrateError> {
        if self.watcher.is_none() {
            self.watcher = Some(Watcher::start(&self.to, self.connection.pid()?, self.options.end_older_than));
        }
        Ok(())
    }

    /// The schema as it is now.
    ///
    /// # Errors
    /// When a catalog cannot be read.
    pub fn measure(&mut self) -> Result<Reading, MigrateError> {
        let mut live = self.options.scope.read(read(&mut self.connection)?);
        if !self.beside.is_empty() {
            live.without = Some(self.options.scope.portable_without(&live.catalog, &self.beside));
        }
        Ok(live)
    }

    /// What was measured after the last run; none where that is not known.
    ///
    /// # Errors
    /// What the server says, or that it is no snapshot that this version wrote.
    pub fn remembered(&mut self) -> Result<Option<(String, Option<Stored>)>, MigrateError> {
        if let Some(Measured { fingerprint, snapshot }) = &self.held {
            return Ok(Some((fingerprint.clone(), stored(snapshot))));
        }
        if self.connection.query_text("SELECT pg_catalog.to_regclass('pgplumb.state')::text")?.is_none() {
            return Ok(None);
        }
        let rows = self
            .connection
            .query_with("SELECT pg_catalog.encode(fingerprint, 'hex'), snapshot FROM pgplumb.state", &[])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let get = || Ok::<(String, String), postgres::Error>((row.try_get(0)?, row.try_get(1)?));
        let (fingerprint, text) = get().map_err(crate::db::error::DbError::from)?;
        Ok(Some((fingerprint, stored(&text))))
    }

    /// Measures what the database is now, and writes it down, with the run that led to it.
    pub(in crate::migrate) fn remember_now(&mut self, run: Option<i64>) -> Result<Reading, MigrateError> {
        point();
        let live = self.measure()?;
        self.connection.execute("BEGIN")?;
        self.put_down(&live, run)?;
        point();
        self.connection.execute("COMMIT")?;
        point();
        Ok(live)
    }

    /// Measures what the database is now, and writes only into the run that led to it what that was: the run is not seen to
    /// before `put_down_held`.
    pub(in crate::migrate) fn hold_now(&mut self, run: Option<i64>) -> Result<Reading, MigrateError> {
        point();
        let live = self.measure()?;
        self.enter_state(&live, run)?;
        self.held = Some(self.measured(&live));
        point();
        Ok(live)
    }

    /// Writes down what was measured after a run that is seen to by now.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn put_down_held(&mut self) -> Result<(), MigrateError> {
        let Some(held) = self.held.take() else { return Ok(()) };
        self.remember(&held)?;
        point();
        Ok(())
    }

    /// The same with a state that was measured before, in a transaction that is open.
    pub(in crate::migrate) fn put_down(&mut self, live: &Reading, run: Option<i64>) -> Result<(), MigrateError> {
        self.enter_state(live, run)?;
        let measured = self.measured(live);
        self.remember(&measured)
    }

    fn enter_state(&mut self, live: &Reading, run: Option<i64>) -> Result<(), MigrateError> {
        if let Some(run) = run {
            let sql = "UPDATE pgplumb.history SET to_fingerprint = pg_catalog.decode($2, 'hex') WHERE run = $1";
            self.connection.query_with(sql, &[&run, &live.full])?;
        }
        Ok(())
    }

    fn measured(&self, reading: &Reading) -> Measured {
        let mut text = Vec::new();
        let version = self.connection.version().to_string();
        // A vector takes everything.
        let _ = snapshot::write(&reading.catalog, &version, &mut text);
        Measured { fingerprint: reading.full.clone(), snapshot: String::from_utf8_lossy(&text).into_owned() }
    }

    /// Writes down what was measured after this run.
    fn remember(&mut self, measured: &Measured) -> Result<(), MigrateError> {
        let sql = "INSERT INTO pgplumb.state (fingerprint, snapshot) VALUES (pg_catalog.decode($1, 'hex'), $2) \
                   ON CONFLICT (single) DO UPDATE SET fingerprint = excluded.fingerprint, \
                   snapshot = excluded.snapshot, measured_at = excluded.measured_at";
        self.connection.query_with(sql, &[&measured.fingerprint, &measured.snapshot])?;
        self.outdated = false;
        self.held = None;
        Ok(())
    }
}

/// One that another version wrote cannot show what is different, only that something is.
fn stored(text: &str) -> Option<Stored> {
    snapshot::parse(Path::new("pgplumb.state"), text).ok()
}
