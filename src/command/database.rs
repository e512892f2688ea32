//! Which databases a verb works with: the live one, and the server for scratch databases.

use crate::command::error::CommandError;
use crate::config::error::ConfigError;
use crate::config::{Config, Server};
use crate::db::url::ConnectionString;

/// How a verb is told of the live database.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Database {
    /// The live database: a URL, or `key=value` pairs
    #[arg(long, value_name = "URL")]
    pub db: Option<String>,

    /// The live database: an environment of pgplumb.yaml
    #[arg(long, value_name = "NAME", conflicts_with = "db")]
    pub env: Option<String>,

    /// One that was chosen in another way.
    #[arg(skip)]
    pub chosen: Option<ConnectionString>,
}

impl Database {
    /// The first that says something: `--db`, `--env`, `DATABASE_URL`, and what libpq reads.
    ///
    /// # Errors
    /// When what is said cannot be read.
    pub fn choose(&self, config: &Config) -> Result<Option<ConnectionString>, CommandError> {
        let chosen = self.chosen(config)?;
        if let Some(chosen) = &chosen {
            tracing::info!(event = "database", database = chosen.describe(), user = chosen.user());
        }
        Ok(chosen)
    }

    fn chosen(&self, config: &Config) -> Result<Option<ConnectionString>, CommandError> {
        if let Some(chosen) = &self.chosen {
            return Ok(Some(chosen.clone()));
        }
        if let Some(url) = &self.db {
            return Ok(Some(ConnectionString::parse(url)?));
        }
        if let Some(name) = &self.env {
            return Ok(Some(of_server(config.environment(name)?, name)?));
        }
        if let Some(url) = variable("DATABASE_URL") {
            return Ok(Some(ConnectionString::parse(&url)?));
        }
        Ok(ConnectionString::from_environment()?)
    }

    /// Only what the command line names: for a verb that has use for a database and needs none.
    ///
    /// # Errors
    /// When what is said cannot be read.
    pub fn named(&self, config: &Config) -> Result<Option<ConnectionString>, CommandError> {
        if self.db.is_none() && self.env.is_none() && self.chosen.is_none() { Ok(None) } else { self.choose(config) }
    }

    /// As `choose`, for a verb that cannot do without.
    ///
    /// # Errors
    /// As `choose`, and when nothing is said.
    pub fn require(&self, config: &Config) -> Result<ConnectionString, CommandError> {
        self.choose(config)?.ok_or(CommandError::NoDatabase)
    }
}

/// The server for scratch databases, from `--scratch` or the configuration; none is pgplumb's own choice.
///
/// # Errors
/// When what is said cannot be read.
pub fn scratch_server(given: Option<&str>, config: &Config) -> Result<Option<ConnectionString>, CommandError> {
    match (given, &config.scratch) {
        (Some(url), _) => Ok(Some(ConnectionString::parse(url)?)),
        (None, Some(server)) => Ok(Some(of_server(server, "scratch")?)),
        (None, None) => Ok(None),
    }
}

/// # Errors
/// When what is said cannot be read.
pub(super) fn of_server(server: &Server, whose: &str) -> Result<ConnectionString, CommandError> {
    let text = match (&server.url, &server.url_env) {
        (Some(url), _) => url.clone(),
        (None, Some(name)) => {
            variable(name).ok_or_else(|| ConfigError::NoVariable { variable: name.clone(), whose: whose.to_owned() })?
        }
        (None, None) => return Err(CommandError::NoDatabase),
    };
    Ok(ConnectionString::parse(&text)?)
}

/// An environment variable that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
