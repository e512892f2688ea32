//! The two sides of a comparison: opened from wherever they are, and cleaned of what is not to be compared.

use std::path::Path;

use crate::base::pattern::Pattern;
use crate::base::wording::counted;
use crate::catalog::Catalog;
use crate::command::database::scratch_server;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::progress::Progress;
use crate::config::{Config, Scope};
use crate::db::url::ConnectionString;
use crate::kind::{Body, Key};
use crate::observe::size::Sizes;
use crate::scratch::target::Target;
use crate::scratch::{Options, Scratch};
use crate::source::files::{self, Loaded, Parsed};
use crate::source::leave::{Leave, declares_bookkeeping};
use crate::source::live::Live;
use crate::source::{Source, migrations, snapshot};

/// One side, read.
pub struct Side {
    pub catalog: Catalog,
    /// For a person: `shop on localhost (PostgreSQL 15.18)`, `schema (12 files)`.
    pub title: String,
    /// Whether it says anything about privileges, and about owners.
    pub grants: bool,
    pub owners: bool,
    /// The major version of the server that it was read on.
    pub major: u32,
    /// The role that would apply a plan, where this is a live database.
    pub role: Option<String>,
    /// How large its tables are, where this is a live database.
    pub sizes: Sizes,
    /// What came with it where it is a schema in files.
    pub loaded: Option<Box<Loaded>>,
}

/// What the sides are opened with: the configuration, and one scratch server for all of them.
pub struct Opener {
    pub config: Config,
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
        Ok(Self { config, given, target: None, major: None, scratch: None })
    }

    /// For a project that has no configuration yet.
    ///
    /// # Errors
    /// When the connection string cannot be read.
    pub fn unconfigured(scratch: Option<&str>) -> Result<Self, CommandError> {
        let config = Config::default();
        let given = scratch_server(scratch, &config)?;
        Ok(Self { config, given, target: None, major: None, scratch: None })
    }

    /// Connects, so that a scratch database can be made like this one.
    ///
    /// # Errors
    /// When it is not there.
    pub fn live(&mut self, to: &ConnectionString) -> Result<Live, CommandError> {
        let live = Live::open(to)?;
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
            self.scratch = Some(Scratch::start(&options)?);
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
                read_live(&mut live)
            }
            Source::Files(paths) => {
                let parsed = files::parse(paths)?;
                let title = title(&parsed, paths);
                let loaded = load(parsed, self.scratch()?)?;
                for note in &loaded.notes {
                    out::remark(&format!("note: {note}"));
                }
                Ok(of_loaded(loaded, title))
            }
            Source::Migrations(folder) => self.replay(folder),
            Source::Snapshot(path) => {
                let stored = snapshot::read(path)?;
                let major = stored.server_version.split('.').next().and_then(|major| major.parse().ok());
                let title = format!("{} (snapshot)", path.display());
                let (grants, owners) = (true, true);
                self.major = self.major.or(major);
                Ok(Side {
                    catalog: stored.catalog,
                    title,
                    grants,
                    owners,
                    major: major.unwrap_or_default(),
                    role: None,
                    sizes: Sizes::default(),
                    loaded: None,
                })
            }
        }
    }

    /// # Errors
    /// When a migration does not run.
    pub fn replay(&mut self, folder: &Path) -> Result<Side, CommandError> {
        let scratch = self.scratch()?;
        let _progress = Progress::start("replaying the migrations");
        let replayed = migrations::replay(folder, scratch)?;
        let title = format!("{} ({})", folder.display(), counted(replayed.count, "migration"));
        let (grants, owners, major) = (true, true, replayed.major);
        let sizes = Sizes::default();
        Ok(Side { catalog: replayed.catalog, title, grants, owners, major, role: None, sizes, loaded: None })
    }

    /// What both sides are cleaned by.
    pub fn rules(&self, from: &Side, to: &Side) -> Rules {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        let compared = |scope: Scope, declared: bool| match scope {
            Scope::Everywhere => true,
            Scope::Declared => declared,
            Scope::Ignore => false,
        };
        // Our own books show up only where a schema in files or migrations is what declares them.
        let declared = |side: &Side| side.loaded.is_some() && declares_bookkeeping(&side.catalog);
        Rules {
            leave: Leave {
                schemas: patterns(&self.config.exclude.schemas),
                objects: patterns(&self.config.exclude.objects),
                bookkeeping: declared(from) || declared(to),
            },
            owners: compared(self.config.compare.owners, from.owners && to.owners),
            grants: compared(self.config.compare.grants, from.grants && to.grants),
        }
    }
}

