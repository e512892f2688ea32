//! `pgplumb plan`: from the live database to the schema files, as a proven pair of migrations.

mod again;
mod contract;
mod fleet;
mod give;
mod large;
mod online;
pub(super) mod pair;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;

use jiff::Timestamp;

use crate::catalog::Catalog;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::fleet::Fleet;
use crate::command::format::{ToFile, to_file};
pub(super) use crate::command::plan::again::{Again, again};
use crate::command::plan::contract::{Held, directive};
use crate::command::plan::give::{folder, give};
use crate::command::plan::large::is_large;
use crate::command::plan::online::{Online, Wanted, online};
use crate::command::plan::pair::Pair;
use crate::command::progress::Progress;
use crate::command::side::{Opener, Side, load, of_loaded, read_live, title};
use crate::command::{asked, renamed, runner};
use crate::diff::diff;
use crate::exit::Exit;
use crate::grade::{Grade, losses};
use crate::kind::Key;
use crate::lint::allow::Allow;
use crate::lint::{Input, blocked, check};
use crate::propose::expand::Outcome;
use crate::propose::{Proposal, Request, propose};
use crate::prove::Bench;
use crate::prove::handover::hand_over;
use crate::report::Report;
use crate::scratch::database::ScratchDb;
use crate::scratch::target::Target;
use crate::script::Settings;
use crate::script::slug::{slug, spelled};
use crate::source::files::{self, Loaded};
use crate::source::owned::act_for;
use crate::strategy;

const AFTER_HELP: &str = "\
Without a database (`--db`, `--env`, DATABASE_URL, PGHOST) the schema files are compared with the
migrations folder, replayed on scratch.

What loses data blocks, and so does what looks like a rename: each finding has a code, and `--allow`
lets it through. The files are written all the same.

`--check-data` asks the live database, in read-only transactions with a timeout, for rows that would
stop the plan half-way: duplicates, NULLs, orphans, values that a type or a CHECK does not take. It
shows how many there are and at most five primary keys, nothing else of a row.

A rename that keeps the old name, `-- pgplumb: renamed from OLD keep 2 releases`, is two
migrations: the second takes the old name away, and `apply` holds it back until then.

Examples:
  pgplumb plan                                             what the edited files change
  pgplumb plan --db postgresql://localhost/shop --stdout   only look
  pgplumb plan --env production --allow drop-column:orders.note

Exit status: 0 nothing blocks, 1 a finding blocks, 2 failure.";

