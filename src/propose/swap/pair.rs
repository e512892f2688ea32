//! Both tables of a name, and the steps that are about them alone.

use std::collections::BTreeSet;

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::propose::swap::step;
use crate::strategy::swap::numbers::{Handed, handed};
use crate::strategy::swap::part::{Named, left_by, shared};
use crate::strategy::swap::{Mirror, NEW, OLD, beside, fit};

/// How far an earlier run has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    Fresh,
    /// The new table is there, with the trigger.
    Begun,
    /// The names are exchanged.
    Done,
}

/// A table in both states.
pub(super) struct Pair {
    pub(super) table: Key,
    pub(super) new: Key,
    pub(super) old: Key,
    pub(super) stage: Stage,
    /// The sequences that go on under their name.
    pub(super) shared: BTreeSet<Key>,
    forward: Mirror,
    reverse: Mirror,
    leaving: BTreeSet<Named>,
    arriving: BTreeSet<Named>,
    handed: Vec<Handed>,
    /// The triggers that an earlier run did not come to.
    lacking: BTreeSet<Key>,
}

/// The steps of all pairs.
pub(super) fn all(pairs: &[Pair], steps: impl Fn(&Pair) -> Vec<Step>) -> Vec<Step> {
    pairs.iter().flat_map(steps).collect()
}

impl Pair {
    /// # Errors
    /// Why the table cannot be built beside, for a person.
    pub(super) fn of(table: &Key, live: &Catalog, desired: &Catalog) -> Result<Self, String> {
        let (new, old) = (beside(table, NEW), beside(table, OLD));
        let stage = match left_by(live, table) {
            Some(NEW) => Stage::Begun,
            Some(_) => Stage::Done,
            None => Stage::Fresh,
        };
        let renamed = (stage == Stage::Done).then(|| under_the_name(live, &old, table));
        let live = renamed.as_ref().unwrap_or(live);
        fit::fits(table, live, desired)?;
        if !fit::differs(table, live, desired) {
            return Err("nothing of it changes".to_owned());
        }
        let in_the_way = |key: &&Key| live.facts.contains(key) || desired.facts.contains(key);
        if stage == Stage::Fresh
            && let Some(key) = [&new, &old].into_iter().find(in_the_way)
        {
            return Err(format!("{key} is in the way"));
        }
        let shared = shared(table, live, desired);
        let arriving = Named::of(desired, table, &shared);
        let leaving = Named::of(live, table, &shared);
        let arriving = arriving.into_iter().filter(|named| leaving.iter().any(|other| other.meets(named))).collect();
        let forward = Mirror::of(table, [live, desired], NEW)?;
        let lacks = |trigger: &&Key| stage == Stage::Begun && !live.facts.contains(trigger);
        Ok(Self {
            lacking: forward.triggers.iter().filter(lacks).cloned().collect(),
            forward,
            reverse: Mirror::of(table, [desired, live], OLD)?,
            handed: handed(table, live, desired, &shared),
            table: table.clone(),
            new,
            old,
            stage,
            shared,
            leaving,
            arriving,
        })
    }

    fn mirror(&self, stage: Stage) -> &Mirror {
        if stage == Stage::Done { &self.reverse } else { &self.forward }
    }

    pub(super) fn becomes_partitioned(&self) -> bool {
        self.reverse.partitioned
    }

    /// The function and the triggers of this stage.
    pub(super) fn between(&self, stage: Stage) -> Vec<Key> {
        let mirror = self.mirror(stage);
        mirror.triggers.iter().chain([&mirror.function]).cloned().collect()
    }

    /// Makes the function and the triggers of this stage.
    pub(super) fn sync(&self, stage: Stage) -> Vec<Step> {
        let create = self.mirror(stage).create();
        create.into_iter().map(|(key, sql)| step(Verb::Create, &key, sql)).collect()
    }

    /// Makes the function from the old to the new table, where it is not there.
    pub(super) fn function(&self) -> Vec<Step> {
        self.missing().into_iter().filter(|step| step.key == self.forward.function).collect()
    }

    /// The same of the triggers that call it.
    pub(super) fn triggers(&self) -> Vec<Step> {
        self.missing().into_iter().filter(|step| step.key != self.forward.function).collect()
    }

    fn missing(&self) -> Vec<Step> {
        let steps = self.sync(Stage::Begun).into_iter();
        match self.stage {
            Stage::Fresh => steps.collect(),
            Stage::Begun => steps.filter(|step| self.lacking.contains(&step.key)).collect(),
            Stage::Done => Vec::new(),
        }
    }

    /// Those of these steps that are about what was there from the beginning.
    pub(super) fn there(&self, steps: Vec<Step>) -> Vec<Step> {
        steps.into_iter().filter(|step| !self.lacking.contains(&step.key)).collect()
    }

