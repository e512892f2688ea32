//! `pgplumb health locks`: who waits for whom, and how to end it.

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::runner::{agrees, can_ask};
use crate::config::Config;
use crate::db::connection::connect;
use crate::exit::Exit;
use crate::operate::health::locks::{Session, is_there, sessions, stop, tree};

/// Show who waits for whom, as a tree; stop a statement, or end a session
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    database: Database,

    /// Stop what the session with this PID is doing
    #[arg(long, value_name = "PID", conflicts_with = "end")]
    cancel: Option<i32>,

    /// End the session with this PID
    #[arg(long, value_name = "PID")]
    end: Option<i32>,

    /// Do not ask before that
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(args: &Args, config: &Config) -> Result<Exit, CommandError> {
    let to = args.database.require(config)?;
    let mut connection = connect(&to)?;
    let Some(pid) = args.cancel.or(args.end) else {
        let sessions = sessions(&mut connection)?;
        let lines: String = tree(&sessions).into_iter().map(|(depth, session)| line(depth, session)).collect();
        out::text(if lines.is_empty() { "nobody waits for anybody\n" } else { &lines })?;
        return Ok(if lines.is_empty() { Exit::Fine } else { Exit::Differs });
    };
    let whole = args.end.is_some();
    if !is_there(&mut connection, pid)? {
        return Err(CommandError::NoSession { pid, database: to.describe() });
    }
    let what = if whole { "end the session" } else { "stop what is done by the session" };
    if !args.yes {
        if !can_ask() {
            out::remark(&format!("{what} with PID {pid}: say so with `--yes`"));
            return Ok(Exit::Differs);
        }
        if !agrees(&format!("{what} with PID {pid}?")) {
            return Ok(Exit::Differs);
        }
    }
    let done = stop(&mut connection, pid, whole)?;
    let told = match (done, whole) {
        (false, _) => format!("PID {pid} is gone already\n"),
        (true, true) => format!("told PID {pid} to end\n"),
        (true, false) => format!("told PID {pid} to stop what it does\n"),
    };
    out::text(&told)?;
    Ok(Exit::Fine)
}

fn line(depth: usize, session: &Session) -> String {
    let Session { pid, usename, application, state, seconds, blockers, mode, waited, object } = session;
    let indent = "  ".repeat(depth);
    let named = if application.is_empty() { String::new() } else { format!(", {application}") };
    let mut text = format!("{indent}PID {pid}, {usename}{named}, {state}, transaction of {seconds:.0} s");
    if let (Some(mode), Some(waited), Some(object)) = (mode, waited, object) {
        text.push_str(&format!("; waits {waited:.0} s for {mode} on {object}"));
    }
    if blockers.contains(&0) {
        text.push_str("; a prepared transaction is in its way");
    }
    text + "\n"
}
