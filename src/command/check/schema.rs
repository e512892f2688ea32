//! Whether the migrations lead to what the schema files say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::base::name::without_public;
use crate::base::place::Place;
use crate::base::wording::counted;
use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::command::renamed;
use crate::command::side::{Opener, Side, load, of_loaded, title};
use crate::kind::Key;
use crate::lint::allow::Allow;
use crate::lint::policy::Policy;
use crate::lint::rule::schema_differs::RULE;
use crate::lint::{Finding, weighed};
use crate::plan::plan;
use crate::script::home::object;
use crate::source::files;
use crate::source::owned::act_for;
use crate::strategy;

/// What came of comparing.
#[derive(Default)]
pub(super) struct Compared {
    pub findings: Vec<Finding>,
    /// Where the files declare what the findings are about.
    pub places: BTreeMap<Key, Place>,
    /// For a person.
    pub said: String,
}

/// Compares what the migrations lead to with the schema files; where there are none and nobody named any, says so.
pub(super) fn compare(
    opener: &mut Opener,
    live: Side,
    given: &[PathBuf],
    policy: &Policy,
    allows: &[Allow],
) -> Result<Compared, CommandError> {
    let paths = if given.is_empty() { opener.config.schema() } else { given.to_vec() };
    if given.is_empty() && opener.config.schema.is_empty() && !paths.iter().any(|path| path.exists()) {
        let said = "there are no schema files: what the migrations lead to was compared with nothing".to_owned();
        return Ok(Compared { said, ..Compared::default() });
    }
    let timings = opener.timings.clone();
    let parsed = files::parse(&paths)?;
    let name = title(&parsed, &paths);
    let desired = of_loaded(load(parsed, opener.scratch()?, &timings)?, name.clone());
    let rules = opener.rules(&live, &desired);
    let Some(loaded) = desired.loaded else { return Err(CommandError::NoDatabase) };
    let mut wanted = desired.catalog;
    let loader = loaded.db.loader();
    act_for(&mut wanted, loader, loader);
    let (from, to) = rules.clean_both(live.catalog, wanted);
    let mut allows = allows.to_vec();
    allows.extend(renamed::allows(&renamed::read(&loaded.statements)?));
    let found = differing(&from, &to)?;
    let places = found.iter().filter_map(|finding| finding.key.clone());
    let places = places.filter_map(|key| loaded.places.of(&key).map(|place| (key, place))).collect();
    let said = match found.len() {
        0 => format!("the migrations lead to what {name} says"),
        count => format!("{} of {name} differ from what the migrations lead to", counted(count, "object")),
    };
    Ok(Compared { findings: weighed(&RULE, found, policy, &allows), places, said })
}

/// A finding for each object that a plan from one to the other would touch, with its first statement.
fn differing(from: &Catalog, to: &Catalog) -> Result<Vec<Finding>, CommandError> {
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    for step in plan(from, to, &strategy::plain)?.steps {
        let facts = if to.facts.contains(&step.key) { &to.facts } else { &from.facts };
        let whole = object(&step.key, facts);
        if told.insert(whole.clone()) {
            let sql = without_public(step.sql.lines().next().unwrap_or_default());
            let name = without_public(&whole.to_string());
            let message = format!("the schema files and the migrations differ in {name}; a plan begins with: {sql}");
            let help = "write the migration with `pgplumb plan`, or correct the schema files";
            found.push(Finding::about(RULE.code, &whole, message).help(help));
        }
    }
    Ok(found)
}
