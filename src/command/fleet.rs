//! Many databases with one command: which they are, what of them is alike, and what came of each.

pub(super) mod each;
pub(super) mod error;
mod file;
pub(super) mod group;
pub(super) mod look;
pub(super) mod matrix;
pub(super) mod outcome;
mod pool;
pub(super) mod record;
pub(super) mod stand;
pub(super) mod target;
mod tenants;
pub(super) mod voice;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::command::database::{Database, of_environment};
use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::target::Target;
use crate::config::Config;

/// Which databases, where they are many.
#[derive(clap::Args, Clone, Debug, Default)]
#[command(next_help_heading = "Many databases (docs/fleet.md)")]
pub(super) struct Fleet {
    /// Those of a file: on each line a name and a connection string, or `$VARIABLE`. `--env a,b` takes
    /// several environments
    #[arg(long, value_name = "FILE", conflicts_with_all = ["db", "env", "tenants"])]
    targets: Option<PathBuf>,

    /// Those that a query on the named database gives: columns `name`, and `database`, `url` or `schema`
    #[arg(long, value_name = "SQL")]
    tenants: Option<String>,

    /// How many at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
}

impl Fleet {
    /// The databases, in their order; none where it is the one that `Database` names.
    ///
    /// # Errors
    /// When the file, an environment or the query is not as it should be, or names no database.
    pub(super) fn targets(&self, database: &Database, config: &Config) -> Result<Option<Vec<Target>>, CommandError> {
        let many = self.targets.is_some() || self.tenants.is_some() || several(database, config).is_some();
        if many && database.tenant_schema.is_some() {
            return Err(FleetError::NotOne { option: "--tenant-schema" }.into());
        }
        let (targets, source) = if let Some(path) = &self.targets {
            (file::read(path)?, path.display().to_string())
        } else if let Some(sql) = &self.tenants {
            (tenants::read(sql, &database.require(config)?, config.fleet.schema.as_deref())?, "--tenants".to_owned())
        } else if let Some(names) = several(database, config) {
            (environments(&names, config)?, "--env".to_owned())
        } else if self.jobs.is_some() {
            return Err(FleetError::NotMany { option: "--jobs" }.into());
        } else {
            return Ok(None);
        };
        if targets.is_empty() {
            return Err(FleetError::NoTargets { source_name: source }.into());
        }
        Ok(Some(targets))
    }

    /// How many are worked on at once.
    pub(super) fn jobs(&self, config: &Config) -> usize {
        self.jobs.map_or(config.fleet.jobs, usize::from).max(1)
    }
}

/// The names in `--env a,b`, unless that is the name of one environment.
fn several<'a>(database: &'a Database, config: &Config) -> Option<Vec<&'a str>> {
    let text = database.env.as_deref().filter(|text| text.contains(',') && !config.environments.contains_key(*text))?;
    Some(text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect())
}

fn environments(names: &[&str], config: &Config) -> Result<Vec<Target>, CommandError> {
    let mut targets = BTreeMap::new();
    let mut order = Vec::new();
    for name in names {
        let to = of_environment(name, config)?;
        let target = Target { name: (*name).to_owned(), environment: Some((*name).to_owned()), to };
        if targets.insert(*name, target).is_none() {
            order.push(*name);
        }
    }
    Ok(order.iter().filter_map(|name| targets.remove(name)).collect())
}
