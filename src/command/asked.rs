//! What a live database is asked before a plan is taken or a migration is run: whether its rows let that through.

use crate::ask::{Limits, Step, ask};
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::format::Format;
use crate::command::out;
use crate::command::progress::Progress;
use crate::command::side::Opener;
use crate::config::Config;
use crate::db::connection::connect;
use crate::db::url::ConnectionString;
use crate::lint::allow::Allow;
use crate::lint::finding::{self, Span};
use crate::lint::rule::{RULES, Rule};
use crate::lint::{Finding, blocked, weighed};
use crate::migrate::due::Due;
use crate::plan::Plan;
use crate::report::findings::Findings;

/// What the rows say to a plan; the rules weigh it.
///
/// # Errors
/// When no database is named, or the server goes away.
pub(super) fn of_plan(database: &Database, opener: &Opener, up: &Plan) -> Result<Vec<Finding>, CommandError> {
    let to = database.require_target(&opener.config)?;
    let _progress = Progress::start("asking the rows");
    opener.timings.time("asking the rows", || look(&to, &opener.config, &Step::of_plan(up)))
}

/// Whether the rows let the migrations through that are due; what does not is said.
///
/// # Errors
/// When the server goes away, or stdout takes no more.
pub(super) fn lets_through(
    to: &ConnectionString,
    config: &Config,
    environment: Option<&str>,
    due: &[Due],
    allows: &[Allow],
) -> Result<bool, CommandError> {
    let _progress = Progress::start("asking the rows");
    let (text, through) = verdict(to, config, environment, due, allows)?;
    out::text(&text)?;
    Ok(through)
}

/// What a person reads of what does not, and whether they are let through.
///
/// # Errors
/// When the server goes away.
pub(super) fn verdict(
    to: &ConnectionString,
    config: &Config,
    environment: Option<&str>,
    due: &[Due],
    allows: &[Allow],
) -> Result<(String, bool), CommandError> {
    let steps = due.iter().flat_map(|due| due.script.steps()).map(|step| {
        let (file, bytes) = (step.statement.file.clone(), step.statement.span.clone());
        Step { sql: step.statement.sql(), key: None, at: Some(Span { file, bytes }) }
    });
    let found = look(to, config, &steps.collect::<Vec<_>>())?;
    let policy = config.lint.policy(environment);
    let of_rule = |rule: &Rule| {
        let found = found.iter().filter(|finding| finding.code == rule.code).cloned().collect();
        weighed(rule, found, &policy, allows)
    };
    let mut found: Vec<Finding> = RULES.iter().flat_map(of_rule).collect();
    finding::sort(&mut found);
    let mut text = String::new();
    if !found.is_empty() {
        let report = Findings {
            tool: env!("CARGO_PKG_VERSION"),
            verb: "apply",
            findings: &found,
            files: due.len(),
            unmeasured: None,
            places: &|_| None,
            checked: &[],
        };
        text = Format::Text.render(&report);
    }
    Ok((text, !blocked(&found)))
}

fn look(to: &ConnectionString, config: &Config, steps: &[Step]) -> Result<Vec<Finding>, CommandError> {
    let limits = Limits { statement: &config.timeouts.check_data, lock: &config.timeouts.lock };
    Ok(ask(&mut connect(to)?, steps, limits)?)
}
