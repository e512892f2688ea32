//! What completes a connection string, in libpq's order: what was given, the service, the environment, the defaults.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::db::error::DbError;
use crate::db::url::parse::{Parameters, check_name};

/// Which environment variable gives which parameter.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("PGAPPNAME", "application_name"),
    ("PGCHANNELBINDING", "channel_binding"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"),
    ("PGDATABASE", "dbname"),
    ("PGGSSENCMODE", "gssencmode"),
    ("PGHOST", "host"),
    ("PGHOSTADDR", "hostaddr"),
    ("PGLOADBALANCEHOSTS", "load_balance_hosts"),
    ("PGOPTIONS", "options"),
    ("PGPASSFILE", "passfile"),
    ("PGPASSWORD", "password"),
    ("PGPORT", "port"),
    ("PGREQUIREAUTH", "require_auth"),
    ("PGREQUIREPEER", "requirepeer"),
    ("PGSSLCERT", "sslcert"),
    ("PGSSLCERTMODE", "sslcertmode"),
    ("PGSSLCRL", "sslcrl"),
    ("PGSSLCRLDIR", "sslcrldir"),
    ("PGSSLKEY", "sslkey"),
    ("PGSSLMAXPROTOCOLVERSION", "ssl_max_protocol_version"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"),
    ("PGSSLMODE", "sslmode"),
    ("PGSSLNEGOTIATION", "sslnegotiation"),
    ("PGSSLROOTCERT", "sslrootcert"),
    ("PGSSLSNI", "sslsni"),
    ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGUSER", "user"),
];

/// Where a server listens when nothing says where: Debian's and Red Hat's place, then that of an unchanged libpq.
const SOCKET_FOLDERS: &[&str] = &["/var/run/postgresql", "/tmp"];

/// What is known about the place the program runs in. A value of its own so that tests need not change the process.
pub(super) struct Environment {
    variables: BTreeMap<String, String>,
    home: Option<PathBuf>,
    user: Option<String>,
    socket_folders: Vec<PathBuf>,
}

impl Environment {
    /// That of this process.
    pub(super) fn current() -> Self {
        let variables: BTreeMap<String, String> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        Self { variables, home, user: None, socket_folders: SOCKET_FOLDERS.iter().map(PathBuf::from).collect() }
    }

    #[cfg(test)]
    pub(super) fn fake(variables: &[(&str, &str)], home: &Path) -> Self {
        Self {
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            home: Some(home.to_owned()),
            user: Some("me".to_owned()),
            socket_folders: vec![home.join("sockets")],
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether anything says that a database is meant at all.
    pub(super) fn names_a_server(&self) -> bool {
        ["PGHOST", "PGSERVICE", "PGDATABASE", "PGPORT", "PGUSER"].iter().any(|name| self.variable(name).is_some())
    }

    /// A file in `~/.postgresql` or the home folder, when it is there.
    pub(super) fn home_file(&self, name: &str) -> Option<PathBuf> {
        self.home.as_ref().map(|home| home.join(name)).filter(|path| path.exists())
    }

    /// Adds what was not given.
    pub(super) fn complete(&self, given: &mut Parameters) -> Result<(), DbError> {
        let service = given.get("service").map(String::as_str).or_else(|| self.variable("PGSERVICE"));
        if let Some(service) = service.map(ToOwned::to_owned) {
            for (name, value) in self.service(&service)? {
                given.entry(name).or_insert(value);
            }
        }
        for (variable, name) in VARIABLES {
            if let Some(value) = self.variable(variable) {
                given.entry((*name).to_owned()).or_insert_with(|| value.to_owned());
            }
        }
        // An empty value stands for the default, as in libpq.
        given.retain(|name, value| !value.is_empty() || name == "password");
        if !given.contains_key("host") && !given.contains_key("hostaddr") {
            given.insert("host".to_owned(), self.default_host());
        }
        if !given.contains_key("user") {
            given.insert("user".to_owned(), self.user()?);
        }
        if !given.contains_key("dbname") {
            let user = given.get("user").cloned().unwrap_or_default();
            given.insert("dbname".to_owned(), user);
        }
        if !given.contains_key("passfile")
            && let Some(file) = self.home_file(".pgpass")
        {
            given.insert("passfile".to_owned(), file.to_string_lossy().into_owned());
        }
        self.complete_certificates(given);
        Ok(())
    }

    fn complete_certificates(&self, given: &mut Parameters) {
        let files = [("sslrootcert", "root.crt"), ("sslcert", "postgresql.crt"), ("sslkey", "postgresql.key")];
        for (name, file) in files {
            if !given.contains_key(name)
                && let Some(path) = self.home_file(&format!(".postgresql/{file}"))
            {
                given.insert(name.to_owned(), path.to_string_lossy().into_owned());
            }
        }
    }

    /// The first folder that holds a server's socket; with none the first that exists, so that the error names a likely place.
    fn default_host(&self) -> String {
        let is_live = |folder: &&PathBuf| {
            fs::read_dir(folder).is_ok_and(|files| {
                files.flatten().any(|file| file.file_name().to_string_lossy().starts_with(".s.PGSQL."))
            })
        };
        let folder =
            self.socket_folders.iter().find(is_live).or_else(|| self.socket_folders.iter().find(|path| path.is_dir()));
        folder.map_or_else(|| "localhost".to_owned(), |folder| folder.to_string_lossy().into_owned())
    }

    /// The user of the operating system, by effective id, as libpq asks it.
    fn user(&self) -> Result<String, DbError> {
        if let Some(user) = &self.user {
            return Ok(user.clone());
        }
        let answer = Command::new("id").arg("-un").output().ok().filter(|output| output.status.success());
        let name = answer.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        name.filter(|name| !name.is_empty()).ok_or_else(|| DbError::ConnectionString {
            what: "it names no user, and the user of this process has no name".to_owned(),
        })
    }

    /// The parameters of a service: the user's own file first, then the system's.
    fn service(&self, name: &str) -> Result<Parameters, DbError> {
        let own = match self.variable("PGSERVICEFILE") {
            Some(path) => Some(PathBuf::from(path)),
            None => self.home_file(".pg_service.conf"),
        };
        let system =
            self.variable("PGSYSCONFDIR").map_or_else(|| PathBuf::from("/etc/postgresql-common"), PathBuf::from);
        for path in own.into_iter().chain([system.join("pg_service.conf")]) {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if let Some(found) = section(&text, name, &path)? {
                return Ok(found);
            }
        }
        Err(DbError::Service { what: format!("the service `{name}` is not defined") })
    }
}

/// The lines under `[name]`.
fn section(text: &str, name: &str, path: &Path) -> Result<Option<Parameters>, DbError> {
    let header = format!("[{name}]");
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    if !lines.any(|line| line == header) {
        return Ok(None);
    }
    let mut found = Parameters::new();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        let Some((key, value)) = line.split_once('=') else {
            let what = format!("the service `{name}` in `{}` has a line without `=`", path.display());
            return Err(DbError::Service { what });
        };
        check_name(key.trim())?;
        if key.trim() == "service" {
            let what = format!("the service `{name}` in `{}` names another service", path.display());
            return Err(DbError::Service { what });
        }
        // The first of two lines counts.
        found.entry(key.trim().to_owned()).or_insert_with(|| value.trim().to_owned());
    }
    Ok(Some(found))
}