/// Plan the way from the live database to the schema files, and prove it
#[derive(clap::Args, Clone)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// A file or folder of the desired schema; may be given several times
    #[arg(long, value_name = "PATH")]
    schema: Vec<PathBuf>,

    /// Write up.sql, down.sql and plan.json right here
    #[arg(long, value_name = "DIR", conflicts_with = "stdout")]
    out: Option<PathBuf>,

    /// Write nothing; print the up, or the plan with `--format json`
    #[arg(long)]
    stdout: bool,

    /// How it is printed: json is plan.json, markdown a comment on a pull request, html a
    /// page to look at; sarif, github, gitlab and junit hold the findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write the plan to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = to_file::<Format>)]
    report: Vec<ToFile<Format>>,

    /// What the change is called in the name of its folder
    #[arg(long, value_name = "SLUG")]
    name: Option<String>,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    /// Do not run the plan on scratch
    #[arg(long)]
    no_prove: bool,

    /// Let findings through, of all objects or of one; `all` is all
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<Allow>,

    /// The online form of what would keep others waiting on a table in use (on, the default), or the
    /// plain one (off); expand takes two migrations for a type that writes its table anew and for a
    /// column or table that goes, the second held back; swap:TABLE[,TABLE] builds tables beside and
    /// exchanges them, in two as well
    #[arg(long, value_name = "FORM", value_parser = online)]
    online: Vec<Online>,

    /// What it is planned for: tests get the plain form, as `--online off`
    #[arg(long = "for", value_enum, default_value_t = Purpose::Production, value_name = "PURPOSE")]
    purpose: Purpose,

    /// Ask the live database, read-only, whether the rows that are there let the plan through
    #[arg(long)]
    check_data: bool,

    /// Block where the database has something that is not managed
    #[arg(long)]
    strict: bool,

    /// Say on stderr how long each part took
    #[arg(long)]
    timings: bool,

    #[command(flatten)]
    fleet: Fleet,

    /// Goes on from the migrations before this one, whatever database is there.
    #[arg(skip)]
    before: Option<String>,

    /// Writes the folders into this one, from where somebody else moves them to their place.
    #[arg(skip)]
    into: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Purpose {
    Production,
    Tests,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    // Documented for each value, the whole help would be twice as long.
    Text,
    Json,
    Markdown,
    Html,
    Sarif,
    Github,
    Gitlab,
    Junit,
}

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
    let (live, desired) = sides(args, &mut opener)?;
    let rules = opener.rules(&live, &desired);
    let Some(loaded) = desired.loaded else { return Err(CommandError::NoDatabase) };
    let rules = rules.with_updates(&loaded.db)?;
    let (loader, role) = (loaded.db.loader(), live.role.as_deref());
    let as_applied = |mut catalog: Catalog| {
        act_for(&mut catalog, loader, role.unwrap_or(loader));
        catalog
    };
    let timings = opener.timings.clone();
    let (from, to) =
        timings.time("cleaning both sides", || rules.clean_both(live.catalog, as_applied(desired.catalog)));
    let directives = renamed::read(&loaded.statements)?;
    let renames = renamed::renames(&directives, &to.facts);
    let wanted = Wanted::of(&args.online, &from, &to)?;
    let threshold = opener.config.lint.threshold();
    let online = args.purpose == Purpose::Production && !args.online.contains(&Online::Off);
    let wanted = if online { wanted } else { Wanted::Nothing };
    let request = Request {
        live: &from,
        desired: &to,
        renames: &renames,
        prepare: &|catalog, model| rules.beside(as_applied(catalog), model),
        prove: !args.no_prove,
        rewrite: if online { &strategy::online } else { &strategy::plain },
        hot: &|table| online && is_large(table, &live.sizes, threshold),
        timings: &timings,
    };
    let (proposal, outcome) = on_scratch(&loaded.db, role, &request, &wanted)?;
    let (proposal, held) = Held::of(outcome.expansion, proposal);
    let filled = held.as_ref().map(|held| held.filled.clone()).unwrap_or_default();
    let heads: Vec<String> = filled.iter().map(directive).collect();
    let goal = held.as_ref().map_or(&to, |held| &held.between);
    let places = |key: &Key| loaded.places.of(key);
    let base = proposal.base.as_ref().unwrap_or(goal);
    let losses = losses(&proposal.up, &from.facts, &base.facts);
    let grade = Grade::of(&losses, proposal.proof.as_ref().map_or(&[], |proof| &proof.rows.changed));
    let asked = if args.check_data { asked::of_plan(&args.database, &opener, &proposal.up)? } else { Vec::new() };
    let input = Input {
        up: &proposal.up,
        live: &from.facts,
        desired: &base.facts,
        losses: &losses,
        grade: &grade,
        grants_declared: desired.grants,
        sizes: &live.sizes,
        threshold: opener.config.lint.threshold(),
        version: live.version,
        not_managed: if args.strict { &from.excluded } else { &BTreeMap::new() },
        asked: &asked,
        places: &places,
    };
    let findings = check(
        &input,
        &opener.config.lint.policy(args.database.env.as_deref()),
        &[args.allow.clone(), renamed::allows(&directives), filled.clone()].concat(),
    );
    let slug = match &args.name {
        Some(name) => spelled(name),
        None => slug(&diff(&from.facts, &to.facts)),
    };
    let scope = runner::scope(&opener.config);
    // What the up was seen to lead to, where it was run: the runner measures the same.
    let arrived = proposal.proof.as_ref().map_or(goal, |proof| &proof.reached);
    let (left, reached) = timings.time("fingerprints", || (scope.portable(&from), scope.portable(arrived)));
    let pair = Pair {
        proposal: &proposal,
        from: &from,
        to: goal,
        left: &left,
        reached: &reached,
        grade: &grade,
        slug: &slug,
        major: desired.major,
        settings: &settings(&opener),
        sizes: &live.sizes,
        places: &places,
        notes: &heads,
    };
    let (up_sql, down_sql) = timings.time("writing the scripts", || (pair.up(), pair.down()));
    let notes = [notes(&loaded, opener.target()), outcome.notes].concat();
    let scratch = opener.scratch_used().unwrap_or_default();
    let mut report = Report {
        tool: env!("CARGO_PKG_VERSION"),
        server_major: desired.major,
        slug: &slug,
        live: &live.title,
        desired: &desired.title,
        scratch: &scratch,
        from: &left,
        to: &reached,
        live_facts: &from.facts,
        desired_facts: &base.facts,
        edges: [&from.edges, &base.edges],
        up: &proposal.up,
        down: &proposal.down,
        grade: &grade,
        proof: proposal.proof.as_ref(),
        findings: &findings,
        excluded: &from.excluded,
        sizes: &live.sizes,
        notes: &notes,
        up_sql: &up_sql,
        down_sql: &down_sql,
        written: None,
        places: &places,
    };
    let now = Timestamp::now();
    timings.time("reporting and writing", || give(args, &mut report, &folder(args, &opener, &slug, now)))?;
    let mut blocks = blocked(&findings);
    if let Some(held) = &held {
        blocks |= held.give(args, &opener, now, &to, &renamed::allows(&directives), (&pair, &input, &report))?;
    }
    let empty = proposal.up.is_empty();
    timings.time("removing the scratch", move || drop((loaded, opener)));
    Ok((if blocks { Exit::Differs } else { Exit::Fine }, empty))
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

/// The live side and the desired one; a live database is read while scratch loads the files.
fn sides(args: &Args, opener: &mut Opener) -> Result<(Side, Side), CommandError> {
    let paths = if args.schema.is_empty() { opener.config.schema() } else { args.schema.clone() };
    let timings = opener.timings.clone();
    let parsed = timings.time("parsing the files", || files::parse(&paths))?;
    let title = title(&parsed, &paths);
    let to = if args.before.is_some() { None } else { args.database.choose_target(&opener.config)? };
    let Some(to) = to else {
        let live = opener.replay(&opener.config.migrations(), args.before.as_deref())?;
        let desired = of_loaded(load(parsed, opener.scratch()?, &timings)?, title);
        return Ok((live, desired));
    };
    let mut live = opener.live(&to)?;
    let scratch = opener.scratch()?;
    thread::scope(|scope| {
        let reading = scope.spawn(|| read_live(&mut live, &timings));
        let loaded = load(parsed, scratch, &timings);
        let live = reading.join().map_err(|_| CommandError::Lost)?;
        Ok((live?, of_loaded(loaded?, title)))
    })
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

/// What the reader should know of the files, a sentence each.
fn notes(loaded: &Loaded, target: Option<&Target>) -> Vec<String> {
    let new = |role: &&String| target.is_some_and(|target| !target.roles.contains_key(*role));
    let roles = loaded.roles_created.iter().filter(new);
    let missing = roles.map(|role| format!("the schema names the role `{role}`, which is not on the live server"));
    loaded.notes.iter().cloned().chain(missing).collect()
}
