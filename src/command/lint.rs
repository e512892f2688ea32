//! `pgplumb lint`: what is wrong with migrations that somebody wrote.

pub(in crate::command) mod baseline;
mod fix;
pub(in crate::command) mod look;
mod relay;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::format::{Format, ToFile, give, to_file};
use crate::command::lint::look::{Look, look};
use crate::command::side::Opener;
use crate::exit::Exit;
use crate::lint::allow::Allow;
use crate::lint::blocked;
use crate::lint::rule::RULES;
use crate::report::findings::Findings;
use crate::report::secret::scrub;

const AFTER_HELP: &str = "\
Every file is run on a scratch database after those before it in its folder, to see what each
statement locks, rewrites and reads. Where that cannot be had, or with `--text-only`, the rules go
by the text alone, and say so. With a database (`--db`, `--env`) the sizes of its tables count.

`--fix` is for files that no database has run yet: those of others must stay as they are.

Examples:
  pgplumb lint migrations/                    every migration of a folder
  pgplumb lint migrations/0042_orders.sql     one, after all that come before it
  pgplumb lint --baseline lint.json --format json migrations/
  pgplumb lint --report sarif=lint.sarif --format github migrations/

Exit status: 0 nothing blocks, 1 a finding blocks, 2 failure.";

/// Find what is wrong with migrations: locks, rewrites, lost data, broken code
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Migrations: files, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    database: Database,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    /// Run nothing; go by the text alone
    #[arg(long, conflicts_with = "scratch")]
    text_only: bool,

    /// Ask only these rules, also those that are off
    #[arg(long, value_name = "CODE", conflicts_with = "all_rules")]
    rule: Vec<String>,

    /// Ask every rule, also those that are off
    #[arg(long)]
    all_rules: bool,

    /// Let findings through, of all objects or of one
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<Allow>,

    /// What is in this file is known and says nothing; made where it is not there
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Put right in the files what can be in their text alone, and tell of the rest
    #[arg(long)]
    fix: bool,

    /// Each file runs in one transaction, whatever its tool does
    #[arg(long)]
    in_transaction: bool,

    /// The major version of the server, where there is none to ask
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(14..=18))]
    pg_version: Option<u32>,

    /// How the findings are printed: markdown is a comment on a pull request, html a page to look at
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write the findings to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = to_file::<Format>)]
    report: Vec<ToFile<Format>>,
}

/// # Errors
/// When a file cannot be read, a rule is not known, or the database cannot be asked.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    if let Some(code) = args.rule.iter().find(|code| !RULES.iter().any(|rule| rule.code == **code)) {
        return Err(CommandError::no_rule(code));
    }
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let mut policy = opener.config.lint.policy(args.database.env.as_deref());
    policy.only = args.rule.iter().cloned().collect();
    policy.all = args.all_rules;
    let asked = Look {
        paths: &args.paths,
        database: &args.database,
        text_only: args.text_only,
        in_transaction: args.in_transaction.then_some(true),
        major: args.pg_version,
        policy: &policy,
        allows: &args.allow,
        downs: &BTreeMap::new(),
    };
    let mut again = || look(&mut opener, &asked);
    let looked = if args.fix { fix::fix(&mut again)? } else { again()? };
    let mut findings = looked.findings;
    scrub(&mut findings);
    if let Some(path) = &args.baseline {
        baseline::apply(path, &mut findings)?;
    }
    let report = Findings {
        tool: env!("CARGO_PKG_VERSION"),
        verb: "lint",
        findings: &findings,
        files: looked.files,
        unmeasured: looked.unmeasured.as_deref(),
        places: &|_| None,
        checked: &[],
    };
    give(&report, args.format, &args.report)?;
    Ok(if blocked(&findings) { Exit::Differs } else { Exit::Fine })
}
