//! `pgplumb apply`: what is due, run on a live database, or on many.

mod fleet;
mod rollout;
mod seeding;
mod shown;

use std::collections::BTreeSet;
use std::path::Path;

use clap::builder::PossibleValuesParser;

use crate::base::wording::listed;
use crate::command::apply::rollout::Rollout;
use crate::command::apply::shown::shown;
use crate::command::backup::before_a_run;
use crate::command::blockers::Blockers;
use crate::command::database::{Database, may_back_up};
use crate::command::error::CommandError;
use crate::command::events::{Ear, Events};
use crate::command::fleet::Fleet;
use crate::command::gate::{Gate, LINT, SEED, WINDOW};
use crate::command::preflight::before;
use crate::command::run::Run;
use crate::command::runner::{agrees, can_ask, options};
use crate::command::{asked, interrupt, out};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::lint::allow::Allow;
use crate::migrate::apply::Order;
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::session::{Options, Session};
use crate::migrate::stop::Stop;
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
    database: Database,

    /// The last migration to run: its folder, its time, or its name
    #[arg(long, value_name = "ID")]
    to: Option<String>,

    /// Contract runs what is held back as well, at once: the second half of a change, for when nothing
    /// uses any more what it takes away
    #[arg(long, value_enum, default_value_t = Phase::Expand)]
    phase: Phase,

    /// Only say what would be run
    #[arg(long)]
    dry_run: bool,

    /// What the books say of why; kept with each migration
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,

    /// Go on in spite of a database that is not as it should be (`drift`), of migrations that come too late
    /// (`out-of-order`), of closed maintenance windows (`window`), of what the rules of `lint` find (`lint`), of
    /// production where seeds are to run (`seed`), or of what a check of `preflight` finds (its code)
    #[arg(long, value_name = "CODE", value_parser = force(), hide_possible_values = true)]
    force: Vec<String>,

    /// Ask the database first, read-only, whether the rows that are there let the migrations through
    #[arg(long)]
    check_data: bool,

    /// Let through what that finds, or a rule of `lint`, of all objects or of one; `all` is all
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<Allow>,

    /// Run only what this hash of `--dry-run` is for; of many databases each has its own
    #[arg(long, value_name = "HASH", conflicts_with = "dry_run")]
    approval: Vec<String>,

    /// Back up the database first, where anything is due
    #[arg(long)]
    backup: bool,

    /// Run the seeds, too, after the migrations and what is checked after them; in production only with
    /// `--force seed`
    #[arg(long)]
    seed: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Say each step on stderr
    #[arg(long)]
    verbose: bool,

    #[command(flatten)]
    blockers: Blockers,

    #[command(flatten)]
    events: Events,

    #[command(flatten)]
    fleet: Fleet,

    #[command(flatten)]
    rollout: Rollout,
}

const DRIFT: &str = "drift";
const OUT_OF_ORDER: &str = "out-of-order";
const POOLER: &str = pooler::CHECK.code;

/// What `--force` takes.
fn force() -> PossibleValuesParser {
    let checks = CHECKS.iter().filter(|check| check.stops).map(|check| check.code);
    PossibleValuesParser::new([DRIFT, OUT_OF_ORDER, WINDOW, LINT, SEED].into_iter().chain(checks))
}

impl Args {
    fn order(&self) -> Order {
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
}

impl Args {
    fn gate<'a>(&'a self, config: &Config, environment: Option<&'a str>) -> Gate<'a> {
        let forced = |code: &str| self.force.iter().any(|given| given == code);
        let gate = Gate::of(config, environment).despite_windows(forced(WINDOW)).despite_rules(forced(LINT));
        gate.approved(&self.approval).allowing(&self.allow).verbose(self.verbose)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Phase {
    Expand,
    Contract,
}

/// # Errors
/// When the database or the files are not as they should be, or a statement fails.
pub fn run(args: &Args, config: Option<&Path>, run: &Run) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    if let Some(targets) = args.fleet.targets(&args.database, &config)? {
        args.events.not_for_many()?;
        return fleet::run(args, targets, &config, run);
    }
    args.rollout.for_one()?;
    let to = args.database.require_target(&config)?;
    may_back_up(args.backup, &to)?;
    let mut ear = args.events.open(&to, args.verbose)?;
    let stop = interrupt::listen();
    let done = on_one(args, &config, &to, &mut ear, &stop);
    ear.ends(interrupt::told(done, &stop))
}

fn on_one(
    args: &Args,
    config: &Config,
    to: &ConnectionString,
    ear: &mut Ear,
    stop: &Stop,
) -> Result<Exit, CommandError> {
    let files = folder::read(&config.migrations())?;
    let force: BTreeSet<String> = args.force.iter().cloned().collect();
    let environment = args.database.env.as_deref();
    args.may_seed(config, [(args.database.env.clone(), to)].into_iter())?;
    let order = Order { seeds: args.seeds(config, environment)?, ..args.order() };
    let gate = args.gate(config, environment);
    let result = ear.result();
    let mut say = |event: Event| ear.hear(event);
    let end_older_than = args.blockers.older_than(config, args.database.env.as_deref())?;
    let options = Options { end_older_than, stop: stop.clone(), ..options(config, args.ticket.as_deref()) };
    let mut session = Session::open(to, options, &mut say)?;
    if !args.dry_run {
        gate.before(&mut session, &files, &order)?;
    }
    gate.lint(&mut session, &files, &order)?;
    let (checks, asks) = (args.check_data || config.apply.check_data, can_ask() && !args.yes);
    if checks || args.dry_run || asks {
        let due = session.preview(&files, &order)?;
        if checks && !asked::lets_through(to, config, environment, &due, &args.allow)? {
            return Ok(Exit::Differs);
        }
        let seeds = order.seeds.as_ref().map(|seeds| session.seeds_due(seeds)).transpose()?.unwrap_or_default();
        if args.dry_run {
            let unchecked = if due.is_empty() && seeds.is_empty() { gate.unchecked(&mut session)? } else { Vec::new() };
            if !unchecked.is_empty() {
                result.text(&format!("would ask the checks after {}\n", listed(&unchecked)))?;
            }
            result.text(&(shown(&due, &seeds, args.verbose) + &gate.hash(&mut session, &files, &order)?))?;
            return Ok(Exit::Fine);
        }
        if asks && !(due.is_empty() && seeds.is_empty()) {
            result.text(&shown(&due, &seeds, args.verbose))?;
            if !agrees(&format!("run this on {}?", to.describe())) {
                out::remark("nothing was run");
                return Ok(Exit::Differs);
            }
        }
    }
    if session.is_due(&files, &order)? {
        before::check(&mut session.connection, config, &force, args.verbose, &out::remark)?;
        if args.backup {
            out::remark(&before_a_run(config, to, "before-apply")?);
        }
    } else if !force.contains(POOLER) {
        before::not_pooled(&mut session.connection)?;
    }
    if gate.apply(&mut session, &files, &order, &out::remark)?.is_empty() {
        result.text("nothing to apply\n")?;
    }
    Ok(Exit::Fine)
}