/// # Errors
/// When a catalog cannot be read.
pub fn read_live(live: &mut Live) -> Result<Side, CommandError> {
    let catalog = live.read()?;
    let major = live.target.version.major();
    let role = Some(live.target.connection.user().to_owned());
    let sizes = live.sizes()?;
    Ok(Side { catalog, title: live.describe(), grants: true, owners: true, major, role, sizes, loaded: None })
}

/// Loads a schema, while a person watches.
///
/// # Errors
/// When the server does not take a statement.
pub fn load(parsed: Parsed, scratch: &Scratch) -> Result<Loaded, CommandError> {
    let progress = Progress::start("loading");
    Ok(files::load(parsed, scratch, &|done, of| progress.counted(done, of, "statements"))?)
}

/// A schema in files as a side.
pub fn of_loaded(loaded: Loaded, title: String) -> Side {
    let (grants, owners, major) = (loaded.declares_grants, loaded.declares_owners, loaded.major);
    let (catalog, sizes) = (loaded.catalog.clone(), Sizes::default());
    Side { catalog, title, grants, owners, major, role: None, sizes, loaded: Some(Box::new(loaded)) }
}

/// `schema (12 files)`.
pub fn title(parsed: &Parsed, paths: &[std::path::PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    match parsed.as_slice() {
        [(file, _)] if names.contains(&file.path) => file.path.clone(),
        files => format!("{} ({})", names.join(", "), counted(files.len(), "file")),
    }
}

/// What is taken out of catalogs before they are compared.
#[derive(Clone, Debug)]
pub struct Rules {
    leave: Leave,
    owners: bool,
    grants: bool,
}

impl Rules {
    /// Cleans both sides. What `to` says nothing about stays as it is in `from`, and comes back with what is replaced:
    /// the owner of an object that it names no owner for, and privileges where they are not compared.
    pub fn clean_both(&self, from: Catalog, to: Catalog) -> (Catalog, Catalog) {
        let (from, to) = (self.leave_out(from), self.leave_out(to));
        let to = self.inherit(to, &from);
        (from, to)
    }

    /// A state that was read on scratch, as it counts beside `model`.
    pub fn beside(&self, reached: Catalog, model: &Catalog) -> Catalog {
        self.inherit(self.leave_out(reached), model)
    }

    /// One state alone, cleaned of what is never looked at.
    pub fn clean(&self, catalog: Catalog) -> Catalog {
        let mut catalog = self.leave_out(catalog);
        let unheard = |key: &Key| match key {
            Key::Owner(_) => !self.owners,
            Key::Acl(_) | Key::DefaultPrivileges(_) => !self.grants,
            _ => false,
        };
        remove(&mut catalog, unheard);
        catalog
    }

    fn leave_out(&self, mut catalog: Catalog) -> Catalog {
        self.leave.out_of(&mut catalog);
        catalog
    }

    fn inherit(&self, mut to: Catalog, from: &Catalog) -> Catalog {
        let silent = |key: &Key| match key {
            Key::Owner(_) => !self.owners || !to.facts.contains(key),
            Key::Acl(_) | Key::DefaultPrivileges(_) => !self.grants,
            _ => false,
        };
        let there = |key: &Key| key.on().is_none_or(|on| to.facts.contains(on));
        let kept: Vec<(Key, Body)> = from
            .facts
            .iter()
            .filter(|(key, _)| silent(key) && there(key))
            .map(|(key, body)| (key.clone(), body.clone()))
            .collect();
        let unheard = |key: &Key| match key {
            // Only what is new gets its owner: of the rest, one of the sides knows none.
            Key::Owner(_) => !self.owners && key.on().is_some_and(|on| from.facts.contains(on)),
            Key::Acl(_) | Key::DefaultPrivileges(_) => !self.grants,
            _ => false,
        };
        remove(&mut to, unheard);
        for (key, body) in kept {
            to.facts.insert(key, body);
        }
        to
    }
}

fn remove(catalog: &mut Catalog, gone: impl Fn(&Key) -> bool) {
    let gone: Vec<Key> = catalog.facts.keys().filter(|key| gone(key)).cloned().collect();
    for key in gone {
        catalog.facts.remove(&key);
    }
}
