//! Why migrations may not run, or what is wrong after they did.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::{counted, listed};
use crate::migrate::error::MigrateError;

#[derive(Debug, Error, Diagnostic)]
pub enum GateError {
    #[error("this is outside of the maintenance windows; the next one opens on {next}")]
    #[diagnostic(
        code(gate::window),
        help("nothing was run; `apply.windows` in pgplumb.yaml has them, `--force window` runs it all the same")
    )]
    Window { next: String },

    #[error("no session may be ended{environment}")]
    #[diagnostic(
        code(gate::no_killing),
        help(
            "nothing was run; `--kill-blockers` needs `kill_blockers: true` under `apply` in pgplumb.yaml, for all or under `environments`"
        )
    )]
    NoKilling { environment: String },

    #[error("no seeds are run in production: {}", listed(places))]
    #[diagnostic(
        code(gate::seed),
        help(
            "nothing was run; `--force seed` runs them all the same, `production: false` under the environment in pgplumb.yaml says that it is none"
        )
    )]
    Seed { places: Vec<String> },

    #[error("{count} of `lint` against what is due")]
    #[diagnostic(
        code(gate::lint),
        help(
            "nothing was run; change what is due, let it through where it stands (`-- pgplumb: allow CODE because ...`) or with `--allow CODE:OBJECT`, or run it all the same: `--force lint`; `pgplumb explain CODE` says more"
        )
    )]
    Rules {
        count: String,
        #[related]
        found: Vec<Found>,
    },

    #[error("the time zone `{zone}` is not known on this machine")]
    #[diagnostic(
        code(gate::no_zone),
        help("nothing was run; install the time zones (the package `tzdata`), or write the windows in `UTC`")
    )]
    Zone { zone: String },

    #[error("what is due is not approved")]
    #[diagnostic(
        code(gate::not_approved),
        help(
            "nothing was run; `pgplumb apply --dry-run` shows what is due, and its hash, which says to `pgplumb apply --approval HASH` that somebody has read it"
        )
    )]
    Unapproved,

    #[error("the approval is not for what is due on this database")]
    #[diagnostic(
        code(gate::other_approval),
        help(
            "nothing was run; a file, the migrations that are due, or the database is another than it was: read again what `pgplumb apply --dry-run` shows"
        )
    )]
    OtherApproval,

    #[error("{}; what the run applied stays: {}", failed(.failures), listed(.applied))]
    #[diagnostic(code(gate::check_failed), help("`pgplumb rollback {}` takes it back", .applied.len()))]
    Stopped {
        applied: Vec<String>,
        #[related]
        failures: Vec<Failure>,
    },

    #[error(
        "{}, and what the run applied is rolled back: {}; the schema is again what it was before ({fingerprint})",
        failed(.failures),
        listed(.applied)
    )]
    #[diagnostic(code(gate::rolled_back), help("mend what the checks are about, or the migration, and apply it again"))]
    RolledBack {
        applied: Vec<String>,
        fingerprint: String,
        #[related]
        failures: Vec<Failure>,
    },

    #[error("{}, and what the run applied is not rolled back by itself: {why}", failed(.failures))]
    #[diagnostic(
        code(gate::not_rolled_back),
        help(
            "it stays applied: {}; `pgplumb rollback --dry-run` shows what would be lost, `pgplumb rollback` asks for it by name",
            listed(.applied)
        )
    )]
    NotRolledBack {
        why: String,
        applied: Vec<String>,
        #[related]
        failures: Vec<Failure>,
    },

    #[error("{}, and taking back what the run applied failed", failed(.failures))]
    #[diagnostic(
        code(gate::rollback_failed),
        help("`pgplumb status` shows how things stand, and `pgplumb rollback` goes on")
    )]
    RollbackFailed {
        #[source]
        #[diagnostic_source]
        cause: MigrateError,
        #[related]
        failures: Vec<Failure>,
    },

    #[error(
        "{}, and what the run applied is rolled back, but the schema is not what it was before (it is {live}, not {from})",
        failed(.failures)
    )]
    #[diagnostic(
        code(gate::not_restored),
        help(
            "something else changed the schema meanwhile, or a down does not bring everything back: `pgplumb plan --stdout` shows what is different from the schema files"
        )
    )]
    NotRestored {
        live: String,
        from: String,
        #[related]
        failures: Vec<Failure>,
    },
}

/// What a rule says.
#[derive(Debug, Error, Diagnostic)]
#[error("{said}")]
pub struct Found {
    pub said: String,
    #[help]
    pub help: Option<String>,
}

/// A check that does not hold.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}`: {why}")]
pub struct Failure {
    pub name: String,
    pub why: String,
    /// The last lines that a program wrote.
    #[help]
    pub output: Option<String>,
}

fn failed(failures: &[Failure]) -> String {
    format!("{} failed after the run", counted(failures.len(), "check"))
}

impl GateError {
    /// Whether the run did as it was told, and it is the database or the clock that is not as it should be.
    pub(in crate::command) fn is_difference(&self) -> bool {
        match self {
            Self::Window { .. }
            | Self::Rules { .. }
            | Self::NoKilling { .. }
            | Self::Seed { .. }
            | Self::Unapproved
            | Self::OtherApproval
            | Self::Stopped { .. }
            | Self::RolledBack { .. } => true,
            Self::Zone { .. } | Self::NotRolledBack { .. } | Self::RollbackFailed { .. } | Self::NotRestored { .. } => {
                false
            }
        }
    }
}
