//! The command line: verbs, their help, and where a run ends.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::command::run::Run;
use crate::command::{
    apply, backup, baseline, check, completions, diff, drift, dump, explain, fault, graph, health, history, init, lint,
    new, plan, preflight, rebase, repair, restore, restore_kept, resume, rollback, squash, status, verify,
};
use crate::exit::Exit;

const AFTER_HELP: &str = "\
Examples:
  pgplumb init --db postgresql://localhost/shop     start from a live database
  pgplumb plan                                      what would change, as a pair of migrations
  pgplumb apply                                     run the migrations that are due
  pgplumb check                                     in CI: migrations, downs, schema files, lint
  pgplumb diff schema/ postgresql://localhost/shop  is the live database what the files say?

Exit status: 0 fine, 1 differences or blocking findings, 2 failure, 64 wrong usage.";

/// Keeps a PostgreSQL database true to the schema that its developers declare
#[derive(Parser)]
#[command(name = "pgplumb", version, after_help = AFTER_HELP, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// The configuration, if it is not ./pgplumb.yaml
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Plan(plan::Args),
    New(new::Args),
    Rebase(rebase::Args),
    Squash(squash::Args),
    Apply(apply::Args),
    Rollback(rollback::Args),
    Resume(resume::Args),
    Status(status::Args),
    Verify(verify::Args),
    Drift(drift::Args),
    History(history::Args),
    Repair(repair::Args),
    Baseline(baseline::Args),
    Preflight(preflight::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    RestoreKept(restore_kept::Args),
    Health(health::Args),
    Diff(diff::Args),
    Dump(dump::Args),
    Init(init::Args),
    Lint(lint::Args),
    Check(check::Args),
    Explain(explain::Args),
    Graph(graph::Args),
    Completions(completions::Args),
}

/// Runs what the arguments of this process ask for.
pub fn run() -> Exit {
    run_with(std::env::args_os())
}

fn run_with(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let matches = Cli::command().try_get_matches_from(arguments);
    let parsed = matches.and_then(|matches| {
        let verb = matches.subcommand_name().unwrap_or_default().to_owned();
        Ok((Cli::from_arg_matches(&matches)?, verb))
    });
    let (cli, verb) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version are not errors; clap knows which stream each goes to.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Fine };
            return if error.print().is_ok() { exit } else { Exit::Failure };
        }
    };
    let config = cli.config.as_deref();
    let run = Run::begin(&verb, config);
    let done = match cli.verb {
        Verb::Plan(args) => plan::run(&args, config),
        Verb::New(args) => new::run(&args, config),
        Verb::Rebase(args) => rebase::run(&args, config),
        Verb::Squash(args) => squash::run(&args, config),
        Verb::Apply(args) => apply::run(&args, config, &run),
        Verb::Rollback(args) => rollback::run(&args, config),
        Verb::Resume(args) => resume::run(&args, config),
        Verb::Status(args) => status::run(&args, config, &run),
        Verb::Verify(args) => verify::run(&args, config, &run),
        Verb::Drift(args) => drift::run(&args, config, &run),
        Verb::History(args) => history::run(&args, config),
        Verb::Repair(args) => repair::run(&args, config),
        Verb::Baseline(args) => baseline::run(&args, config),
        Verb::Preflight(args) => preflight::run(&args, config, &run),
        Verb::Backup(args) => backup::run(&args, config),
        Verb::Restore(args) => restore::run(&args, config),
        Verb::RestoreKept(args) => restore_kept::run(&args, config),
        Verb::Health(args) => health::run(&args, config, &run),
        Verb::Diff(args) => diff::run(&args, config),
        Verb::Dump(args) => dump::run(&args, config),
        Verb::Init(args) => init::run(&args, config),
        Verb::Lint(args) => lint::run(&args, config),
        Verb::Check(args) => check::run(&args, config),
        Verb::Explain(args) => explain::run(&args),
        Verb::Graph(args) => graph::run(&args, config),
        Verb::Completions(args) => completions::run::<Cli>(&args),
    };
    run.ends(done).unwrap_or_else(fault::tell)
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    /// As wide as help is printed.
    const WIDTH: usize = 100;

    fn too_wide(command: &Command, found: &mut Vec<String>) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let wide = help.lines().filter(|line| line.chars().count() > WIDTH);
        found.extend(wide.map(|line| format!("{}: {line}", command.get_name())));
        command.get_subcommands().for_each(|verb| too_wide(verb, found));
    }

    #[test]
    fn no_line_of_the_help_is_broken_where_it_was_not_meant_to_be() {
        let mut found = Vec::new();
        too_wide(&Cli::command(), &mut found);
        assert!(found.is_empty(), "{found:#?}");
    }
}
