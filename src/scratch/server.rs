//! A server that scratch databases are made on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::name::{Ident, MAX_IDENT_BYTES, literal};
use crate::db::connection::{Connection, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::db::version::Version;
use crate::scratch::Origin;
use crate::scratch::cleanup::{Leftover, Ticket};
use crate::scratch::cluster::Cluster;
use crate::scratch::error::ScratchError;
use crate::scratch::mark::{DATABASE_PREFIX, place_hash};
use crate::scratch::owner::Owner;
use crate::scratch::place::parents;
use crate::scratch::program::Programs;
use crate::scratch::sweep::{sweep_clusters, sweep_databases};
use crate::scratch::target::{Locale, Target};

/// Whether this role may create databases, and what it is called.
const RIGHTS: &str = "SELECT r.rolname::text, r.rolcreatedb OR r.rolsuper FROM pg_catalog.pg_roles AS r
    WHERE r.rolname = current_user";

/// The connection for creating things, and where new databases are.
pub(super) struct Server {
    pub(super) origin: Origin,
    pub(super) loader: String,
    pub(super) version: Version,
    to: ConnectionString,
    owner: Owner,
    locale: Locale,
    settings: BTreeMap<String, String>,
    roles: BTreeMap<String, bool>,
    made: AtomicU32,
    admin: Mutex<Connection>,
    /// Last, so that the connections into it are gone first.
    cluster: Option<Cluster>,
}

impl Server {
    /// A throw-away cluster.
    pub(super) fn cluster(programs: &Programs, target: Option<&Target>) -> Result<Self, ScratchError> {
        let owner = Owner::current();
        for parent in parents() {
            sweep_clusters(&parent, &owner);
        }
        let libraries = target.map(|target| target.libraries.as_slice()).unwrap_or_default();
        let libraries: Vec<&str> =
            libraries.iter().map(String::as_str).filter(|name| programs.has_library(name)).collect();
        let preload = format!("shared_preload_libraries = '{}'\n", libraries.join(","));
        // A library that is there may still refuse to be loaded, for want of its own settings.
        let (cluster, admin) = match Cluster::start(programs, &preload) {
            Err(ScratchError::Program { .. }) if !libraries.is_empty() => Cluster::start(programs, "")?,
            started => started?,
        };
        let loader = cluster.server().user().to_owned();
        let server = Self::new(Origin::Cluster, cluster.server(), admin, loader, target, Some(cluster));
        server.check_locale()?;
        Ok(server)
    }

    /// A server that stays: the one given, or the target's.
    pub(super) fn standing(
        origin: Origin,
        to: &ConnectionString,
        target: Option<&Target>,
    ) -> Result<Self, ScratchError> {
        let mut admin = connect(to)?;
        let (found, wanted) = (admin.version().major(), target.map(|target| target.version.major()));
        if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
            return Err(ScratchError::OtherMajor { wanted, found });
        }
        let row = admin.client().query_one(RIGHTS, &[]).map_err(DbError::from)?;
        let user: String = row.try_get(0).map_err(DbError::from)?;
        if !row.try_get::<_, bool>(1).map_err(DbError::from)? {
            return Err(ScratchError::NoRight { user, server: to.server() });
        }
        sweep_databases(to, &mut admin, &Owner::current())?;
        Ok(Self::new(origin, to.clone(), admin, user, target, None))
    }

    fn new(
        origin: Origin,
        to: ConnectionString,
        admin: Connection,
        loader: String,
        target: Option<&Target>,
        cluster: Option<Cluster>,
    ) -> Self {
        Self {
            origin,
            loader,
            version: admin.version(),
            to,
            owner: Owner::current(),
            locale: target.map(|target| target.locale.clone()).unwrap_or_default(),
            settings: target.map(|target| target.settings.clone()).unwrap_or_default(),
            roles: target.map(|target| target.roles.clone()).unwrap_or_default(),
            made: AtomicU32::new(0),
            admin: Mutex::new(admin),
            cluster,
        }
    }

    pub(super) fn is_cluster(&self) -> bool {
        self.cluster.is_some()
    }

    #[cfg(test)]
    pub(super) fn folder(&self) -> Option<&std::path::Path> {
        self.cluster.as_ref().map(Cluster::folder)
    }

    pub(super) fn describe(&self) -> String {
        match self.origin {
            Origin::Cluster => format!("throw-away cluster (PostgreSQL {})", self.version),
            Origin::Given => format!("temporary database on {} (given)", self.to.server()),
            Origin::TargetDatabase => format!("temporary database on {} (the target's server)", self.to.server()),
        }
    }

    /// A new database and, where the server stays, what removes it.
    pub(super) fn create(&self, label: &str) -> Result<(ConnectionString, Option<Ticket>), ScratchError> {
        let name = self.name(label);
        let ticket = (!self.is_cluster())
            .then(|| Ticket::new(Leftover::Database { server: self.to.clone(), name: name.clone() }));
        let mut admin = self.admin();
        let strategy = if self.is_cluster() && self.version.major() >= 15 { " STRATEGY file_copy" } else { "" };
        let sql = format!(
            "CREATE DATABASE {} TEMPLATE template0{}{strategy}",
            Ident::new(&name),
            self.locale.clause(self.version)
        );
        admin.execute(&sql).map_err(|error| self.refused(error))?;
        if !self.is_cluster() {
            admin.execute(&format!(
                "COMMENT ON DATABASE {} IS {}",
                Ident::new(&name),
                literal(&self.owner.to_string())
            ))?;
        }
        let settings = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Ok((self.to.with_database(&name).with_settings(settings), ticket))
    }

    /// Creates the roles that a cluster does not have; elsewhere they have to be there.
    pub(super) fn ensure_roles(&self, names: &[String]) -> Result<(), ScratchError> {
        let sql = "SELECT wanted FROM unnest($1::text[]) AS wanted
            WHERE wanted <> 'public' AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = wanted)";
        let mut admin = self.admin();
        let rows = admin.client().query(sql, &[&names]).map_err(DbError::from)?;
        let missing =
            rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>().map_err(DbError::from)?;
        // Names that begin with `pg_` are Postgres' own: one that is missing belongs to another version.
        let (reserved, ordinary): (Vec<_>, Vec<_>) = missing.into_iter().partition(|name| name.starts_with("pg_"));
        let is_lacking = !reserved.is_empty() || (!self.is_cluster() && !ordinary.is_empty());
        if is_lacking {
            let roles = if self.is_cluster() { reserved } else { reserved.into_iter().chain(ordinary).collect() };
            return Err(ScratchError::MissingRole { roles });
        }
        // Event triggers and foreign data wrappers can only belong to a superuser.
        let superuser = |name: &String| if self.roles.get(name) == Some(&true) { " SUPERUSER" } else { "" };
        let create = |name: &String| format!("CREATE ROLE {} NOLOGIN{};\n", Ident::new(name), superuser(name));
        Ok(admin.execute(&ordinary.iter().map(create).collect::<String>())?)
    }

    /// Those of the target, where roles are ours to create.
    pub(super) fn know_roles(&self) -> Result<(), ScratchError> {
        if !self.is_cluster() {
            return Ok(());
        }
        self.ensure_roles(&self.roles.keys().cloned().collect::<Vec<_>>())
    }

    fn admin(&self) -> MutexGuard<'_, Connection> {
        self.admin.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `pgplumb_scratch_<pid>_<hash of the place>_<label>`, with a number from the second on.
    fn name(&self, label: &str) -> String {
        let label: String = label.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let mut name =
            format!("{DATABASE_PREFIX}{}_{}_{}", self.owner.pid, place_hash(&self.owner), label.to_lowercase());
        // Unique in the process, not in this server alone: two may stand on the same one.
        static MADE: AtomicU32 = AtomicU32::new(0);
        let counter = if self.is_cluster() { &self.made } else { &MADE };
        let number = counter.fetch_add(1, Ordering::Relaxed);
        if number > 0 {
            name.push_str(&format!("_{}", number + 1));
        }
        debug_assert!(name.len() <= MAX_IDENT_BYTES);
        name
    }

    /// Whether this machine has the target's locale: asked early, while another scratch can still be chosen.
    fn check_locale(&self) -> Result<(), ScratchError> {
        let Locale { encoding, collate, ctype, provider, locale, .. } = &self.locale;
        let is_everywhere = |name: &str| matches!(name, "C" | "POSIX");
        let form = match provider.as_str() {
            "i" => format!("provider = icu, locale = {}", literal(locale.as_deref().unwrap_or_default())),
            // A collation goes with the encoding of the database that it is in, which is UTF-8 here.
            "c" if encoding == "UTF8" && !(is_everywhere(collate) && is_everywhere(ctype)) => {
                format!("lc_collate = {}, lc_ctype = {}", literal(collate), literal(ctype))
            }
            _ => return Ok(()),
        };
        let mut admin = self.admin();
        let answer = admin.execute(&format!("BEGIN; CREATE COLLATION pg_temp.probe ({form})"));
        admin.execute("ROLLBACK")?;
        answer.map_err(|error| ScratchError::Locale { cause: error.to_string() })
    }

    /// What a server has against a new database.
    fn refused(&self, error: DbError) -> ScratchError {
        match error.sqlstate() {
            Some("42501") => ScratchError::NoRight { user: self.loader.clone(), server: self.to.server() },
            Some("53100") => ScratchError::DiskFull { folder: PathBuf::from(self.to.server()) },
            Some("22023" | "42809") => ScratchError::Locale { cause: error.to_string() },
            _ => error.into(),
        }
    }
}
