//! What `apply` is asked on the command line.

use clap::builder::PossibleValuesParser;

use crate::command::apply::rollout::Rollout;
use crate::command::blockers::Blockers;
use crate::command::database::Database;
use crate::command::events::Events;
use crate::command::fleet::Fleet;
use crate::command::gate::{Gate, LINT, SEED, WINDOW};
use crate::config::Config;
use crate::lint::allow::Allow;
use crate::migrate::apply::Order;
use crate::operate::preflight::{CHECKS, pooler};

const AFTER_HELP: &str = "\
Each transaction of a migration is committed together with what the books say of it, in the schema
`pgplumb` of the database. After a failure or a crash `apply` goes on where it stopped.

Where the schema is not what the last run left, or not what the next migration was planned for,
nothing is run, and the difference is shown.

A migration with `-- pgplumb: phase contract` at its head is held back until it is asked for; with
`after 2 releases` or `after 14d` behind that, until so many further runs of `apply` applied
something, or so much time is over.

With `--env NAME` the rules of `lint` are asked of what is due, by its text and the sizes of the
tables there, at the level of that environment; what blocks there is not run (`apply.lint`).

With `--check-data`, or `check_data: true` under `apply` in pgplumb.yaml, nothing is run either
where rows would stop it half-way: duplicates, NULLs, orphans, values that do not convert.

At a terminal it shows what is due and asks before it runs it; with `--yes`, or where stdin or
stderr is no terminal, it does not ask. Ctrl-C ends it after the step that is at work, the second
cancels that step, and the next `apply` goes on from there.

A step that takes longer than a second is shown while it is at work (docs/progress.md).

With `--seed` the seeds are run after that: `seeds/*.sql`, and then `seeds/NAME/*.sql` with
`--env NAME`, each once, and again when its text is another (docs/seeds.md).

Under `apply` in pgplumb.yaml stand maintenance windows, whether what is due needs an approval,
and checks of what comes out, after which a run may be rolled back (docs/config.md).

Examples:
  pgplumb apply --db postgresql://localhost/shop --dry-run   what would be run
  pgplumb apply --env production --ticket SHOP-17
  pgplumb apply --to 20261121150000_orders
  pgplumb apply --env staging --seed
  pgplumb apply --targets shops.txt --canary acme --jobs 8 --max-failures 3

Exit status: 0 done, or nothing to do; 1 the database or the files are not as they should be;
2 failure; 130 interrupted.";

/// Run the migrations that are due on a live database
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    pub(super) database: Database,

    /// The last migration to run: its folder, its time, or its name
    #[arg(long, value_name = "ID")]
    pub(super) to: Option<String>,

    /// Contract runs what is held back as well, at once: the second half of a change, for when nothing
    /// uses any more what it takes away
    #[arg(long, value_enum, default_value_t = Phase::Expand)]
    pub(super) phase: Phase,

    /// Only say what would be run
    #[arg(long)]
    pub(super) dry_run: bool,

    /// What the books say of why; kept with each migration
    #[arg(long, value_name = "TICKET")]
    pub(super) ticket: Option<String>,

    /// Go on in spite of a database that is not as it should be (`drift`), of migrations that come too late
    /// (`out-of-order`), of closed maintenance windows (`window`), of what the rules of `lint` find (`lint`), of
    /// production where seeds are to run (`seed`), or of what a check of `preflight` finds (its code)
    #[arg(long, value_name = "CODE", value_parser = force(), hide_possible_values = true)]
    pub(super) force: Vec<String>,

    /// Ask the database first, read-only, whether the rows that are there let the migrations through
    #[arg(long)]
    pub(super) check_data: bool,

    /// Let through what that finds, or a rule of `lint`, of all objects or of one; `all` is all
    #[arg(long, value_name = "CODE[:OBJECT]")]
    pub(super) allow: Vec<Allow>,

    /// Run only what this hash of `--dry-run` is for; of many databases each has its own
    #[arg(long, value_name = "HASH", conflicts_with = "dry_run")]
    pub(super) approval: Vec<String>,

    /// Back up the database first, where anything is due
    #[arg(long)]
    pub(super) backup: bool,

    /// Run the seeds, too, after the migrations and what is checked after them; in production only with
    /// `--force seed`
    #[arg(long)]
    pub(super) seed: bool,

    /// Do not ask
    #[arg(long)]
    pub(super) yes: bool,

    /// Say each step on stderr
    #[arg(long)]
    pub(super) verbose: bool,

    #[command(flatten)]
    pub(super) blockers: Blockers,

    #[command(flatten)]
    pub(super) events: Events,

    #[command(flatten)]
    pub(super) fleet: Fleet,

    #[command(flatten)]
    pub(super) rollout: Rollout,
}

const DRIFT: &str = "drift";
const OUT_OF_ORDER: &str = "out-of-order";
pub(super) const POOLER: &str = pooler::CHECK.code;

/// What `--force` takes.
fn force() -> PossibleValuesParser {
    let checks = CHECKS.iter().filter(|check| check.stops).map(|check| check.code);
    PossibleValuesParser::new([DRIFT, OUT_OF_ORDER, WINDOW, LINT, SEED].into_iter().chain(checks))
}

impl Args {
    pub(super) fn order(&self) -> Order {
        let forced = |code: &str| self.force.iter().any(|given| given == code);
        Order {
            to: self.to.clone(),
            despite_drift: forced(DRIFT),
            out_of_order: forced(OUT_OF_ORDER),
            only_begun: false,
            contract: self.phase == Phase::Contract,
            seeds: None,
            checked: false,
        }
    }

    pub(super) fn gate<'a>(&'a self, config: &Config, environment: Option<&'a str>) -> Gate<'a> {
        let forced = |code: &str| self.force.iter().any(|given| given == code);
        let gate = Gate::of(config, environment).despite_windows(forced(WINDOW)).despite_rules(forced(LINT));
        gate.approved(&self.approval).allowing(&self.allow).verbose(self.verbose)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub(super) enum Phase {
    Expand,
    Contract,
}
