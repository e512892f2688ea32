//! `pgplumb dump`: a live database as the files of a desired state, or as a snapshot.

use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::side::{Opener, read_live};
use crate::command::tree;
use crate::exit::Exit;
use crate::plan::{Plan, plan};
use crate::source::error::SourceError;
use crate::source::owned::drop_owners;
use crate::source::snapshot;
use crate::strategy;

const AFTER_HELP: &str = "\
The files load with psql as they are, and `pgplumb diff` between them and the database is empty.

Examples:
  pgplumb dump --db postgresql://localhost/shop                         to stdout, as one script
  pgplumb dump --db postgresql://localhost/shop --out schema.sql        one file
  pgplumb dump --db postgresql://localhost/shop --out schema/           a file for each object
  pgplumb dump --env production --snapshot --out monday.json            for `pgplumb diff`";

/// Write a live database as schema files, or as a snapshot
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// A file, or a folder (it is there, or its name ends in `/`) for one file per object
    #[arg(long, value_name = "FILE|DIR")]
    out: Option<PathBuf>,

    /// Write a snapshot instead of SQL
    #[arg(long)]
    snapshot: bool,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,

    /// Say on stderr how long each part took
    #[arg(long)]
    timings: bool,
}

/// # Errors
/// When the database cannot be read, or the output cannot be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let opener = Opener::new(config, args.scratch.as_deref())?;
    opener.timed(args.timings, |opener| make(args, opener))
}

/// The dump, from the database to what is written.
fn make(args: &Args, mut opener: Opener) -> Result<Exit, CommandError> {
    let to = args.database.require_target(&opener.config)?;
    let mut live = opener.live(&to)?;
    let side = read_live(&mut live, &opener.timings)?;
    let timings = opener.timings.clone();
    let rules = opener.rules(&side, &side);
    let catalog = timings.time("cleaning", || rules.clean(side.catalog));
    if args.snapshot {
        return timings.time("writing", || {
            let mut bytes = Vec::new();
            snapshot::write(&catalog, &live.target.version.to_string(), &mut bytes).map_err(CommandError::Stdout)?;
            write(args.out.as_deref(), &bytes)
        });
    }
    let from = empty(&mut opener)?;
    let plan = timings.time("planning", || plan(&rules.clean(from), &catalog, &strategy::plain))?;
    timings.time("writing", || match args.out.as_deref().filter(|out| is_folder(out)) {
        Some(folder) => write_tree(&plan, &catalog, folder).map(|()| Exit::Fine),
        None => write(args.out.as_deref(), tree::one_file(&plan).as_bytes()),
    })
}

/// What a database has in it from the start, on a server like the live one.
///
/// # Errors
/// When no scratch database can be had.
pub fn empty(opener: &mut Opener) -> Result<Catalog, CommandError> {
    let db = opener.scratch()?.database("empty")?;
    let mut catalog = read(&mut db.connect()?).map_err(SourceError::from)?;
    drop_owners(&mut catalog, db.loader());
    Ok(catalog)
}

/// One file for each object, and one that loads them all. Files that are there are not written over.
///
/// # Errors
/// When a file is there already or cannot be written.
pub fn write_tree(plan: &Plan, catalog: &Catalog, folder: &Path) -> Result<(), CommandError> {
    let files = tree::files(plan, catalog);
    let paths: Vec<PathBuf> = files.iter().map(|file| folder.join(&file.path)).collect();
    if let Some(path) = paths.iter().find(|path| path.exists()) {
        let help = "name another folder with `--out`, or remove the old files first";
        return Err(CommandError::Exists { path: path.clone(), help });
    }
    for (file, path) in files.iter().zip(&paths) {
        let unwritable = |cause| CommandError::Unwritable { path: path.clone(), cause };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(unwritable)?;
        }
        fs::write(path, &file.text).map_err(unwritable)?;
    }
    Ok(())
}

/// Whether a path is meant to be a folder.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/')
}

fn write(path: Option<&Path>, bytes: &[u8]) -> Result<Exit, CommandError> {
    match path {
        Some(path) => {
            fs::write(path, bytes).map_err(|cause| CommandError::Unwritable { path: path.to_owned(), cause })?;
        }
        None => out::bytes(bytes)?,
    }
    Ok(Exit::Fine)
}
