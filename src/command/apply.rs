//! `pgplumb apply`: what is due, run on a live database, or on many.

mod args;
mod fleet;
mod rollout;
mod seeding;
mod shown;

use std::collections::BTreeSet;
use std::path::Path;

use crate::base::wording::listed;
pub use crate::command::apply::args::Args;
use crate::command::apply::args::POOLER;
use crate::command::apply::shown::shown;
use crate::command::backup::before_a_run;
use crate::command::database::may_back_up;
use crate::command::error::CommandError;
use crate::command::events::Ear;
use crate::command::preflight::before;
use crate::command::run::Run;
use crate::command::runner::{agrees, can_ask, options};
use crate::command::{asked, interrupt, out};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::migrate::apply::Order;
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::session::{Options, Session};
use crate::migrate::stop::Stop;

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
