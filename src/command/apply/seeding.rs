//! The seeds of a run: which files they are, and whether they may run where it goes.

use std::collections::BTreeMap;

use crate::command::apply::Args;
use crate::command::database::of_server;
use crate::command::error::CommandError;
use crate::command::fleet::target::Target;
use crate::command::gate::SEED;
use crate::command::gate::error::GateError;
use crate::command::out;
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::migrate::seed::{self, Seed, Seeds};

impl Args {
    /// What is to be seeded in this environment; none where nobody asks for it.
    ///
    /// # Errors
    /// Where there is no folder for seeds, or one of them cannot be read or run.
    pub(super) fn seeds(&self, config: &Config, environment: Option<&str>) -> Result<Option<Seeds>, CommandError> {
        if !self.seed {
            return Ok(None);
        }
        let folder = config.seeds();
        let files = seed::read(&folder, environment)?;
        if files.is_empty() {
            let whose = environment.map(|name| format!(" for `{name}`")).unwrap_or_default();
            out::remark(&format!("note: there are no seeds{whose} in `{}`", folder.display()));
        }
        Ok(Some(Seeds {
            all: files.into_iter().map(Seed::parse).collect::<Result<_, _>>()?,
            environment: environment.map(str::to_owned),
            lock_timeout: config.timeouts.lock.clone(),
            statement_timeout: config.timeouts.statement.clone(),
        }))
    }

    /// The same for each environment of many targets.
    ///
    /// # Errors
    /// As `seeds`.
    pub(super) fn seeds_of_many(
        &self,
        config: &Config,
        targets: &[Target],
    ) -> Result<BTreeMap<Option<String>, Seeds>, CommandError> {
        let mut all = BTreeMap::new();
        for target in targets {
            let environment = self.environment_of(target);
            if !all.contains_key(&environment)
                && let Some(seeds) = self.seeds(config, environment.as_deref())?
            {
                all.insert(environment, seeds);
            }
        }
        Ok(all)
    }

    /// The environment that a target belongs to: itself, or that whose database told of it.
    pub(super) fn environment_of(&self, target: &Target) -> Option<String> {
        let whose = || self.database.env.clone().filter(|name| !name.contains(','));
        target.environment.clone().or_else(whose)
    }

    /// That none of these databases is in production, unless it is forced. With `--dry-run` nothing is run anywhere.
    ///
    /// # Errors
    /// `GateError::Seed`.
    pub(super) fn may_seed<'a>(
        &self,
        config: &Config,
        places: impl Iterator<Item = (Option<String>, &'a ConnectionString)>,
    ) -> Result<(), GateError> {
        if !self.seed || self.dry_run || self.force.iter().any(|given| given == SEED) {
            return Ok(());
        }
        let production = addresses(config);
        let is_production = |(environment, to): &(Option<String>, &ConnectionString)| {
            environment.as_deref().is_some_and(|name| config.is_production(name))
                || production.contains(&to.of_tenant(None).describe())
        };
        let named = |(environment, to): (Option<String>, &ConnectionString)| match environment {
            Some(name) => format!("`{name}`, {}", to.describe()),
            None => to.describe(),
        };
        let found: Vec<String> = places.filter(is_production).map(named).collect();
        if found.is_empty() { Ok(()) } else { Err(GateError::Seed { places: found }) }
    }
}

/// Where the databases of production are, as far as this machine knows it: `--db` may name one of them.
fn addresses(config: &Config) -> Vec<String> {
    let production = config.environments.iter().filter(|(name, _)| config.is_production(name));
    production.filter_map(|(name, server)| of_server(server, name).ok()).map(|to| to.describe()).collect()
}
