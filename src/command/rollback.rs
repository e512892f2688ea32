//! `pgplumb rollback`: what was applied last, taken back with the downs that the books hold.

use std::path::Path;

use crate::base::wording::counted;
use crate::command::backup::before_a_run;
use crate::command::blockers::Blockers;
use crate::command::database::{Database, may_back_up};
use crate::command::error::CommandError;
use crate::command::events::{Ear, Events};
use crate::command::gate::Gate;
use crate::command::preflight::before;
use crate::command::runner::{agrees, ask, can_ask, options};
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::lint::allow::Allow;
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::rollback::{Reach, Undo};
use crate::migrate::session::{Options, Session};
use crate::migrate::stop::Stop;

const AFTER_HELP: &str = "\
The SQL is that of the down as it was when the migration was applied: the books keep both scripts.
What does not bring everything back asks for the name of the migration to be typed, or for
`--allow down-lossy:OBJECT`; without a terminal nothing is asked. Rows that came after a migration
into tables that it made go with the tables.

`--keep` copies what a down drops into the schema `pgplumb_kept`, in the transaction and under the
locks of the drop: tables, columns with the key of their rows, positions of sequences. The next
`apply` of the migration puts it back, or `restore-kept`. What is kept needs no name typed.

Ctrl-C ends it after the step that is at work, the second cancels that step, and the next `rollback`
goes on from there.

Examples:
  pgplumb rollback --dry-run                          what would be taken back
  pgplumb rollback 2
  pgplumb rollback --to 20261121150000_orders         all that came after it
  pgplumb rollback --allow down-lossy:orders.note
  pgplumb rollback --keep --ticket SHOP-18

Exit status: 0 done, or nothing to do; 1 there is no way back, or it was not allowed;
2 failure; 130 interrupted.";

/// Take back what was applied last
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// How many migrations
    #[arg(default_value_t = 1, value_name = "N")]
    count: usize,

    #[command(flatten)]
    database: Database,

    /// The migration to go back to; it stays
    #[arg(long, value_name = "ID", conflicts_with = "count")]
    to: Option<String>,

    /// Only say what would be taken back
    #[arg(long)]
    dry_run: bool,

    /// What the books say of why; kept with each migration beside that of `apply`
    #[arg(long, value_name = "TICKET")]
    ticket: Option<String>,

    /// Let a loss through: `down-lossy`, `down-lossy:OBJECT`, `down-lossy:ID`
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<Allow>,

    /// Keep the rows and values that a down drops, so that the next `apply` can put them back
    #[arg(long)]
    keep: bool,

    /// Go on in spite of a database that is not as it should be, or of closed maintenance windows
    #[arg(long, value_enum, value_name = "CODE")]
    force: Vec<Force>,

    /// Back up the database first, where anything is taken back
    #[arg(long)]
    backup: bool,

    /// Do not ask; a loss is to be allowed by name all the same
    #[arg(long)]
    yes: bool,

    /// Say each step on stderr
    #[arg(long)]
    verbose: bool,

    #[command(flatten)]
    blockers: Blockers,

    #[command(flatten)]
    events: Events,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Force {
    Drift,
    Window,
}

/// # Errors
/// When there is no way back, a loss is not allowed, or a statement fails.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    may_back_up(args.backup, &to)?;
    let mut ear = args.events.open(&to, args.verbose)?;
    let stop = interrupt::listen();
    let done = back(args, &config, &to, &mut ear, &stop);
    ear.ends(interrupt::told(done, &stop))
}

fn back(args: &Args, config: &Config, to: &ConnectionString, ear: &mut Ear, stop: &Stop) -> Result<Exit, CommandError> {
    let files = folder::read(&config.migrations())?;
    let reach = args.to.clone().map_or(Reach::Count(args.count), Reach::To);
    let (result, mut say) = (ear.result(), |event: Event| ear.hear(event));
    let end_older_than = args.blockers.older_than(config, args.database.env.as_deref())?;
    let options = Options { end_older_than, stop: stop.clone(), ..options(config, args.ticket.as_deref()) };
    let mut session = Session::open(to, options, &mut say)?;
    let drifted = args.force.contains(&Force::Drift);
    if args.dry_run {
        let undos = session.way_back(&files, &reach, drifted)?;
        result.text(&shown(&undos))?;
        if args.keep {
            result.text(&kept(&mut session, &undos)?)?;
        }
        return Ok(Exit::Fine);
    }
    let gate = Gate::of(config, args.database.env.as_deref()).despite_windows(args.force.contains(&Force::Window));
    before::not_pooled(&mut session.connection)?;
    session.enter_books()?;
    let undos = session.way_back(&files, &reach, drifted)?;
    if undos.is_empty() {
        session.roll_back(&[], drifted, false)?;
        result.text("nothing to roll back\n")?;
        return Ok(Exit::Fine);
    }
    gate.is_open()?;
    if !allowed(args, &undos, &to.describe())? {
        out::remark("nothing was rolled back");
        return Ok(Exit::Differs);
    }
    if args.backup {
        out::remark(&before_a_run(config, to, "before-rollback")?);
    }
    session.roll_back(&undos, drifted, args.keep)?;
    Ok(Exit::Fine)
}

/// Whether a person, or the command line, agrees to all of it.
fn allowed(args: &Args, undos: &[Undo], database: &str) -> Result<bool, CommandError> {
    for undo in undos {
        let losses = undo.not_allowed(&args.allow);
        if losses.is_empty() {
            continue;
        }
        // What the up took is gone already; what the down takes is kept.
        if args.keep && undo.only_drops() {
            let gone = undo.losses.join(", ");
            let gone =
                if gone.is_empty() { gone } else { format!("; what went when it was applied stays gone: {gone}") };
            out::remark(&format!("what the down of {} drops is kept{gone}", undo.id()));
            continue;
        }
        let refused = || MigrateError::from(StateError::Lossy { id: undo.id().to_owned(), losses: losses.clone() });
        if !can_ask() {
            return Err(refused().into());
        }
        out::remark(&format!("{} does not bring back: {}", undo.id(), losses.join(", ")));
        if ask(&format!("type `{}` to roll it back all the same", undo.id())) != undo.id() {
            return Err(refused().into());
        }
    }
    if args.yes || !can_ask() {
        return Ok(true);
    }
    out::text(&shown(undos))?;
    Ok(agrees(&format!("roll this back on {database}?")))
}

/// What would be kept, and what of it cannot be.
fn kept(session: &mut Session, undos: &[Undo]) -> Result<String, CommandError> {
    let mut text = String::new();
    for undo in undos {
        for foreseen in session.foresee(&undo.script)? {
            text.push_str(&format!("would keep {}\n", foreseen.told()));
        }
    }
    Ok(text)
}

fn shown(undos: &[Undo]) -> String {
    if undos.is_empty() {
        return "nothing to roll back\n".to_owned();
    }
    let one = |undo: &Undo| {
        let grade = match (&undo.grade, undo.losses.is_empty()) {
            (Some(grade), true) => grade.clone(),
            (Some(grade), false) => format!("{grade}: {}", undo.losses.join(", ")),
            (None, _) => "what it loses is not measured".to_owned(),
        };
        format!("would roll back {}  {}; {grade}\n", undo.id(), counted(undo.script.steps().count(), "step"))
    };
    undos.iter().map(one).collect()
}
