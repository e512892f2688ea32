//! Where a server is and how to get in: a type that knows the password and cannot print it.

mod driver;
mod environment;
mod host;
mod parse;
mod passfile;
pub(super) mod sslmode;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::tenant::Tenant;
use crate::db::url::environment::{Environment, VARIABLES};
pub(super) use crate::db::url::host::Host;
use crate::db::url::host::hosts;
use crate::db::url::parse::{Parameters, check_met, parse};
use crate::db::url::passfile::{Found, Login, look_up};
use crate::db::url::sslmode::Mode;

/// A complete connection string: what was given, and what libpq would have added to it. Prints host, port, database and
/// user, nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectionString {
    parameters: Parameters,
    hosts: Vec<Host>,
    /// A password file that was there and could not be used, because others can read it.
    ignored_passfile: Option<PathBuf>,
    /// Which of the schemas of the database is meant, where it is one of several alike.
    tenant: Option<Arc<Tenant>>,
}

impl ConnectionString {
    /// Reads a URL or `keyword=value` pairs, and completes them as libpq does: from the service file, the environment, the
    /// password file, and libpq's defaults.
    ///
    /// # Errors
    /// `ConnectionString`, `UnknownParameter`, `Service`; none of them quotes a value.
    pub fn parse(text: &str) -> Result<Self, DbError> {
        Self::complete(parse(text)?, &Environment::current())
    }

    /// What the environment alone says; `None` when it names neither a host, a port, a database, a user nor a service.
    ///
    /// # Errors
    /// As `parse`.
    pub fn from_environment() -> Result<Option<Self>, DbError> {
        let environment = Environment::current();
        if !environment.names_a_server() {
            return Ok(None);
        }
        Self::complete(Parameters::new(), &environment).map(Some)
    }

    /// The socket in `folder`, without a password and without a look at the environment.
    pub fn socket(folder: &Path, user: &str, database: &str) -> Self {
        let name = folder.to_string_lossy().into_owned();
        let parameters =
            [("user", user), ("dbname", database)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let host = Host { name, address: None, port: 5432, password: None };
        Self { parameters: Parameters::from(parameters), hosts: vec![host], ignored_passfile: None, tenant: None }
    }

    fn complete(mut parameters: Parameters, environment: &Environment) -> Result<Self, DbError> {
        environment.complete(&mut parameters)?;
        let mut complete = Self { hosts: hosts(&parameters)?, parameters, ignored_passfile: None, tenant: None };
        complete.find_passwords();
        // Everything that can be wrong is said now, not at the first connection.
        for host in &complete.hosts {
            complete.config(host)?;
        }
        check_met(&complete.parameters)?;
        Mode::of(complete.parameter("sslmode"))?;
        Ok(complete)
    }

    fn find_passwords(&mut self) {
        if let Some(given) = self.parameters.remove("password").filter(|password| !password.is_empty()) {
            self.hosts.iter_mut().for_each(|host| host.password = Some(given.clone()));
            return;
        }
        let Some(file) = self.parameters.get("passfile").map(PathBuf::from) else { return };
        let (database, user) = (self.database().to_owned(), self.user().to_owned());
        for host in &mut self.hosts {
            let port = host.port.to_string();
            match look_up(&file, &Login { host: &host.name, port: &port, database: &database, user: &user }) {
                Found::Password(password) => host.password = Some(password),
                Found::Nothing => {}
                Found::TooOpen => self.ignored_passfile = Some(file.clone()),
            }
        }
    }

    /// Whether a text holds a password, as far as it can be read.
    pub fn holds_password(text: &str) -> bool {
        parse(text).is_ok_and(|given| given.get("password").is_some_and(|password| !password.is_empty()))
    }

    /// The files that hold what lets us in, where they are named or found: their role, and where they are.
    pub fn secret_files(&self) -> Vec<(&'static str, PathBuf)> {
        let named = [("password file", "passfile"), ("private key", "sslkey")];
        let there = named.into_iter().filter_map(|(role, name)| Some((role, PathBuf::from(self.parameter(name)?))));
        there.filter(|(_, path)| path.is_file()).collect()
    }

    /// What libpq's programs read from their environment to get to the same place. It holds the password: it is for the
    /// environment of a child, and for nothing else.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let list = |of: &dyn Fn(&Host) -> String| self.hosts.iter().map(of).collect::<Vec<_>>().join(",");
        let mut found =
            vec![("PGHOST", list(&|host| host.name.clone())), ("PGPORT", list(&|host| host.port.to_string()))];
        if self.hosts.iter().any(|host| host.address.is_some()) {
            let address = |host: &Host| host.address.map(|address| address.to_string()).unwrap_or_default();
            found.push(("PGHOSTADDR", list(&address)));
        }
        let password = self.hosts.iter().find_map(|host| host.password.clone());
        found.extend(password.map(|password| ("PGPASSWORD", password)));
        for (variable, name) in VARIABLES {
            let elsewhere = ["host", "hostaddr", "port", "password"].contains(name);
            found.extend(self.parameter(name).filter(|_| !elsewhere).map(|value| (*variable, value.to_owned())));
        }
        found
    }

