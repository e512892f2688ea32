//! `pgplumb plan`: from the live database to the schema files, as a proven pair of migrations.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use jiff::Timestamp;

use crate::base::place::Place;
use crate::catalog::Catalog;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::side::{Opener, Side, of_loaded, read_live, title};
use crate::command::{out, renamed};
use crate::diff::diff;
use crate::exit::Exit;
use crate::grade::{Grade, losses};
use crate::kind::Key;
use crate::lint::allow::Allow;
use crate::lint::{Finding, Input, blocked, check};
use crate::propose::{Proposal, Request, propose};
use crate::report::plan_file;
use crate::script::slug::{slug, spelled};
use crate::script::{Direction, Header, Settings, State, render};
use crate::source::files;
use crate::source::owned::act_for;

const AFTER_HELP: &str = "\
Without a database (`--db`, `--env`, DATABASE_URL, PGHOST) the schema files are compared with the
migrations folder, replayed on scratch.

What loses data blocks, and so does what looks like a rename: each finding has a code, and `--allow`
lets it through. The files are written all the same.

Examples:
  pgplumb plan                                             what the edited files change
  pgplumb plan --db postgresql://localhost/shop --stdout   only look
  pgplumb plan --env production --allow drop-column:orders.note

Exit status: 0 nothing blocks, 1 a finding blocks, 2 failure.";

/// Plan the way from the live database to the schema files, and prove it
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// A file or folder of the desired schema; may be given several times
    #[arg(long, value_name = "PATH")]
    schema: Vec<PathBuf>,

    /// Write up.sql and down.sql right here
    #[arg(long, value_name = "DIR", conflicts_with = "stdout")]
    out: Option<PathBuf>,

    /// Write nothing; print the up
    #[arg(long)]
    stdout: bool,

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
}

/// # Errors
/// When a side cannot be read, no order works, the proof fails, or nothing can be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let (live, desired) = sides(args, &mut opener)?;
    let rules = opener.rules(&live, &desired);
    let Some(loaded) = desired.loaded else { return Err(CommandError::NoDatabase) };
    let (loader, role) = (loaded.db.loader(), live.role.as_deref());
    let as_applied = |mut catalog: Catalog| {
        act_for(&mut catalog, loader, role.unwrap_or(loader));
        catalog
    };
    let (from, to) = rules.clean_both(live.catalog, as_applied(desired.catalog));
    let directives = renamed::read(&loaded.statements)?;
    let renames = renamed::renames(&directives, &to.facts);
    let request = Request {
        live: &from,
        desired: &to,
        renames: &renames,
        prepare: &|catalog, model| rules.beside(as_applied(catalog), model),
        prove: !args.no_prove,
    };
    let mut connection = match role {
        Some(role) => loaded.db.connect_as(role)?,
        None => loaded.db.connect()?,
    };
    let proposal = propose(&mut connection, &request)?;
    out::remark(&format!("live     {}\ndesired  {}", live.title, desired.title));
    out::remark(&format!("scratch  {}", opener.scratch_used().unwrap_or_default()));
    let known = opener.target().map(|target| &target.roles);
    for role in loaded.roles_created.iter().filter(|role| known.is_some_and(|known| !known.contains_key(*role))) {
        out::remark(&format!("note: the schema names the role `{role}`, which is not on the live server"));
    }
    if proposal.up.is_empty() {
        out::remark("nothing to change");
        return Ok(Exit::Fine);
    }
    let base = proposal.base.as_ref().unwrap_or(&to);
    let losses = losses(&proposal.up, &from.facts, &base.facts);
    let grade = Grade::of(&losses, proposal.proof.as_ref().map_or(&[], |proof| &proof.rows.changed));
    let input = Input {
        up: &proposal.up,
        live: &from.facts,
        desired: &base.facts,
        losses: &losses,
        grade: &grade,
        grants_declared: desired.grants,
        places: &|key| loaded.places.of(key),
    };
    let mut allows = args.allow.clone();
    allows.extend(renamed::allows(&directives));
    let findings = check(&input, &allows);
    for finding in &findings {
        tell(finding);
    }
    let slug = match &args.name {
        Some(name) => spelled(name),
        None => slug(&diff(&from.facts, &to.facts)),
    };
    let pair = Pair { proposal: &proposal, from: &from, to: &to, grade: &grade, slug: &slug, major: desired.major };
    let places = |key: &Key| loaded.places.of(key);
    let settings = Settings { lock_timeout: opener.config.timeouts.lock.clone(), ..Settings::default() };
    let up = pair.script(Direction::Up, &settings, &places);
    let down = pair.script(Direction::Down, &settings, &|_| None);
    let input = plan_file::Input {
        slug: &slug,
        proposal: &proposal,
        live: &from,
        desired: &to,
        major: pair.major,
        grade: &grade,
        findings: &findings,
        places: &places,
    };
    write(args, &opener, &slug, [("up.sql", &up), ("down.sql", &down), ("plan.json", &plan_file::text(&input)?)])?;
    Ok(if blocked(&findings) { Exit::Differs } else { Exit::Fine })
}

