//! `pgplumb plan`: from the live database to the schema files, as a proven pair of migrations.

mod again;
mod args;
mod contract;
mod first;
mod fleet;
mod give;
mod large;
mod online;
pub(super) mod pair;
mod sides;

use std::path::Path;

use crate::command::error::CommandError;
pub(super) use crate::command::plan::again::{Again, again};
pub use crate::command::plan::args::Args;
use crate::command::plan::args::Purpose;
use crate::command::plan::contract::Held;
use crate::command::plan::first::First;
use crate::command::plan::large::is_large;
use crate::command::plan::online::{Online, Wanted};
use crate::command::plan::sides::Sides;
use crate::command::progress::Progress;
use crate::command::renamed;
use crate::command::side::Opener;
use crate::exit::Exit;
use crate::kind::Key;
use crate::propose::expand::Outcome;
use crate::propose::{Proposal, Request, propose};
use crate::prove::Bench;
use crate::prove::handover::hand_over;
use crate::scratch::database::ScratchDb;
use crate::script::Settings;
use crate::strategy;

/// # Errors
/// When a side cannot be read, no order works, the proof fails, or nothing can be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let opener = Opener::new(config, args.scratch.as_deref())?;
    if let Some(targets) = args.fleet.targets(&args.database, &opener.config)? {
        return fleet::run(args, targets, config);
    }
    if args.check_data {
        args.database.require_target(&opener.config)?;
    }
    Ok(opener.timed(args.timings, |opener| make(args, opener))?.0)
}

/// The plan, from both sides to the files, and whether there is nothing in it; the scratch server is gone at the end.
fn make(args: &Args, mut opener: Opener) -> Result<(Exit, bool), CommandError> {
    let sides = Sides::read(args, &mut opener)?;
    let (proposal, outcome) = tried(args, &opener, &sides)?;
    let (proposal, held) = Held::of(outcome.expansion, proposal);
    let places = |key: &Key| sides.loaded.places.of(key);
    let first = First::of(args, &opener, &sides, (&proposal, held.as_ref()), &places)?;
    let blocks = first.give(args, &opener, &[sides.notes(opener.target()), outcome.notes].concat())?;
    let timings = opener.timings.clone();
    timings.time("removing the scratch", move || drop((sides.loaded, opener)));
    Ok((if blocks { Exit::Differs } else { Exit::Fine }, proposal.up.is_empty()))
}

/// The plan as it was asked for, tried on scratch, and what becomes of it in two migrations.
fn tried(args: &Args, opener: &Opener, sides: &Sides) -> Result<(Proposal, Outcome), CommandError> {
    let (from, to) = (&sides.live.catalog, &sides.desired.catalog);
    let renames = renamed::renames(&sides.directives, &to.facts);
    let wanted = Wanted::of(&args.online, from, to)?;
    let threshold = opener.config.lint.threshold();
    let online = args.purpose == Purpose::Production && !args.online.contains(&Online::Off);
    let wanted = if online { wanted } else { Wanted::Nothing };
    let request = Request {
        live: from,
        desired: to,
        renames: &renames,
        prepare: &|catalog, model| sides.beside(catalog, model),
        prove: !args.no_prove,
        rewrite: if online { &strategy::online } else { &strategy::plain },
        hot: &|table| online && is_large(table, &sides.live.sizes, threshold),
        timings: &opener.timings,
    };
    on_scratch(&sides.loaded.db, sides.live.role.as_deref(), &request, &wanted)
}

/// The plan, tried as this role on the database that holds the desired state, and what becomes of it in two migrations.
fn on_scratch(
    db: &ScratchDb,
    role: Option<&str>,
    request: &Request,
    wanted: &Wanted,
) -> Result<(Proposal, Outcome), CommandError> {
    if request.prove {
        db.know_roles()?;
    }
    let connect = || role.map_or_else(|| db.connect(), |role| db.connect_as(role));
    let mut bench = Bench { connection: &mut connect()?, watcher: &mut connect()? };
    if let Some(role) = role.filter(|_| request.prove) {
        request.timings.time("handing over what was loaded", || {
            db.hand_over(bench.connection, role)?;
            Ok::<_, CommandError>(hand_over(bench.connection, db.loader(), role)?)
        })?;
    }
    let _progress = Progress::start(if request.prove { "planning and proving" } else { "planning" });
    let proposal = propose(&mut bench, request)?;
    let outcome = wanted.outcome(&mut bench, request, &proposal)?;
    Ok((proposal, outcome))
}

/// What the scripts run under.
pub(super) fn settings(opener: &Opener) -> Settings {
    let timeouts = &opener.config.timeouts;
    Settings {
        lock_timeout: timeouts.lock.clone(),
        statement_timeout: Some(timeouts.statement.clone()).filter(|timeout| timeout != "0"),
        ..Settings::default()
    }
}
