//! What `apply` is told of how to go about many databases.

use crate::base::wording::nearest;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::target::Target;
use crate::command::format::TextOrJson;

/// How `apply` goes about many databases.
#[derive(clap::Args, Debug, Default)]
pub(super) struct Rollout {
    /// Begin with this one, and go on with the others only when it went well; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "canaries")]
    pub(super) canary: Vec<String>,

    /// Begin with the first N that have something to do
    #[arg(long, value_name = "N")]
    pub(super) canaries: Option<usize>,

    /// Begin nothing more when N failed; 0 goes on whatever fails
    #[arg(long, value_name = "N")]
    pub(super) max_failures: Option<usize>,

    /// Only those that failed in the last run on many
    #[arg(long)]
    pub(super) retry_failed: bool,

    /// The matrix at the end for people, or for programs
    #[arg(long, value_enum)]
    pub(super) format: Option<TextOrJson>,
}

impl Rollout {
    /// # Errors
    /// When anything is given: it has no meaning for one database.
    pub(super) fn for_one(&self) -> Result<(), FleetError> {
        let given = [
            ("--canary", !self.canary.is_empty()),
            ("--canaries", self.canaries.is_some()),
            ("--max-failures", self.max_failures.is_some()),
            ("--retry-failed", self.retry_failed),
            ("--format", self.format.is_some()),
        ];
        let given = given.into_iter().find(|(_, given)| *given);
        given.map_or(Ok(()), |(option, _)| Err(FleetError::NotMany { option }))
    }

    /// # Errors
    /// When a canary is no target, with the nearest that is one.
    pub(super) fn check(&self, targets: &[Target]) -> Result<(), FleetError> {
        let names = || targets.iter().map(|target| target.name.as_str());
        let Some(name) = self.canary.iter().find(|name| !names().any(|known| known == **name)) else { return Ok(()) };
        let help = match nearest(name, names()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "a canary is one of the targets".to_owned(),
        };
        Err(FleetError::NoTarget { name: name.clone(), help })
    }
}
