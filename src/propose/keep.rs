//! Renames that keep the old name for a while, `-- pgplumb: renamed from old keep 2 releases`, as two migrations: from the
//! first to the second, programs can read and write under either name.
//!
//! A table keeps its name in a view, made in the transaction of the rename. The state between the two migrations is the
//! desired one with that view, so the first is a plan to it and the second a plan from it, each proven. Where a plan is
//! made between the two, the view stays: the second migration is written already.
//!
//! A column keeps its name as a column of its own, kept in step with the new one by a trigger, as one whose type changes is
//! (`expand`); but both have their names from the beginning, and both can be written.

mod column;
mod stay;
mod turn;
mod view;

use std::collections::BTreeSet;

use crate::base::name::without_public;
use crate::catalog::Catalog;
use crate::kind::key::Global;
use crate::kind::{Body, Key, Site, Slot};
use crate::plan::rename::{Rename, Renames, joined};
use crate::plan::step::Step;
use crate::plan::{Plan, plan};
use crate::propose::expand::proven::{empty, proven};
use crate::propose::expand::{self, Change, Expansion, Outcome};
use crate::propose::keep::column::Columns;
use crate::propose::keep::stay::Stay;
use crate::propose::keep::view::{Kept, View};
use crate::propose::{Proposal, Request};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{Bench, run};
use crate::sql::directive::After;
use crate::strategy::plain as plain_form;

/// Both migrations for the renames that keep a name; none where none does. `plain` is the plan that was made without, and
/// scratch is in the live state where that was proven, and else in the desired one.
///
/// # Errors
/// `ProofError` when a statement fails on scratch, or a state is not reached.
pub fn keep(bench: &mut Bench, request: &Request, plain: &Proposal) -> Result<Outcome, ProofError> {
    let mut outcome = Outcome::default();
    let Found { views, columns, settled } = find(bench, request, &mut outcome.notes);
    if views.is_empty() && columns.is_empty() && settled.is_empty() {
        return Ok(outcome);
    }
    let mut desired = request.desired.clone();
    settled.iter().for_each(|columns| Stay::of(columns, request.live).put_into(&mut desired));
    let times = columns.iter().map(|columns| columns.after).chain(views.iter().map(|view| view.after));
    let after = after(times, &mut outcome.notes);
    let seeded: BTreeSet<String> = plain.proof.iter().flat_map(|proof| &proof.rows.seeded).cloned().collect();
    let done = views.iter().all(|view| view.begun) && columns.is_empty();
    let expansion = request.timings.time("keeping names", || {
        if columns.is_empty() {
            return by_views(
                bench,
                &Request { desired: &desired, ..*request },
                (request.desired, plain),
                &views,
                &seeded,
            );
        }
        if plain.proof.is_none() {
            run::plan(bench.connection, &plain.down, Direction::Down)?;
        }
        views.iter().for_each(|view| Stay::of_view(view, request.live).put_into(&mut desired));
        let changes: Vec<Change> = columns.into_iter().map(|columns| columns.change).collect();
        outcome.notes.push(POSITION.to_owned());
        expand::both(bench, &Request { desired: &desired, ..*request }, &desired, &changes, &seeded)
    })?;
    outcome.expansion = Some(Expansion { after, settled: done, ..expansion });
    Ok(outcome)
}

const POSITION: &str = "until the contract the table has both columns, the new one last: an INSERT that names no columns, \
                        or a SELECT * that counts them, meets both";

/// What keeps its name.
#[derive(Default)]
struct Found {
    views: Vec<Kept>,
    /// With something left to do.
    columns: Vec<Columns>,
    settled: Vec<Columns>,
}

/// Looks through the renames; why one of them cannot be had is noted.
fn find(bench: &Bench, request: &Request, notes: &mut Vec<String>) -> Found {
    let version = bench.connection.version();
    let mut found = Found::default();
    let mut refused = |rename: &Rename, why: &str| {
        notes.push(without_public(&format!("{} does not keep its old name: {why}", rename.to)));
    };
    let keeping = || request.renames.iter().filter(|rename| rename.keep.is_some());
    let is_column = |rename: &&Rename| matches!(rename.to, Key::Column(_));
    for rename in keeping().filter(|rename| !is_column(rename)) {
        match view::kept(rename, request, version) {
            Ok(view) => found.views.extend(view),
            Err(why) => refused(rename, &why),
        }
    }
    // Whose table keeps its name is in the view of that.
    let shown = |rename: &&Rename| found.views.iter().any(|view| rename.to.on() == Some(&view.table));
    let (live, desired) = (&request.live.facts, &request.desired.facts);
    let others: Vec<Rename> =
        request.renames.iter().filter(|rename| rename.keep.is_none() || !is_column(rename)).cloned().collect();
    let alone = Renames::pending(&others, live, desired).is_empty();
    for rename in keeping().filter(is_column).filter(|rename| !shown(rename)) {
        match column::kept(rename, request) {
            Ok(Some(columns)) if columns.settled => found.settled.push(columns),
            Ok(Some(_)) if !alone => refused(rename, "something else is renamed: plan that apart"),
            Ok(columns) => found.columns.extend(columns),
            Err(why) => refused(rename, &why),
        }
    }
    found
}

