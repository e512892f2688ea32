//! What the verbs of the runner have in common: how it is told of the database, and how it is heard.

pub(in crate::command) mod step;

use std::io::{BufRead, IsTerminal, stderr, stdin};
use std::time::Duration;

use crate::base::pattern::Pattern;
use crate::base::time::time;
use crate::base::wording::counted;
use crate::command::interrupt::asking;
use crate::command::out;
use crate::config::{Config, Scope as Compared};
use crate::migrate::books::Record;
use crate::migrate::event::{Blocker, Event};
use crate::migrate::foreign::origin::Origin;
use crate::migrate::retry::Retry;
use crate::migrate::scope::Scope;
use crate::migrate::session::Options;
use crate::migrate::stop::Stop;
use crate::report::secret::{masked, secrets, without};
use crate::source::leave::Leave;

/// What of a database counts, as the configuration says it.
pub(super) fn scope(config: &Config) -> Scope {
    let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
    Scope {
        leave: Leave {
            schemas: patterns(&config.exclude.schemas),
            objects: patterns(&config.exclude.objects),
            only: config.fleet.schema.clone(),
            ..Leave::default()
        },
        ignore_owners: config.compare.owners == Compared::Ignore,
        ignore_grants: config.compare.grants == Compared::Ignore,
        bind_grants: config.compare.grants == Compared::Everywhere,
    }
}

/// How a runner behaves, as the configuration says it.
pub(super) fn options(config: &Config, ticket: Option<&str>) -> Options {
    let apply = &config.apply;
    let retry = Retry { count: apply.retries, base: time(&apply.pause), cap: time(&apply.longest_pause) };
    let (scope, wait) = (scope(config), time(&apply.wait));
    let ticket = ticket.map(str::to_owned);
    Options { scope, retry, wait, ticket, end_older_than: None, stop: Stop::default() }
}

/// Whether a person can be asked.
pub(super) fn can_ask() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// What the person answers; nothing where there is no more to read.
pub(super) fn ask(question: &str) -> String {
    let mut answer = String::new();
    asking(|| {
        out::remark(question);
        // Who cannot be read has said nothing.
        let _ = stdin().lock().read_line(&mut answer);
    });
    answer.trim().to_owned()
}

/// Whether the person says yes to a question; whatever else is said is a no.
pub(super) fn agrees(question: &str) -> bool {
    ["y", "yes"].contains(&ask(&format!("{question} [y/N]")).to_lowercase().as_str())
}

/// What a person reads of an event; the steps only where they were asked for.
pub(super) fn lines(event: Event, verbose: bool) -> Vec<String> {
    let line = match event {
        Event::Waiting { pid, user, application, since } => {
            format!("waiting for another run: {user}, PID {pid}, {application}, connected since {since}")
        }
        Event::Begins { id, resumed: true, .. } => format!("{id} goes on where it stopped"),
        Event::Begins { id, .. } if verbose => id,
        Event::Step { number, of, sql, took } if verbose => {
            format!("  {number} of {of}  {}  {}", span(took), first_line(&sql))
        }
        Event::Progress { number, statement, elapsed, look } => {
            format!("  {}", step::so_far(number, &statement, &look, elapsed))
        }
        Event::Held { number, holders } => return step::held(number, &holders),
        Event::Filled { number, reading } => format!("  step {number}: {}", step::filled(&reading)),
        Event::Brakes { number, why } => format!("  step {number} waits: {why}"),
        Event::Found { number, what } => format!("  step {number} was cut off: {what}"),
        Event::Retries { attempt, of, why, pause, blockers } => {
            let first = format!("  {why}; again in {} ({attempt} of {of})", span(pause));
            return [first].into_iter().chain(blockers.iter().map(in_the_way)).collect();
        }
        Event::Ended { blocker } => {
            let Blocker { pid, user, application, seconds, .. } = &blocker;
            format!("  ended: PID {pid}, {user}, {application}, whose transaction was {seconds} s old")
        }
        Event::Note { text } => format!("note: {text}"),
        Event::SeedBegins { name, .. } if verbose => format!("seed {name}"),
        Event::Begins { .. }
        | Event::Step { .. }
        | Event::Done { .. }
        | Event::SeedBegins { .. }
        | Event::SeedDone { .. } => return Vec::new(),
    };
    vec![line]
}

/// `applied 20260101000000_orders  3 steps, 12 ms`, of a migration that is done, or `seeded 10_users.sql`.
pub(super) fn done(event: &Event) -> Option<String> {
    let (way, id, steps, took) = match event {
        Event::Done { id, steps, took, forward } => (if *forward { "applied" } else { "rolled back" }, id, steps, took),
        Event::SeedDone { name, steps, took } => ("seeded", name, steps, took),
        _ => return None,
    };
    Some(format!("{way} {id}  {}, {}", counted(*steps, "step"), span(*took)))
}

/// `2026-01-01 00:00:00 by shop from host`: when a migration ran, and who ran it; where another tool did, which one.
pub(super) fn ran(at: &str, by: &str, host: Option<&str>, origin: Option<&Origin>) -> String {
    // To the second: the rest is for programs.
    let at = at.get(..19).unwrap_or(at).replace('T', " ");
    let Some(origin) = origin else {
        let host = host.map(|host| format!(" from {host}")).unwrap_or_default();
        return format!("{at} by {by}{host}");
    };
    let tool = &origin.tool;
    match (&origin.at, &origin.by) {
        (Some(_), Some(_)) => format!("{at} by {by}, with {tool}"),
        (Some(_), None) => format!("{at}, with {tool}"),
        (None, _) => format!("with {tool}, taken over {at} by {by}"),
    }
}

/// `; rolled back 2026-01-01 00:00:00 by shop from host, SHOP-18`: what comes behind that where it was taken back, or is
/// half way there; nothing where nobody knows who did it.
pub(super) fn taken_back(record: &Record) -> String {
    let Some(by) = record.rolled_back_by.as_deref() else { return String::new() };
    let told = match &record.rolled_back_at {
        Some(at) => format!("rolled back {}", ran(at, by, record.rolled_back_from.as_deref(), None)),
        None if record.turned => format!("on its way back by {by}"),
        None => return String::new(),
    };
    let ticket = record.rollback_ticket.as_ref().map(|ticket| format!(", {ticket}")).unwrap_or_default();
    format!("; {told}{ticket}")
}

/// Why it stopped, without the passwords of the scripts, which the server may have quoted.
pub(super) fn error(record: &Record) -> Option<String> {
    let scripts = [Some(&record.up_sql), record.down_sql.as_ref()];
    let hidden: Vec<String> = scripts.into_iter().flatten().flat_map(|sql| secrets(sql)).collect();
    record.error.as_deref().map(|error| without(error, &hidden))
}

/// The first line of a statement, as others may read it.
pub(super) fn first_line(sql: &str) -> String {
    masked(sql).lines().next().unwrap_or_default().to_owned()
}

fn in_the_way(blocker: &Blocker) -> String {
    let Blocker { pid, user, application, seconds, state } = blocker;
    let named = if application.is_empty() { String::new() } else { format!(", {application}") };
    format!("    in the way: PID {pid}, {user}{named}, {state}, for {seconds} s")
}

/// `12 ms`, `3.4 s`, `2 min 5 s`.
pub(super) fn span(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        1..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
