//! `pgplumb resume`: what was cut off, explained or finished.

use std::path::Path;

use crate::base::wording::listed;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::gate::Gate;
use crate::command::listener::Listener;
use crate::command::preflight::before;
use crate::command::runner::{done, options};
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::apply::Order;
use crate::migrate::event::Event;
use crate::migrate::explain::Found;
use crate::migrate::folder::{self, Migration};
use crate::migrate::rollback::Reach;
use crate::migrate::session::{Options, Session};
use crate::report::secret::{masked, secrets, without};

const AFTER_HELP: &str = "\
`pgplumb apply` goes on where a run was cut off as well, and then with what else is due.

Examples:
  pgplumb resume --explain    what was found, and what will be done about each step
  pgplumb resume              do it, and nothing else

Exit status: 0 nothing was cut off, or it is finished; 1 something was (with `--explain`);
2 failure; 130 interrupted.";

/// Finish what was cut off, and nothing else
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Only say what was found and what will be done
    #[arg(long)]
    explain: bool,
}

/// # Errors
/// When the database cannot be reached, or a statement fails.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let config = Config::load(config)?;
    let to = args.database.require_target(&config)?;
    let files = folder::read(&config.migrations())?;
    let mut listener = Listener::alone(false);
    let mut tell = |event: Event| {
        if let Some(line) = done(&event) {
            // What was done is done, whether somebody reads of it or not.
            let _ = out::text(&format!("{line}\n"));
        }
        listener.hear(event);
    };
    let stop = interrupt::listen();
    let mut session = Session::open(&to, Options { stop: stop.clone(), ..options(&config, None) }, &mut tell)?;
    interrupt::told(finish(args, &config, &files, &mut session), &stop)
}

fn finish(args: &Args, config: &Config, files: &[Migration], session: &mut Session) -> Result<Exit, CommandError> {
    // To explain a step the settings of its script are made, which are not for others.
    before::not_pooled(&mut session.connection)?;
    let found = session.explain(files)?;
    let gate = Gate::of(config, args.database.env.as_deref());
    let due = session.is_due(files, &Order::default()).unwrap_or(true);
    // Where something is due, they are asked behind that.
    let unchecked = if due || !found.is_empty() { Vec::new() } else { gate.unchecked(session)? };
    if found.is_empty() && unchecked.is_empty() {
        out::text("nothing was cut off\n")?;
        return Ok(Exit::Fine);
    }
    if args.explain {
        let checks = (!unchecked.is_empty()).then(|| {
            let ids = listed(&unchecked);
            format!("the checks after {ids} were not asked\n`pgplumb apply` asks them\n")
        });
        out::text(&found.iter().map(shown).chain(checks).collect::<Vec<_>>().join("\n"))?;
        return Ok(Exit::Differs);
    }
    let forward = found.iter().any(|found| found.forward);
    if forward {
        // What is left of it may have been edited since somebody read it.
        gate.needs_no_approval()?;
    }
    session.enter_books()?;
    let back = session.way_back(files, &Reach::Begun, true);
    if forward || !unchecked.is_empty() {
        gate.apply(session, files, &Order { only_begun: true, ..Order::default() }, &out::remark)?;
    } else {
        session.roll_back(&back?, false, false)?;
    }
    Ok(Exit::Fine)
}

fn shown(found: &Found) -> String {
    let way = if found.forward { "applied" } else { "rolled back" };
    let mut text = format!("{} is half {way}\n", found.id);
    if let Some(error) = &found.error {
        text.push_str(&format!("  it stopped with: {}\n", without(error, &secrets(&found.script))));
    }
    for step in &found.steps {
        text.push_str(&format!("  {}  {}: {}\n", step.number, step.state, masked(&step.sql)));
    }
    let verb = if found.forward { "apply" } else { "rollback" };
    text.push_str(&format!("`pgplumb {verb}` goes on with the first that is not done\n"));
    text
}