/// The longest of these times; where they cannot be compared, nobody but a person can tell.
fn after(times: impl Iterator<Item = After>, notes: &mut Vec<String>) -> Option<After> {
    let (mut releases, mut time) = (None, None);
    for after in times {
        match after {
            After::Releases(number) => releases = releases.max(Some(number)),
            After::Time(length) => time = time.max(Some(length)),
        }
    }
    match (releases, time) {
        (Some(number), None) => Some(After::Releases(number)),
        (None, Some(length)) => Some(After::Time(length)),
        (None, None) => None,
        (Some(_), Some(_)) => {
            notes.push(
                "names are kept for releases and for a time: the contract waits until it is asked for".to_owned(),
            );
            None
        }
    }
}

/// Both migrations where only tables have names to keep: `request` desires what columns keep from before, too.
fn by_views(
    bench: &mut Bench,
    request: &Request,
    (files, plain): (&Catalog, &Proposal),
    kept: &[Kept],
    seeded: &BTreeSet<String>,
) -> Result<Expansion, ProofError> {
    let (live, desired) = (request.live, request.desired);
    if plain.proof.is_some() {
        empty(bench, seeded)?;
        run::plan(bench.connection, &plain.up, Direction::Up)?;
    }
    run::plan(bench.connection, &plan(files, desired, &plain_form)?, Direction::Up)?;
    let mut model = plain.base.clone().unwrap_or_else(|| desired.clone());
    let stays = |(key, _): &(&Key, &Body)| !files.facts.contains(key);
    for (key, body) in desired.facts.iter().filter(stays) {
        model.facts.insert(key.clone(), body.clone());
    }
    let views = view::make(bench, request, &model, kept)?;
    let (begun, fresh): (Vec<View>, Vec<View>) = views.into_iter().partition(|view| view.begun);
    let with = |state: &Catalog, views: &[&[View]]| {
        let mut state = state.clone();
        views.iter().copied().flatten().for_each(|view| view.put_into(&mut state));
        state
    };
    let between = with(desired, &[&begun, &fresh]);
    let later = with(desired, &[&begun]);
    let steps = |from: &Catalog, to: &Catalog| -> Result<Vec<Step>, ProofError> {
        let plan = plan(from, to, &plain_form)?;
        Ok(plan.steps.into_iter().map(|step| Step { group: 0, ..step }).collect())
    };
    let renames = Renames::pending(request.renames, &live.facts, &desired.facts);
    let undone = turn::back(request, kept, steps(&between, &later)?, renames.undo(&desired.facts));
    let done = turn::forth(request, kept, renames.redo(&desired.facts), steps(&later, &between)?);
    let (before, after) = (Plan { steps: undone }, Plan { steps: done });
    let base = with(&model, &[&begun]);
    let up = request.parted(joined(plan(live, &base, request.rewrite)?, after));
    let down = request.parted(joined(before, plan(&base, live, request.rewrite)?));
    let expand = Proposal { up, down, base: Some(base), proof: None };
    let moved = kept.iter().map(|kept| (kept.view.clone(), None)).collect();
    Ok(Expansion { moved, ..proven(bench, request, desired, expand, between, request.rewrite, seeded)? })
}

/// Whether the schema of this table is renamed as well.
fn schema_moves(rename: &Rename, all: &[Rename]) -> bool {
    let schema = rename.to.schema().map(|name| Key::Schema(Global { name: name.clone() }));
    all.iter().any(|other| Some(&other.to) == schema.as_ref())
}

/// What holds this name in a state.
fn holder<'a>(state: &'a Catalog, key: &Key, body: &Body) -> Option<&'a Key> {
    let wanted = slots(state, key, body);
    let holds = |fact: &(&Key, &Body)| slots(state, fact.0, fact.1).iter().any(|slot| wanted.contains(slot));
    state.facts.iter().find(holds).map(|(key, _)| key)
}

pub(in crate::propose) fn slots(state: &Catalog, key: &Key, body: &Body) -> Vec<Slot> {
    let nothing = BTreeSet::new();
    body.slots(&Site { key, here: &state.facts, there: &state.facts, absorbed: &nothing })
}
