//! Tables in use by many, each in a transaction of its own.
//!
//! A transaction that has locked one table and waits for the next keeps everybody from both. Where nothing holds two changes
//! together, a COMMIT comes between them: what is dropped and made again, set aside, or half made stays in one
//! transaction, so that nobody sees it missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::kind::Key;
use crate::plan::Plan;
use crate::plan::action::{Part, Verb};
use crate::plan::step::Step;

impl Plan {
    /// Cuts transactions further, so that none locks two hot tables, where that can be. `hot` says which one a table is,
    /// whatever it is called by then; none that is not hot.
    pub fn part_hot_tables(&mut self, hot: &dyn Fn(&Key) -> Option<Key>) {
        let held = held_together(&self.steps);
        let mut locked: BTreeSet<Key> = BTreeSet::new();
        let (mut more, mut before) = (0, None);
        for (index, step) in self.steps.iter_mut().enumerate() {
            if before != Some(step.group) {
                before = Some(step.group);
                locked.clear();
            }
            let tables = tables(step, hot);
            if !tables.is_empty() && !locked.is_empty() && locked.is_disjoint(&tables) && !held.contains(&index) {
                more += 1;
                locked.clear();
            }
            locked.extend(tables);
            step.group += more;
        }
    }
}

/// The hot tables that a step locks against others.
fn tables(step: &Step, hot: &dyn Fn(&Key) -> Option<Key>) -> BTreeSet<Key> {
    let weak = |key: &Key| {
        matches!(
            key,
            Key::Comment(_)
                | Key::PartComment(_)
                | Key::Acl(_)
                | Key::MemberAcl(_)
                | Key::PublicationTable(_)
                | Key::TriggerCopy(_)
        )
    };
    let all = step.with.iter().chain([&step.key]).filter(|key| !weak(key)).map(Key::root);
    all.filter(|root| matches!(root, Key::Table(_))).filter_map(hot).collect()
}

/// The steps before which no transaction may end.
fn held_together(steps: &[Step]) -> BTreeSet<usize> {
    let mut opened: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut held = BTreeSet::new();
    for (index, step) in steps.iter().enumerate() {
        let same = |before: &&Step| (before.verb, &before.key, before.part) == (step.verb, &step.key, step.part);
        let before = index.checked_sub(1).and_then(|before| steps.get(before));
        if before.is_some_and(|before| same(&before) || (before.verb, step.verb) == (Verb::Rename, Verb::Rename)) {
            held.insert(index);
        }
        for key in step.with.iter().chain([&step.key]) {
            match opened.get(key) {
                Some(first) if closes(step) => held.extend(first + 1..=index),
                None if opens(step) => {
                    opened.insert(key, index);
                }
                _ => {}
            }
        }
    }
    held
}

/// Whether something is away, or half there, after the step.
fn opens(step: &Step) -> bool {
    matches!(step.verb, Verb::Drop | Verb::SetAside) || step.part == Part::Stub
}

/// Whether it is there again.
fn closes(step: &Step) -> bool {
    matches!(step.verb, Verb::Create | Verb::CleanUp | Verb::Alter) || step.part == Part::Rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::key::{Child, Scoped};

    fn table(name: &str) -> Key {
        Key::Table(Scoped::new("public", name))
    }

    fn column(on: &str) -> Key {
        Key::Column(Child::new(table(on), "c"))
    }

    fn step(verb: Verb, key: Key) -> Step {
        let (sql, with, hazards) = (String::new(), vec![key.clone()], Vec::new());
        let (reason, effects, part) = (None, None, Part::Whole);
        Step { verb, key, with, sql, hazards, reason, group: 0, outside: false, effects, part }
    }

    fn groups(steps: Vec<Step>) -> Vec<usize> {
        let mut plan = Plan { steps };
        plan.part_hot_tables(&|key| key.name().starts_with("hot").then(|| key.clone()));
        plan.steps.iter().map(|step| step.group).collect()
    }

    #[test]
    fn each_hot_table_has_a_transaction() {
        let alter = |on| step(Verb::Alter, column(on));
        assert_eq!(
            groups(vec![alter("hot_a"), alter("b"), alter("hot_a"), alter("hot_b"), alter("c")]),
            [0, 0, 0, 1, 1]
        );
        let view = || Key::View(Scoped::new("public", "v"));
        let around =
            vec![step(Verb::Drop, view()), alter("hot_a"), alter("hot_b"), step(Verb::Create, view()), alter("hot_c")];
        assert_eq!(groups(around), [0, 0, 0, 0, 1]);
        let with_groups = vec![alter("hot_a"), alter("hot_b"), Step { group: 1, ..alter("hot_c") }];
        assert_eq!(groups(with_groups), [0, 1, 2]);
    }
}
