//! `plan` for many databases: once for each group of those that are alike.

use std::path::Path;

use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::command::fleet::each::each;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::group::{Group, told};
use crate::command::fleet::look::{Seen, alike, look};
use crate::command::fleet::outcome::{Outcome, worst};
use crate::command::fleet::target::Target;
use crate::command::fleet::voice::Voice;
use crate::command::out;
use crate::command::plan::args::Args;
use crate::command::plan::make;
use crate::command::runner::{options, scope};
use crate::command::side::Opener;
use crate::config::Config;
use crate::db::url::ConnectionString;
use crate::exit::Exit;
use crate::migrate::apply::Order;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::session::Session;
use crate::migrate::start::differences;
use crate::migrate::stop::Stop;

/// How many differences between two groups are said.
const LISTED: usize = 20;

/// # Errors
/// As `plan` for one database; a target that cannot be reached is said, and the others are planned for.
pub(super) fn run(args: &Args, targets: Vec<Target>, config: Option<&Path>) -> Result<Exit, CommandError> {
    let opener = Opener::new(config, args.scratch.as_deref())?;
    let files = folder::read(&opener.config.migrations())?;
    let jobs = args.fleet.jobs(&opener.config);
    let mut seen = look(targets, jobs, &files, &|_| Order::default(), &Stop::default());
    measure(&mut seen, jobs, &opener.config);
    for seen in &seen {
        let message = seen.outcome.error.as_ref().map(|error| error.message.as_str());
        Voice(&seen.target.name).say(message.unwrap_or_default());
    }
    let groups = alike(&seen);
    out::remark(told(&groups).trim_end());
    let (level, behind): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| group.pending.is_empty());
    for group in &behind {
        out::remark(&format!("not planned for, `pgplumb apply` comes first: {}", group.targets.join(", ")));
    }
    let outcomes: Vec<Outcome> = seen.iter().map(|seen| seen.outcome.clone()).collect();
    let level = merged(level, &seen, &opener.config)?;
    let planned = match level.as_slice() {
        // Where all are behind, somebody has to go on first.
        [] => Exit::Differs,
        [group] => plan_for(args, group, &seen, (config, false))?,
        groups if args.out.is_none() && !args.stdout => {
            out::text(&how_they_differ(groups, &seen, &opener.config)?)?;
            Exit::Differs
        }
        groups => {
            if !args.report.is_empty() {
                return Err(FleetError::NotOne { option: "--report" }.into());
            }
            let mut worst = Exit::Fine;
            for group in groups {
                let exit = plan_for(args, group, &seen, (config, true))?;
                worst = if exit == Exit::Fine { worst } else { exit };
            }
            worst
        }
    };
    Ok(if worst(&outcomes) == Exit::Fine { planned } else { worst(&outcomes) })
}

/// Measures those that have no state on record, so that they are alike where their schemas are.
fn measure(seen: &mut [Seen], jobs: usize, config: &Config) {
    let measured = each(seen, jobs, &|seen| {
        let wanted = seen.fingerprint.is_none() && seen.outcome.error.is_none();
        wanted.then(|| {
            let mut tell = |_: Event| {};
            Session::open(&seen.target.to, options(config, None), &mut tell)?.measure()
        })
    });
    for (seen, reading) in seen.iter_mut().zip(measured) {
        match reading {
            Some(Ok(reading)) => seen.fingerprint = Some(reading.full),
            Some(Err(error)) => seen.outcome.fail(&CommandError::from(error)),
            None => {}
        }
    }
}

/// Groups that differ only in who owns what go together: a migration names no owner that it was not told to.
fn merged(groups: Vec<Group>, seen: &[Seen], config: &Config) -> Result<Vec<Group>, CommandError> {
    if groups.len() < 2 {
        return Ok(groups);
    }
    let mut found: Vec<(String, Group)> = Vec::new();
    for group in groups {
        let Some(target) = first_of(&group, seen) else { continue };
        let portable = scope(config).portable(&state(&target.to, config)?);
        match found.iter_mut().find(|(other, _)| *other == portable) {
            Some((_, other)) => other.targets.extend(group.targets),
            None => found.push((portable, group)),
        }
    }
    Ok(found.into_iter().map(|(_, group)| group).collect())
}

/// The plan for the first of a group, which holds for the others as well: what they are was measured alike.
fn plan_for(args: &Args, group: &Group, seen: &[Seen], of: (Option<&Path>, bool)) -> Result<Exit, CommandError> {
    let (config, several) = of;
    let Some(first) = first_of(group, seen) else { return Err(CommandError::NoDatabase) };
    let mut one = args.clone();
    one.database.env = first.environment.clone();
    one.database.chosen = Some(first.to.clone());
    if let Some(out) = args.out.as_ref().filter(|_| several) {
        let fingerprint = group.fingerprint.as_deref().unwrap_or_default();
        one.out = Some(out.join(fingerprint.get(..8).unwrap_or(fingerprint)));
    }
    out::remark(&format!("planned on `{}`, for {}", first.name, group.targets.join(", ")));
    Opener::new(config, args.scratch.as_deref())?.timed(args.timings, |opener| Ok(make(&one, opener)?.0))
}

fn first_of<'a>(group: &Group, seen: &'a [Seen]) -> Option<&'a Target> {
    let name = group.targets.first()?;
    seen.iter().map(|seen| &seen.target).find(|target| target.name == *name)
}

/// For a person: each group, and what it has that the first has not.
fn how_they_differ(groups: &[Group], seen: &[Seen], config: &Config) -> Result<String, CommandError> {
    let mut text = "nothing was written: no one migration fits all of them\n".to_owned();
    let mut base: Option<Catalog> = None;
    for group in groups {
        text.push_str(&format!("{}\n", group.told()));
        let Some(target) = first_of(group, seen) else { continue };
        let state = state(&target.to, config)?;
        let Some(base) = &base else {
            base = Some(state);
            continue;
        };
        let lines = differences(base, &state);
        text.extend(lines.iter().take(LISTED).map(|line| format!("  {line}\n")));
        if lines.len() > LISTED {
            text.push_str(&format!("  and {} more\n", lines.len() - LISTED));
        }
    }
    text.push_str("bring them together, or take a migration for each group: `--out DIR`\n");
    Ok(text)
}

/// What the last run left, or else what is there now.
fn state(to: &ConnectionString, config: &Config) -> Result<Catalog, MigrateError> {
    let mut tell = |_: Event| {};
    let mut session = Session::open(to, options(config, None), &mut tell)?;
    match session.remembered()? {
        Some((_, Some(stored))) => Ok(stored.catalog),
        _ => Ok(session.measure()?.catalog),
    }
}
