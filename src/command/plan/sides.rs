//! The two sides of a plan: read, and cleaned of what is not to be compared.

use std::{mem, thread};

use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::command::plan::args::Args;
use crate::command::renamed;
use crate::command::side::{Opener, Rules, Side, load, of_loaded, read_live, title};
use crate::scratch::target::Target;
use crate::source::files::{self, Loaded};
use crate::source::owned::act_for;
use crate::sql::directive::Directive;

/// Both, as they are compared.
pub(super) struct Sides {
    pub live: Side,
    pub desired: Side,
    /// What came with the files.
    pub loaded: Box<Loaded>,
    pub directives: Vec<Directive>,
    rules: Rules,
}

impl Sides {
    /// # Errors
    /// When a side or a directive cannot be read.
    pub(super) fn read(args: &Args, opener: &mut Opener) -> Result<Self, CommandError> {
        let (mut live, mut desired) = both(args, opener)?;
        let rules = opener.rules(&live, &desired);
        let Some(loaded) = desired.loaded.take() else { return Err(CommandError::NoDatabase) };
        let rules = rules.with_updates(&loaded.db)?;
        let (found, wanted) = (mem::take(&mut live.catalog), mem::take(&mut desired.catalog));
        (live.catalog, desired.catalog) =
            opener.timings.time("cleaning both sides", || rules.clean_both(found, as_applied(wanted, &loaded, &live)));
        let directives = renamed::read(&loaded.statements)?;
        Ok(Self { live, desired, loaded, directives, rules })
    }

    /// A state that was read on scratch, as it counts beside `model`.
    pub(super) fn beside(&self, catalog: Catalog, model: &Catalog) -> Catalog {
        self.rules.beside(as_applied(catalog, &self.loaded, &self.live), model)
    }

    /// What the reader should know of the files, a sentence each.
    pub(super) fn notes(&self, target: Option<&Target>) -> Vec<String> {
        let new = |role: &&String| target.is_some_and(|target| !target.roles.contains_key(*role));
        let roles = self.loaded.roles_created.iter().filter(new);
        let missing = roles.map(|role| format!("the schema names the role `{role}`, which is not on the live server"));
        self.loaded.notes.iter().cloned().chain(missing).collect()
    }
}

/// What was made on scratch belongs to whoever loaded it, and on the live database to the role that applies it.
fn as_applied(mut catalog: Catalog, loaded: &Loaded, live: &Side) -> Catalog {
    let loader = loaded.db.loader();
    act_for(&mut catalog, loader, live.role.as_deref().unwrap_or(loader));
    catalog
}

/// The live side and the desired one; a live database is read while scratch loads the files.
fn both(args: &Args, opener: &mut Opener) -> Result<(Side, Side), CommandError> {
    let paths = if args.schema.is_empty() { opener.config.schema() } else { args.schema.clone() };
    let timings = opener.timings.clone();
    let parsed = timings.time("parsing the files", || files::parse(&paths))?;
    let title = title(&parsed, &paths);
    let to = if args.before.is_some() { None } else { args.database.choose_target(&opener.config)? };
    let Some(to) = to else {
        let live = opener.replay(&opener.config.migrations(), args.before.as_deref())?;
        let desired = of_loaded(load(parsed, opener.scratch()?, &timings)?, title);
        return Ok((live, desired));
    };
    let mut live = opener.live(&to)?;
    let scratch = opener.scratch()?;
    thread::scope(|scope| {
        let reading = scope.spawn(|| read_live(&mut live, &timings));
        let loaded = load(parsed, scratch, &timings);
        let live = reading.join().map_err(|_| CommandError::Lost)?;
        Ok((live?, of_loaded(loaded?, title)))
    })
}
