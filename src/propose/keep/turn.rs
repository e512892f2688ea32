//! Renames of tables in use by many, one transaction each: who waits for the second keeps nobody from the first.

use std::collections::BTreeSet;

use crate::kind::Key;
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::propose::Request;
use crate::propose::keep::view::Kept;

/// The renames, and the views that take the old names; each table's view in the transaction of its rename.
pub(super) fn forth(request: &Request, kept: &[Kept], renames: Vec<Step>, views: Vec<Step>) -> Vec<Step> {
    let steps = [renames, views].concat();
    if !has_several(request, &steps) {
        return steps;
    }
    // What else is renamed frees the names that these tables take.
    let mut units = vec![of(&steps, |step| place(kept, step).is_none())];
    units.extend((0..kept.len()).map(|number| of(&steps, |step| place(kept, step) == Some(number))));
    grouped(units)
}

/// The other way round.
pub(super) fn back(request: &Request, kept: &[Kept], views: Vec<Step>, renames: Vec<Step>) -> Vec<Step> {
    let steps = [views, renames].concat();
    if !has_several(request, &steps) {
        return steps;
    }
    let numbers = (0..kept.len()).rev();
    let mut units: Vec<Vec<Step>> =
        numbers.map(|number| of(&steps, |step| place(kept, step) == Some(number))).collect();
    units.push(of(&steps, |step| place(kept, step).is_none()));
    grouped(units)
}

/// Whether two hot tables are renamed.
fn has_several(request: &Request, steps: &[Step]) -> bool {
    let renamed = steps.iter().filter(|step| step.verb == Verb::Rename).map(|step| step.key.root());
    renamed.filter_map(|table| request.hot_table(table)).collect::<BTreeSet<Key>>().len() > 1
}

/// Which of the tables a step is about, or the view of which.
fn place(kept: &[Kept], step: &Step) -> Option<usize> {
    let root = step.key.root();
    kept.iter().position(|kept| kept.table == *root || kept.view == *root)
}

fn of(steps: &[Step], belongs: impl Fn(&Step) -> bool) -> Vec<Step> {
    steps.iter().filter(|step| belongs(step)).cloned().collect()
}

fn grouped(units: Vec<Vec<Step>>) -> Vec<Step> {
    let units = units.into_iter().filter(|unit| !unit.is_empty()).enumerate();
    units.flat_map(|(group, unit)| unit.into_iter().map(move |step| Step { group, ..step })).collect()
}
