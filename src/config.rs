//! `pgplumb.yaml`: what a project says once, so that no command line has to.
//!
//! Every key is a line in `KEYS`, with what it is for; `docs/config.md` is held against that table.

pub mod apply;
pub mod backup;
mod compare;
pub mod error;
pub mod fleet;
pub mod gate;
pub mod health;
pub mod key;
pub mod lint;
pub mod preflight;
pub mod record;
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use crate::base::time;
use crate::base::wording::nearest;
use crate::config::apply::Apply;
use crate::config::backup::Backup;
pub use crate::config::compare::{Compare, Scope};
use crate::config::error::ConfigError;
use crate::config::fleet::Fleet;
use crate::config::health::Health;
use crate::config::lint::Lint;
use crate::config::preflight::Preflight;
use crate::config::record::{Logs, Reports};
pub use crate::config::server::Server;
use crate::db::tenant::may_be_template;
use crate::lint::rule::RULES;

/// Where the configuration is looked for, in the folder that pgplumb runs in.
pub const FILE: &str = "pgplumb.yaml";

/// The whole file; each part has a default, so that an empty or missing file is a configuration too.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Files and folders that hold the desired schema, relative to the configuration.
    pub schema: Vec<PathBuf>,
    pub migrations: Option<PathBuf>,
    pub seeds: Option<PathBuf>,
    pub environments: BTreeMap<String, Server>,
    pub exclude: Exclude,
    pub timeouts: Timeouts,
    pub apply: Apply,
    pub scratch: Option<Server>,
    pub compare: Compare,
    pub lint: Lint,
    pub preflight: Preflight,
    pub backup: Backup,
    pub health: Health,
    pub fleet: Fleet,
    pub logs: Logs,
    pub reports: Reports,
    /// Where it was read, when there is a file.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    /// The folder that the file lies in.
    #[serde(skip)]
    folder: PathBuf,
}

/// What pgplumb neither compares nor touches.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exclude {
    pub schemas: Vec<String>,
    pub objects: Vec<String>,
}

/// The timeouts that a migration sets, as Postgres reads them: `3s`, `500ms`; `0` is none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timeouts {
    pub lock: String,
    pub statement: String,
    pub check_data: String,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { lock: "3s".to_owned(), statement: "0".to_owned(), check_data: "30s".to_owned() }
    }
}

impl Config {
    /// Reads the file that `--config` names, or the one in this folder when there is one.
    ///
    /// # Errors
    /// When a named file is not there, or any file is not what `KEYS` allows.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(Path::new(FILE));
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&path.display().to_string(), &text).map(|config| Self {
                folder: path.parent().unwrap_or(Path::new("")).to_owned(),
                file: Some(path.to_owned()),
                ..config
            }),
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => Ok(Self::default()),
            Err(cause) => Err(ConfigError::Unreadable { file: path.display().to_string(), cause }),
        }
    }

    /// # Errors
    /// When the text is no YAML, has a key that is not known, or a value of the wrong sort.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let value: Value = serde_yaml::from_str(text).map_err(|e| ConfigError::syntax(file, text, &e))?;
        if value.is_null() {
            return Ok(Self::default());
        }
        if let Some(unknown) = key::unknown(&value) {
            return Err(ConfigError::unknown_key(file, text, &unknown));
        }
        let config: Self = serde_yaml::from_str(text).map_err(|e| ConfigError::value(file, text, &e))?;
        config.check(file, text)?;
        Ok(config)
    }

    /// The paths of the desired schema: `schema` where nothing is said.
    pub fn schema(&self) -> Vec<PathBuf> {
        if self.schema.is_empty() {
            return vec![self.folder.join("schema")];
        }
        self.schema.iter().map(|path| self.folder.join(path)).collect()
    }

    /// The folder that holds the migrations.
    pub fn migrations(&self) -> PathBuf {
        self.folder.join(self.migrations.as_deref().unwrap_or(Path::new("generated")))
    }

    /// The folder that holds the seeds.
    pub fn seeds(&self) -> PathBuf {
        self.folder.join(self.seeds.as_deref().unwrap_or(Path::new("seeds")))
    }

    /// Whether people depend on what is in the environment of this name.
    pub fn is_production(&self, name: &str) -> bool {
        let said = self.environments.get(name).and_then(|server| server.production);
        said.unwrap_or(["production", "prod"].contains(&name))
    }

    /// A path of the file, from where pgplumb runs.
    pub fn at(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The environment of this name.
    ///
    /// # Errors
    /// When there is none, with the nearest that there is.
    pub fn environment(&self, name: &str) -> Result<&Server, ConfigError> {
        self.environments.get(name).ok_or_else(|| ConfigError::no_environment(name, self.environments.keys()))
    }

    fn check(&self, file: &str, text: &str) -> Result<(), ConfigError> {
        let servers = self.environments.iter().map(|(name, server)| (name.as_str(), server));
        for (name, server) in servers.chain(self.scratch.iter().map(|server| ("scratch", server))) {
            if server.url.is_some() == server.url_env.is_some() {
                return Err(ConfigError::no_url(file, text, name));
            }
        }
        if let Some(code) = self.lint.codes().find(|code| !RULES.iter().any(|rule| rule.code == *code)) {
            let meant = nearest(code, RULES.iter().map(|rule| rule.code));
            return Err(ConfigError::no_rule(file, text, code, meant));
        }
        // What is meant for an environment that is not there would hold nowhere.
        if let Some(name) = self.apply.environments.keys().find(|name| !self.environments.contains_key(*name)) {
            return Err(ConfigError::no_environment(name, self.environments.keys()));
        }
        if let Some(template) = &self.fleet.schema
            && !may_be_template(template)
        {
            return Err(ConfigError::bad_template(file, text, template));
        }
        let Timeouts { lock, statement, check_data } = &self.timeouts;
        let timeouts = [("lock", lock), ("statement", statement), ("check_data", check_data)];
        let timeouts = timeouts.map(|(name, timeout)| ("timeouts", name, timeout));
        let parts = self
            .apply
            .times()
            .into_iter()
            .chain(self.preflight.times())
            .chain(self.backup.times())
            .chain(self.health.times())
            .chain(self.logs.times())
            .chain(self.reports.times());
        for (part, name, timeout) in timeouts.into_iter().chain(parts) {
            if !is_duration(timeout) {
                return Err(ConfigError::bad_timeout(file, text, [part, name], timeout));
            }
        }
        Ok(())
    }
}

/// Whether Postgres takes this for a time: a whole number, and a unit unless it is zero. A number without a unit would
/// be milliseconds, which people who write `3` do not mean.
fn is_duration(text: &str) -> bool {
    text == "0" || time::read(text).is_some()
}

#[cfg(test)]
mod tests;
