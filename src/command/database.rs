//! Which databases a verb works with: the live one, and the server for scratch databases.

use crate::base::name::Ident;
use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::config::error::ConfigError;
use crate::config::{Config, Server};
use crate::db::tenant::Tenant;
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

    /// One schema of the database in the place of `fleet.schema`, for which the files are written
    #[arg(long, value_name = "NAME")]
    pub tenant_schema: Option<String>,

    /// One that was chosen in another way.
    #[arg(skip)]
    pub chosen: Option<ConnectionString>,
}

impl Database {
    /// As `choose_target`, for a verb that is about a whole database.
    ///
    /// # Errors
    /// As `choose_target`, and where a tenant is named.
    pub fn choose(&self, config: &Config) -> Result<Option<ConnectionString>, CommandError> {
        let chosen = self.choose_target(config)?;
        match chosen.as_ref().and_then(ConnectionString::tenant) {
            Some(tenant) => Err(FleetError::WholeDatabase { schema: tenant.schema().to_owned() }.into()),
            None => Ok(chosen),
        }
    }

    /// The first that says something: `--db`, `--env`, `DATABASE_URL`, and what libpq reads; and the schema of it that is
    /// meant, where it is one of several alike.
    ///
    /// # Errors
    /// When what is said cannot be read.
    pub fn choose_target(&self, config: &Config) -> Result<Option<ConnectionString>, CommandError> {
        let mut chosen = self.chosen(config)?;
        if let (Some(schema), Some(to)) = (&self.tenant_schema, &chosen) {
            chosen = Some(for_tenant(to, schema, config)?);
        }
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
            return Ok(Some(of_environment(name, config)?));
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
        if self.db.is_none() && self.env.is_none() && self.chosen.is_none() {
            Ok(None)
        } else {
            self.choose_target(config)
        }
    }

    /// As `choose`, for a verb that cannot do without.
    ///
    /// # Errors
    /// As `choose`, and when nothing is said.
    pub fn require(&self, config: &Config) -> Result<ConnectionString, CommandError> {
        self.choose(config)?.ok_or(CommandError::NoDatabase)
    }

    /// As `choose_target`, for a verb that cannot do without.
    ///
    /// # Errors
    /// As `choose_target`, and when nothing is said.
    pub fn require_target(&self, config: &Config) -> Result<ConnectionString, CommandError> {
        self.choose_target(config)?.ok_or(CommandError::NoDatabase)
    }
}

/// An environment of the configuration, with the tenant that it is.
///
/// # Errors
/// When there is none, or what it says cannot be read.
pub(super) fn of_environment(name: &str, config: &Config) -> Result<ConnectionString, CommandError> {
    let server = config.environment(name)?;
    let to = of_server(server, name)?;
    match &server.tenant_schema {
        Some(schema) => for_tenant(&to, schema, config),
        None => Ok(to),
    }
}

/// That a backup, where one is wanted, is of a whole database.
///
/// # Errors
/// `BackupOfTenant`.
pub(super) fn may_back_up(wanted: bool, to: &ConnectionString) -> Result<(), FleetError> {
    if wanted && to.tenant().is_some() { Err(FleetError::BackupOfTenant { target: to.describe() }) } else { Ok(()) }
}

/// A schema of this database in the place of the template.
///
/// # Errors
/// `NoTemplate`, `BadTenant`.
fn for_tenant(to: &ConnectionString, schema: &str, config: &Config) -> Result<ConnectionString, CommandError> {
    let template = config.fleet.schema.as_ref().ok_or(FleetError::NoTemplate)?;
    let wrong = |why| FleetError::BadTenant { schema: Ident::new(schema), why };
    Ok(to.for_tenant(Tenant::new(template, schema).map_err(wrong)?))
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