    /// Drops them.
    pub(super) fn unsync(&self, stage: Stage) -> Vec<Step> {
        self.mirror(stage).drop().into_iter().map(|(key, sql)| step(Verb::Drop, &key, sql)).collect()
    }

    /// Copies the rows.
    pub(super) fn fill(&self, stage: Stage) -> Vec<Step> {
        if stage == Stage::Begun && self.stage == Stage::Done {
            return Vec::new();
        }
        let mirror = self.mirror(stage);
        mirror.fill().into_iter().map(|statement| Step::of(Verb::Alter, &mirror.into, statement)).collect()
    }

    /// Numbering goes on there, under the names from before the exchange.
    pub(super) fn hand_over(&self, forth: bool) -> Vec<Step> {
        let aside = |sequence: &str| {
            let sequences = self.arriving.iter().find(|named| named.aside_of(sequence));
            sequences.map(|named| named.aside(NEW).sql())
        };
        let one = |handed: &Handed| {
            let [from, to] = handed.sequences();
            let to = to.map(|to| aside(to).unwrap_or_else(|| to.to_owned()));
            let table = if forth { &self.table } else { &self.new };
            handed.sql(forth, [from, to.as_deref()], table).map(|sql| step(Verb::Alter, &handed.column, sql))
        };
        self.handed.iter().filter(|_| self.stage != Stage::Done).filter_map(one).collect()
    }

    /// What is there leaves its name, and what was built beside takes it.
    pub(super) fn forth(&self) -> Vec<Step> {
        if self.stage == Stage::Done {
            return Vec::new();
        }
        let rename = |sql: String| rename(&self.table, &self.new, sql);
        let leaving = self.leaving.iter().map(|named| rename(named.rename(&self.table, OLD, true)));
        let arriving = self.arriving.iter().map(|named| rename(named.rename(&self.new, NEW, false)));
        let tables = [called(&self.table, &self.old), called(&self.new, &self.table)].map(rename);
        leaving.chain(arriving).chain(tables).collect()
    }

    /// The other way round.
    pub(super) fn back(&self) -> Vec<Step> {
        let rename = |sql: String| rename(&self.table, &self.old, sql);
        let mut steps = vec![rename(called(&self.table, &self.new)), rename(called(&self.old, &self.table))];
        steps.extend(self.arriving.iter().map(|named| rename(named.rename(&self.new, NEW, true))));
        steps.extend(self.leaving.iter().map(|named| rename(named.rename(&self.table, OLD, false))));
        if self.stage == Stage::Done { Vec::new() } else { steps }
    }

    /// Only what leaves its name.
    pub(super) fn away(&self) -> Vec<Step> {
        if self.stage == Stage::Done {
            return Vec::new();
        }
        let rename = |sql: String| rename(&self.table, &self.new, sql);
        let leaving = self.leaving.iter().map(|named| rename(named.rename(&self.table, OLD, true)));
        leaving.chain([rename(called(&self.table, &self.old))]).collect()
    }

    /// A validation of something of the new table, when that has the name.
    pub(super) fn arrived(&self, step: &mut Step) {
        if let Some(rest) = step.sql.strip_prefix(&format!("ALTER TABLE {} VALIDATE ", self.new.sql())) {
            step.sql = format!("ALTER TABLE {} VALIDATE {rest}", self.table.sql());
            step.key = step.key.rebased(self.table.clone());
            step.with = vec![step.key.clone()];
        }
    }
}

/// A step that exchanges a name with what was called so before.
fn rename(table: &Key, before: &Key, sql: String) -> Step {
    Step { reason: Some(format!("it was called {}", Ident::new(before.name()))), ..step(Verb::Rename, table, sql) }
}

fn called(from: &Key, to: &Key) -> String {
    format!("ALTER TABLE {} RENAME TO {}", from.sql(), Ident::new(to.name()))
}

/// The state as if this table, and nothing else, had the name.
fn under_the_name(state: &Catalog, table: &Key, name: &Key) -> Catalog {
    let rebase = |key: &Key| rebased(key, table, name);
    let others = state.facts.iter().filter(|(key, _)| key.root() != name);
    let facts: Facts = others.map(|(key, body)| (rebase(key), body.clone())).collect();
    let facts = facts.with_casts(state.facts.casts().clone());
    Catalog { facts, edges: state.edges.clone(), ..Catalog::default() }
}

fn rebased(key: &Key, from: &Key, to: &Key) -> Key {
    match key.on() {
        _ if key == from => to.clone(),
        Some(on) => key.rebased(rebased(on, from, to)),
        None => key.clone(),
    }
}