    /// The same without the other places to try.
    #[must_use]
    pub(super) fn at(&self, host: &Host) -> Self {
        Self { hosts: vec![host.clone()], ..self.clone() }
    }

    /// The same server and login, another database.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.parameters.insert("dbname".to_owned(), name.to_owned());
        other.tenant = None;
        other
    }

    /// The same, for a schema of it that is one of several alike.
    #[must_use]
    pub fn for_tenant(&self, tenant: Tenant) -> Self {
        Self { tenant: Some(Arc::new(tenant)), ..self.clone() }
    }

    /// The same for another of them, or for the whole of the database.
    #[must_use]
    pub fn of_tenant(&self, tenant: Option<Arc<Tenant>>) -> Self {
        Self { tenant, ..self.clone() }
    }

    pub fn tenant(&self) -> Option<&Arc<Tenant>> {
        self.tenant.as_ref()
    }

    /// The same, with settings for the session: `-c name=value` for each.
    #[must_use]
    pub fn with_settings<'a>(&self, settings: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut other = self.clone();
        let options = other.parameters.entry("options".to_owned()).or_default();
        for (name, value) in settings {
            let escaped = value.replace('\\', "\\\\").replace(' ', "\\ ");
            options.push_str(&format!(" -c {name}={escaped}"));
        }
        other
    }

    pub fn database(&self) -> &str {
        self.parameter("dbname").unwrap_or_default()
    }

    pub fn user(&self) -> &str {
        self.parameter("user").unwrap_or_default()
    }

    /// What a reader is told: `shop on localhost`; of a tenant `acme in shop on localhost`.
    pub fn describe(&self) -> String {
        let schema = self.tenant.as_ref().map(|tenant| format!("{} in ", Ident::new(tenant.schema())));
        format!("{}{} on {}", schema.unwrap_or_default(), self.database(), self.server())
    }

    /// The first host; of a socket its folder.
    pub fn server(&self) -> String {
        match self.hosts.first() {
            Some(host) if host.is_socket() && host.port == 5432 => host.name.clone(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    #[cfg(test)]
    pub(crate) fn set_user(&mut self, user: &str) {
        self.parameters.insert("user".to_owned(), user.to_owned());
    }

    pub(super) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// What to look at when the server wants another password.
    pub(super) fn password_advice(&self) -> String {
        match &self.ignored_passfile {
            Some(file) => {
                format!("`{0}` is not used, because others can read it: `chmod 600 {0}`", file.display())
            }
            None if self.hosts.iter().any(|host| host.password.is_some()) => {
                "check the user and the password: in the URL, PGPASSWORD or `~/.pgpass`".to_owned()
            }
            None => "no password was given: put it into `~/.pgpass`, PGPASSWORD or the URL, or check `pg_hba.conf`"
                .to_owned(),
        }
    }
}

impl fmt::Display for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", self.describe(), self.user())
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionString({self})")
    }
}