/// Everything that the two scripts say of themselves.
struct Pair<'a> {
    proposal: &'a Proposal,
    from: &'a Catalog,
    to: &'a Catalog,
    grade: &'a Grade,
    slug: &'a str,
    major: u32,
}

impl Pair<'_> {
    fn script(&self, direction: Direction, settings: &Settings, places: &dyn Fn(&Key) -> Option<Place>) -> String {
        let (plan, from, to) = match direction {
            Direction::Up => (&self.proposal.up, self.from, self.to),
            Direction::Down => (&self.proposal.down, self.to, self.from),
        };
        let (left, reached) = (from.fingerprint(), to.fingerprint());
        let proven = if self.proposal.proof.is_some() { "proven up and down" } else { "not proven" };
        let claims = [proven.to_owned(), format!("down {}", self.grade)];
        let header = Header {
            slug: self.slug,
            direction,
            from: State { fingerprint: &left, facts: &from.facts },
            to: State { fingerprint: &reached, facts: &to.facts },
            major: self.major,
            claims: &claims,
            notes: &[],
            settings,
            places,
        };
        render(plan, &header)
    }
}

/// The live side and the desired one; a live database is read while scratch loads the files.
fn sides(args: &Args, opener: &mut Opener) -> Result<(Side, Side), CommandError> {
    let paths = if args.schema.is_empty() { opener.config.schema() } else { args.schema.clone() };
    let parsed = files::parse(&paths)?;
    let title = title(&parsed, &paths);
    let Some(to) = args.database.choose(&opener.config)? else {
        let live = opener.replay(&opener.config.migrations())?;
        let desired = of_loaded(files::load(parsed, opener.scratch()?)?, title);
        return Ok((live, desired));
    };
    let mut live = opener.live(&to)?;
    let scratch = opener.scratch()?;
    thread::scope(|scope| {
        let reading = scope.spawn(move || read_live(&mut live));
        let loaded = files::load(parsed, scratch);
        let live = reading.join().map_err(|_| CommandError::Lost)?;
        Ok((live?, of_loaded(loaded?, title)))
    })
}

fn tell(finding: &Finding) {
    let what = match &finding.allowed_by {
        Some(by) => format!("allowed by {by}"),
        None => finding.level.to_string(),
    };
    out::remark(&format!("{what}  {}: {}", finding.allowance(), finding.message));
    if let Some(help) = finding.help.as_ref().filter(|_| finding.allowed_by.is_none()) {
        out::remark(&format!("  {help}"));
    }
    if finding.blocks() {
        out::remark(&format!("  allow with --allow {}", finding.allowance()));
    }
}

fn write(args: &Args, opener: &Opener, slug: &str, files: [(&str, &String); 3]) -> Result<(), CommandError> {
    if args.stdout {
        return out::text(files[0].1);
    }
    let folder = args.out.clone().unwrap_or_else(|| {
        opener.config.migrations().join(format!("{}_{slug}", Timestamp::now().strftime("%Y%m%d%H%M%S")))
    });
    let unwritable = |cause| CommandError::Unwritable { path: folder.clone(), cause };
    fs::create_dir_all(&folder).map_err(unwritable)?;
    for (name, text) in files {
        fs::write(folder.join(name), text).map_err(unwritable)?;
    }
    out::remark(&format!("wrote {}/{{up.sql,down.sql,plan.json}}", folder.display()));
    Ok(())
}
