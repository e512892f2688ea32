//! Where a scratch database comes from, and its removal.
//!
//! In this order: the server given with `--scratch`; a throw-away cluster of the PostgreSQL programs on this machine, when
//! they have the target's major version; a temporary database on the target's own server, when the role may create one.

mod account;
mod cleanup;
mod cluster;
pub mod database;
pub mod error;
mod mark;
mod owner;
mod place;
pub mod program;
mod removal;
mod server;
mod sweep;
pub mod target;
mod template;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::base::wording::listed;
use crate::db::url::ConnectionString;
use crate::scratch::database::ScratchDb;
use crate::scratch::error::ScratchError;
use crate::scratch::program::Programs;
use crate::scratch::server::Server;
use crate::scratch::target::Target;

/// Which kind of scratch is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The server given with `--scratch`.
    Given,
    /// A cluster of our own, for this run.
    Cluster,
    /// The target's server.
    TargetDatabase,
}

/// What the choice of a scratch depends on.
#[derive(Clone, Default, Debug)]
pub struct Options<'a> {
    pub given: Option<ConnectionString>,
    pub target: Option<&'a Target>,
    /// The major version where there is no target; the newest that is installed when this is not given either.
    pub major: Option<u32>,
}

/// A place for scratch databases. Everything in it is removed when it and its databases are dropped, when a signal ends the
/// program, or else by the next run.
pub struct Scratch {
    server: Arc<Server>,
}

impl Scratch {
    /// Finds or starts one.
    ///
    /// # Errors
    /// `None` with everything that was tried; what is wrong with the given server; a full disk.
    pub fn start(options: &Options<'_>) -> Result<Self, ScratchError> {
        let server = match &options.given {
            Some(given) => Server::standing(Origin::Given, given, options.target)?,
            None => choose(options)?,
        };
        Ok(Self { server: Arc::new(server) })
    }

    pub fn origin(&self) -> Origin {
        self.server.origin
    }

    /// What a reader is told: `throw-away cluster (PostgreSQL 15.18)`.
    pub fn describe(&self) -> String {
        self.server.describe()
    }

    /// A new, empty database with the target's encoding and collation. The label becomes part of its name.
    ///
    /// # Errors
    /// `NoRight`, `Locale`, `DiskFull`, or what the server says.
    pub fn database(&self, label: &str) -> Result<ScratchDb, ScratchError> {
        let (to, ticket) = self.server.create(label)?;
        Ok(ScratchDb { server: Arc::clone(&self.server), to, _ticket: ticket })
    }

    /// Creates the roles that are missing, where that is ours to do.
    ///
    /// # Errors
    /// `MissingRole` elsewhere.
    pub fn ensure_roles(&self, names: &[String]) -> Result<(), ScratchError> {
        self.server.ensure_roles(names)
    }

    /// Whether missing roles can be created.
    pub fn can_create_roles(&self) -> bool {
        self.server.is_cluster()
    }
}

fn choose(options: &Options<'_>) -> Result<Server, ScratchError> {
    let mut tried = Vec::new();
    let major = options.target.map(|target| target.version.major()).or(options.major);
    let found = Programs::find();
    match Programs::choose(&found, major) {
        Some(programs) => match Server::cluster(programs, options.target) {
            Err(full @ ScratchError::DiskFull { .. }) => return Err(full),
            Err(error) => tried.push(format!("a throw-away cluster: {error}")),
            started => return started,
        },
        None => tried.push(format!("a throw-away cluster: {}", not_installed(&found, major))),
    }
    match options.target {
        Some(target) => match Server::standing(Origin::TargetDatabase, &target.connection, options.target) {
            Err(error) => tried.push(format!("a temporary database on {}: {error}", target.connection.server())),
            started => return started,
        },
        None => tried.push("a temporary database on the target: there is no target".to_owned()),
    }
    let wanted = major.map_or_else(|| "PostgreSQL".to_owned(), |major| format!("PostgreSQL {major}"));
    let advice = format!(
        "install {wanted} on this machine (the server programs; PGPLUMB_PG_BIN names their folder), or give a server with \
         `--scratch URL`"
    );
    Err(ScratchError::None { tried: format!("tried {}.\n{advice}", tried.join(";\nand ")) })
}

fn not_installed(found: &[Programs], major: Option<u32>) -> String {
    let wanted = major.map_or_else(|| "supported PostgreSQL".to_owned(), |major| format!("PostgreSQL {major}"));
    if found.is_empty() {
        return format!("no {wanted} programs on this machine");
    }
    let others: Vec<String> =
        found.iter().map(|programs| format!("{} in {}", programs.major, programs.folder.display())).collect();
    format!("no {wanted} programs on this machine, only {}", listed(&others))
}
