//! `pgplumb check`: CI's one verb. Do the migrations run, do the downs lead back, do they lead to the schema files, and what
//! does the linter say?

mod branches;
mod downs;
mod schema;

use std::path::{Path, PathBuf};

use crate::base::wording::counted;
use crate::catalog::Catalog;
use crate::command::branch::{self, Folder};
use crate::command::check::branches::branches;
use crate::command::check::downs::{downs, refusal};
pub(super) use crate::command::check::downs::{edited, given_up};
use crate::command::check::schema::{Compared, compare};
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::format::{Format, ToFile, give, to_file};
use crate::command::lint::baseline;
use crate::command::lint::look::{Look, look};
use crate::command::progress::Progress;
use crate::command::side::{Opener, Side};
use crate::exit::Exit;
use crate::lint::allow::Allow;
use crate::lint::down::{Came, Down};
use crate::lint::{blocked, finding};
use crate::migrate::folder::read;
use crate::prove::history::{History, Watch, history};
use crate::report::findings::Findings;
use crate::report::secret::scrub;
use crate::source::convention::{Migration, discover};

const AFTER_HELP: &str = "\
All migrations are run on a scratch database, each with its down and once more: what comes out of
the down must be the state before the up. What all of them lead to must be what the schema files
say. Files that plan.json has a checksum of must be those that were proven. Migrations that were
planned for the same state, in two branches, are run in both orders. Then they are linted.

Examples:
  pgplumb check
  pgplumb check --format github --report markdown=comment.md --report sarif=check.sarif
  pgplumb check --migrations db/migrations --baseline check.json

Exit status: 0 nothing blocks, 1 a finding blocks, 2 failure.";

/// Check all of a project: migrations, their downs, the schema files, and what the linter says
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The folder of migrations, if it is not that of the configuration
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,

    /// A file or folder of the desired schema; may be given several times
    #[arg(long, value_name = "PATH")]
    schema: Vec<PathBuf>,

    #[command(flatten)]
    database: Database,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    /// Let findings through, of all objects or of one
    #[arg(long, value_name = "CODE[:OBJECT]")]
    allow: Vec<Allow>,

    /// What is in this file is known and says nothing; made where it is not there
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// How the findings are printed: markdown is a comment on a pull request, html a page to look at
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write the findings to a file as well; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = to_file::<Format>)]
    report: Vec<ToFile<Format>>,
}

/// # Errors
/// When a file cannot be read, no scratch server can be had, or the schema files do not load.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let folder = args.migrations.clone().unwrap_or_else(|| opener.config.migrations());
    let migrations = discover(&folder)?;
    if let Some(to) = args.database.named(&opener.config)? {
        // So that scratch is made like it.
        opener.live(&to)?;
    }
    let played = play(&mut opener, &migrations)?;
    let downs = downs(&migrations, &played.downs)?;
    let policy = opener.config.lint.policy(args.database.env.as_deref());
    let looked = look(
        &mut opener,
        &Look {
            paths: std::slice::from_ref(&folder),
            database: &args.database,
            text_only: false,
            in_transaction: None,
            major: Some(played.major),
            policy: &policy,
            allows: &args.allow,
            downs: &downs,
        },
    )?;
    let mut checked = said(&migrations, &played, downs.values());
    let mut findings = looked.findings;
    let measure = branch::measure(&opener.config);
    let files = if folder.is_dir() { read(&folder)? } else { Vec::new() };
    let beside = Folder { files: &files, migrations: &migrations, played: &played, measure: &measure };
    findings.extend(branches(&beside, opener.scratch()?, &policy, &args.allow)?);
    let mut compared = Compared::default();
    if let Some((at, error)) = &played.failed {
        findings.extend(refusal(migrations.get(*at), error, &findings));
    } else {
        let live = replayed(played.catalog, played.major, &folder, migrations.len());
        compared = compare(&mut opener, live, &args.schema, &policy, &args.allow)?;
        checked.push(compared.said);
        findings.extend(compared.findings);
    }
    scrub(&mut findings);
    finding::sort(&mut findings);
    if let Some(path) = &args.baseline {
        baseline::apply(path, &mut findings)?;
    }
    let places = compared.places;
    let report = Findings {
        tool: env!("CARGO_PKG_VERSION"),
        verb: "check",
        findings: &findings,
        files: looked.files,
        unmeasured: looked.unmeasured.as_deref(),
        places: &|key| places.get(key).cloned(),
        checked: &checked,
    };
    give(&report, args.format, &args.report)?;
    Ok(if blocked(&findings) { Exit::Differs } else { Exit::Fine })
}

/// All of it, from nothing.
pub(super) fn play(opener: &mut Opener, migrations: &[Migration]) -> Result<History, CommandError> {
    let measure = branch::measure(&opener.config);
    let scratch = opener.scratch()?;
    let progress = Progress::start("running the migrations up and down");
    let progress = |done| progress.counted(done, migrations.len(), "migrations");
    Ok(history(migrations, scratch, &Watch { first: 0, measure: &measure, progress: &progress })?)
}

fn replayed(catalog: Catalog, major: u32, folder: &Path, count: usize) -> Side {
    Side::of(catalog, format!("{} ({})", folder.display(), counted(count, "migration")), major)
}

/// `3 migrations run from nothing on PostgreSQL 15`, `2 downs lead back`.
fn said<'a>(migrations: &[Migration], played: &History, downs: impl Iterator<Item = &'a Down>) -> Vec<String> {
    let ran = played.failed.as_ref().map_or(migrations.len(), |(at, _)| *at);
    let of = if ran == migrations.len() { String::new() } else { format!(" of {}", migrations.len()) };
    let all: Vec<&Down> = downs.collect();
    let proven = all.iter().filter(|down| down.came == Came::Proven).count();
    let back = match (all.len(), proven) {
        (0, _) => "no migration has a down".to_owned(),
        (all, proven) if all == proven => format!("{} lead back to where their ups began", counted(all, "down")),
        (all, proven) => format!("{proven} of {} lead back to where their ups began", counted(all, "down")),
    };
    vec![format!("{ran}{of} {} run from nothing on PostgreSQL {}", noun(migrations.len()), played.major), back]
}

fn noun(count: usize) -> &'static str {
    if count == 1 { "migration" } else { "migrations" }
}
