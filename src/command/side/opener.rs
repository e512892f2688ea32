//! Opens a side wherever it is: a live database, files, migrations or a snapshot.

use std::path::Path;

use crate::base::timings::Timings;
use crate::base::wording::counted;
use crate::command::database::scratch_server;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::progress::Progress;
use crate::command::side::rules::Rules;
use crate::command::side::{Side, load, of_loaded, read_live, title};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::scratch::target::Target;
use crate::scratch::{Options, Scratch};
use crate::source::live::Live;
use crate::source::{Source, files, migrations, snapshot};

/// What the sides are opened with: the configuration, and one scratch server for all of them.
pub struct Opener {
    pub config: Config,
    pub timings: Timings,
    given: Option<ConnectionString>,
    target: Option<Target>,
    /// The major version of a snapshot, where there is no live database.
    major: Option<u32>,
    scratch: Option<Scratch>,
}

impl Opener {
    /// # Errors
    /// When the configuration or a connection string in it cannot be read.
    pub fn new(config: Option<&Path>, scratch: Option<&str>) -> Result<Self, CommandError> {
        let config = Config::load(config)?;
        let given = scratch_server(scratch, &config)?;
        Ok(Self { config, timings: Timings::start(), given, target: None, major: None, scratch: None })
    }

    /// Does what a verb does, and says on stderr how long each part took if it was asked for.
    ///
    /// # Errors
    /// Those of the verb; the times are said all the same.
    pub fn timed<R>(self, tell: bool, verb: impl FnOnce(Self) -> Result<R, CommandError>) -> Result<R, CommandError> {
        let timings = self.timings.clone();
        let result = verb(self);
        if tell {
            out::remark(&timings.to_string());
        }
        result
    }

    /// For a project that has no configuration yet.
    ///
    /// # Errors
    /// When the connection string cannot be read.
    pub fn unconfigured(scratch: Option<&str>) -> Result<Self, CommandError> {
        let config = Config::default();
        let given = scratch_server(scratch, &config)?;
        Ok(Self { config, timings: Timings::start(), given, target: None, major: None, scratch: None })
    }

    /// Connects, so that a scratch database can be made like this one.
    ///
    /// # Errors
    /// When it is not there.
    pub fn live(&mut self, to: &ConnectionString) -> Result<Live, CommandError> {
        let live = self.timings.time("connecting", || Live::open(to))?;
        if self.scratch.is_none() {
            self.target = Some(live.target.clone());
        }
        Ok(live)
    }

    /// The scratch server, started when it is first needed.
    ///
    /// # Errors
    /// When none can be had.
    pub fn scratch(&mut self) -> Result<&Scratch, CommandError> {
        if self.scratch.is_none() {
            let options = Options { given: self.given.clone(), target: self.target.as_ref(), major: self.major };
            let _progress = Progress::start("starting a scratch server");
            self.scratch = Some(self.timings.time("starting a scratch server", || Scratch::start(&options))?);
        }
        self.scratch.as_ref().ok_or(CommandError::NoDatabase)
    }

    /// The scratch that was used, for a person.
    pub fn scratch_used(&self) -> Option<String> {
        self.scratch.as_ref().map(Scratch::describe)
    }

    /// The live database that was connected to.
    pub fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// # Errors
    /// When the side cannot be read.
    pub fn open(&mut self, source: &Source) -> Result<Side, CommandError> {
        match source {
            Source::Database(to) => {
                let mut live = self.live(to)?;
                read_live(&mut live, &self.timings)
            }
            Source::Files(paths) => {
                let parsed = self.timings.time("parsing the files", || files::parse(paths))?;
                let title = title(&parsed, paths);
                let timings = self.timings.clone();
                let loaded = load(parsed, self.scratch()?, &timings)?;
                for note in &loaded.notes {
                    out::remark(&format!("note: {note}"));
                }
                Ok(of_loaded(loaded, title))
            }
            Source::Migrations(folder) => self.replay(folder, None),
            Source::Snapshot(path) => {
                let stored = snapshot::read(path)?;
                let major = stored.server_version.split('.').next().and_then(|major| major.parse().ok());
                let title = format!("{} (snapshot)", path.display());
                self.major = self.major.or(major);
                Ok(Side::of(stored.catalog, title, major.unwrap_or_default()))
            }
        }
    }

    /// What migrations lead to: all of a folder, or those before one.
    ///
    /// # Errors
    /// When a migration does not run.
    pub fn replay(&mut self, folder: &Path, before: Option<&str>) -> Result<Side, CommandError> {
        let timings = self.timings.clone();
        let scratch = self.scratch()?;
        let _progress = Progress::start("replaying the migrations");
        let replayed = timings.time("replaying the migrations", || migrations::replay(folder, before, scratch))?;
        let title = format!("{} ({})", folder.display(), counted(replayed.count, "migration"));
        Ok(Side::of(replayed.catalog, title, replayed.major))
    }

    /// What both sides are cleaned by.
    pub fn rules(&self, from: &Side, to: &Side) -> Rules {
        Rules::of(&self.config, from, to)
    }
}
