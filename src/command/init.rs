//! `pgplumb init`: a configuration, and the schema files of a live database or none yet.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::database::Database;
use crate::command::dump::{empty, write_tree};
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::side::{Opener, read_live};
use crate::config::FILE;
use crate::exit::Exit;
use crate::plan::plan;
use crate::strategy;

const AFTER_HELP: &str = "\
Writes pgplumb.yaml, and the schema into schema/. What is there is never written over.

Examples:
  pgplumb init --db postgresql://localhost/shop    from a live database
  pgplumb init --empty                             with nothing in it yet

The connection string is not kept, as it may hold a password: the configuration names the variable
to take it from.";

/// Start a project: write pgplumb.yaml and schema/
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    #[command(flatten)]
    database: Database,

    /// Make an empty start, whatever database the environment names
    #[arg(long, conflicts_with_all = ["db", "env"])]
    empty: bool,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

const CONFIG: &str = "\
# What pgplumb keeps true here, and where. docs/config.md lists every key.

# Files and folders that hold the desired schema
schema: [schema]

# Where `pgplumb plan` writes migrations
migrations: generated

# Databases for `--env NAME`; each names the variable that holds its connection string
environments:
  production:
    url_env: PRODUCTION_URL

# What is neither compared nor touched; `*` and `?` match as in a shell
exclude:
  schemas: []
  objects: []

# The timeouts that a migration sets
timeouts:
  lock: 3s

# What is written down of each run, and for how long; put both folders into .gitignore, and `backups` too
logs:
  folder: logs
  keep: 30d
reports:
  folder: reports
  keep: 90d
";

const EXAMPLE: &str = "\
-- The schema as it should be. Edit it, run `pgplumb plan`, and review what it writes.
-- Files may have any name that ends in `.sql`, and statements may come in any order.

-- CREATE TABLE public.customers (
--     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
--     name text NOT NULL
-- );
";

/// # Errors
/// When something is there already, the database cannot be read, or the files cannot be written.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let path = config.unwrap_or(Path::new(FILE));
    let schema = path.parent().unwrap_or(Path::new("")).join("schema");
    absent(path, "it is a configuration already; `pgplumb dump` writes schema files alone")?;
    if schema.is_dir() && fs::read_dir(&schema).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(exists(&schema, "it is not empty; move it away, or write pgplumb.yaml by hand to use it"));
    }
    // No configuration is read here: there is none.
    let mut opener = Opener::unconfigured(args.scratch.as_deref())?;
    let to = if args.empty { None } else { args.database.choose(&opener.config)? };
    match to {
        Some(to) => {
            let mut live = opener.live(&to)?;
            let side = read_live(&mut live, &opener.timings)?;
            let rules = opener.rules(&side, &side);
            let (title, catalog) = (side.title.clone(), rules.clean(side.catalog));
            let from = rules.clean(empty(&mut opener)?);
            write_tree(&plan(&from, &catalog, &strategy::plain)?, &catalog, &schema)?;
            out::remark(&format!("read {title}"));
        }
        None => {
            fs::create_dir_all(&schema).map_err(|cause| unwritable(&schema, cause))?;
            write_new(&schema.join("schema.sql"), EXAMPLE)?;
        }
    }
    write_new(path, CONFIG)?;
    out::remark("note: runs leave `logs`, `reports` and `backups` behind: put them into .gitignore");
    out::text(&format!("wrote {} and {}/\n", path.display(), schema.display()))?;
    Ok(Exit::Fine)
}

fn absent(path: &Path, help: &'static str) -> Result<(), CommandError> {
    if path.exists() { Err(exists(path, help)) } else { Ok(()) }
}

fn exists(path: &Path, help: &'static str) -> CommandError {
    CommandError::Exists { path: path.to_owned(), help }
}

fn unwritable(path: &Path, cause: std::io::Error) -> CommandError {
    CommandError::Unwritable { path: PathBuf::from(path), cause }
}

fn write_new(path: &Path, text: &str) -> Result<(), CommandError> {
    let mut file = fs::File::create_new(path).map_err(|cause| unwritable(path, cause))?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(|cause| unwritable(path, cause))
}
