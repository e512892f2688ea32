//! `--kill-blockers`: sessions that keep a run waiting are ended, where the command line asks for it and the configuration
//! allows it.

use std::time::Duration;

use crate::base::time;
use crate::command::gate::error::GateError;
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Blockers {
    /// End sessions that the run waits for a lock of and whose transaction is older than TIME, such as `older-than=5min`;
    /// `kill_blockers: true` under `apply` in pgplumb.yaml has to allow it
    #[arg(long, value_name = "older-than=TIME", value_parser = older_than)]
    kill_blockers: Option<Duration>,
}

impl Blockers {
    /// How old a transaction has to be; none where nobody is ended.
    ///
    /// # Errors
    /// `GateError::NoKilling` where the configuration does not allow it.
    pub(super) fn older_than(&self, config: &Config, environment: Option<&str>) -> Result<Option<Duration>, GateError> {
        if self.kill_blockers.is_some() && !config.apply.gates(environment).kill_blockers {
            let environment = environment.map(|name| format!(" in the environment `{name}`")).unwrap_or_default();
            return Err(GateError::NoKilling { environment });
        }
        Ok(self.kill_blockers)
    }
}

fn older_than(text: &str) -> Result<Duration, String> {
    let read = text.strip_prefix("older-than=").and_then(time::read);
    read.ok_or_else(|| "write a time, as in `older-than=5min`".to_owned())
}
