//! Actions from decisions: what gets a statement of its own, and what rides with another's.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::kind::statement::{Disturbs, Statement};
use crate::kind::{Body, Key, Site};
use crate::plan::Rewrite;
use crate::plan::action::{Action, Part, Phases, Verb};
use crate::plan::change::Changes;

/// The first and the last of the actions that together create, drop or alter a fact. One that prepares stands before
/// the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub first: usize,
    pub last: usize,
}

/// All actions, and which of them does what to a fact.
#[derive(Debug, Default)]
pub struct Actions {
    pub all: Vec<Action>,
    pub producer: BTreeMap<Key, Span>,
    pub destroyer: BTreeMap<Key, Span>,
    pub alterer: BTreeMap<Key, Span>,
    pub cleaner: BTreeMap<Key, Span>,
}

/// What actions are made from.
pub struct Builder<'a> {
    pub changes: &'a Changes,
    pub live: &'a Catalog,
    pub desired: &'a Catalog,
    pub rewrite: Rewrite<'a>,
    /// Facts that must not ride with the fact that would create them, because that closed a loop.
    pub separate: &'a BTreeSet<Key>,
    /// What is done to these facts is done in two parts, because the whole closed a loop.
    pub stubs: &'a BTreeSet<(Verb, Key)>,
}

static NOTHING: BTreeSet<Key> = BTreeSet::new();

impl Builder<'_> {
    pub fn build(&self) -> Actions {
        let mut actions = Actions::default();
        self.drops(&mut actions);
        self.asides(&mut actions);
        self.alters(&mut actions);
        self.creates(&mut actions);
        actions
    }

    pub fn live_site<'b>(&'b self, key: &'b Key) -> Site<'b> {
        Site { key, here: &self.live.facts, there: &self.desired.facts, absorbed: &NOTHING }
    }

    pub fn desired_site<'b>(&'b self, key: &'b Key) -> Site<'b> {
        Site { key, here: &self.desired.facts, there: &self.live.facts, absorbed: &NOTHING }
    }

    fn drops(&self, actions: &mut Actions) {
        let mut homes: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
        for key in self.changes.destroyed.iter().filter(|key| !self.changes.aside.contains(*key)) {
            homes.entry(self.drop_home(key)).or_default().insert(key.clone());
        }
        for (home, with) in homes {
            if self.changes.aside.contains(&home) {
                continue;
            }
            let Some(body) = self.live.facts.get(&home) else { continue };
            let statements = body.drop(&self.live_site(&home));
            let span = self.push(actions, Verb::Drop, &home, with.clone(), statements);
            for key in with {
                actions.destroyer.insert(key, span);
            }
        }
    }

    /// The fact whose DROP takes this one along.
    fn drop_home(&self, key: &Key) -> Key {
        let mut home = key.clone();
        let dropped = |key: &Key| self.changes.destroyed.contains(key);
        while let Some(next) =
            self.live.facts.get(&home).and_then(|body| body.dropped_with(&self.live_site(&home), &dropped))
        {
            if next == home || self.apart(&home, &next) {
                break;
            }
            home = next;
        }
        home
    }

    /// Whether this has needs of its own, which hold on to what a fact that closes a loop is to let go of first.
    fn apart(&self, key: &Key, home: &Key) -> bool {
        matches!(key, Key::Rule(_) | Key::Trigger(_) | Key::Default(_))
            && self.stubs.contains(&(Verb::Drop, home.root().clone()))
    }

    fn asides(&self, actions: &mut Actions) {
        for key in &self.changes.aside {
            let aside = format!("{}__replaced", key.name().chars().take(40).collect::<String>());
            let site = self.live_site(key);
            let Some((rename, drop)) = self.live.facts.get(key).and_then(|body| body.set_aside(&site, &aside)) else {
                continue;
            };
            let below: BTreeSet<Key> =
                self.changes.destroyed.iter().filter(|k| self.drop_home(k) == *key).cloned().collect();
            let span = self.push(actions, Verb::SetAside, key, below.clone(), rename);
            for key in &below {
                actions.destroyer.insert(key.clone(), span);
            }
            actions.destroyer.insert(key.clone(), span);
            let span = self.push(actions, Verb::CleanUp, key, BTreeSet::new(), vec![drop]);
            actions.cleaner.insert(key.clone(), span);
            // The functions of a base type stay with it until then.
            for part in below.iter().filter(|key| key.on().is_none()) {
                actions.cleaner.insert(part.clone(), span);
            }
        }
    }

    fn alters(&self, actions: &mut Actions) {
        for (key, change) in &self.changes.altered {
            let span = self.push(actions, Verb::Alter, key, BTreeSet::from([key.clone()]), change.statements.clone());
            actions.alterer.insert(key.clone(), span);
        }
        for (key, change) in &self.changes.altered {
            if let (true, Some(span)) = (change.disturbs != Disturbs::Nothing, actions.alterer.get(key).copied()) {
                self.copies_alter(key, span, actions);
            }
        }
    }

    /// A copy changes with what it is a copy of; where it has a change of its own, that comes after.
    fn copies_alter(&self, key: &Key, span: Span, actions: &mut Actions) {
        let Some(body) = self.live.facts.get(key) else { return };
        // One that goes is gone by then.
        let stays = |copy: &Key| !self.changes.destroyed.contains(copy);
        for copy in body.copies(&self.live_site(key)).into_iter().filter(stays) {
            self.copies_alter(&copy, span, actions);
            actions.alterer.entry(copy).or_insert(span);
        }
    }

    fn creates(&self, actions: &mut Actions) {
        let mut homes: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
        for key in &self.changes.created {
            homes.entry(self.create_home(key)).or_default().insert(key.clone());
        }
        for (home, with) in homes {
            let statements = self.create_statements(&home, &with);
            let span = self.push(actions, Verb::Create, &home, with.clone(), statements);
            for key in with {
                actions.producer.insert(key, span);
            }
        }
    }

    /// CREATE of a fact together with those it absorbs.
    pub fn create_statements(&self, key: &Key, with: &BTreeSet<Key>) -> Vec<Statement> {
        let Some(body) = self.desired.facts.get(key) else { return Vec::new() };
        body.create(&Site { absorbed: with, ..self.desired_site(key) })
    }

    /// CREATE TABLE runs nothing: there are no rows yet.
    fn runs(&self, key: &Key, with: &BTreeSet<Key>) -> bool {
        let runs = |key: &Key| self.desired.facts.get(key).is_some_and(Body::runs_routines);
        !matches!(key, Key::Table(_)) && with.iter().any(runs)
    }

    /// The fact whose CREATE makes this one.
    fn create_home(&self, key: &Key) -> Key {
        let mut home = key.clone();
        let created = |key: &Key| self.changes.created.contains(key);
        while !self.separate.contains(&home)
            && let Some(next) =
                self.desired.facts.get(&home).and_then(|body| body.created_with(&self.desired_site(&home), &created))
            && next != home
            && self.changes.created.contains(&next)
        {
            home = next;
        }
        home
    }

    /// What is done to a fact in two parts: what others wait for, and what waits for others. None where its kind has no
    /// such form.
    pub fn parts(&self, verb: Verb, key: &Key, whole: &[Statement]) -> Option<[Vec<Statement>; 2]> {
        let live = || self.live.facts.get(key).and_then(|body| body.stub(&self.live_site(key)));
        let desired = || self.desired.facts.get(key).and_then(|body| body.stub(&self.desired_site(key)));
        match verb {
            Verb::Create => desired().map(|stub| [stub.create, stub.complete]),
            Verb::Drop => live().map(|stub| [stub.release, whole.to_vec()]),
            // What is there can be stood on as it is, unless it gets more columns or defaults.
            Verb::Alter => match (live(), desired()) {
                (None, None) => None,
                (live, Some(desired)) if live.as_ref().is_none_or(|live| live.release != desired.release) => {
                    Some([desired.release, whole.to_vec()])
                }
                _ => Some([Vec::new(), whole.to_vec()]),
            },
            Verb::SetAside | Verb::CleanUp | Verb::Rename => None,
        }
    }

    fn push(
        &self,
        actions: &mut Actions,
        verb: Verb,
        key: &Key,
        with: BTreeSet<Key>,
        statements: Vec<Statement>,
    ) -> Span {
        let reason = self.changes.reasons.get(key).filter(|reason| !reason.is_empty()).cloned();
        let runs = verb == Verb::Create && self.runs(key, &with);
        let site = if verb == Verb::Create { self.desired_site(key) } else { self.live_site(key) };
        let ordinal = match site.here.get(key) {
            Some(Body::Column(column)) => column.position.0,
            _ => 0,
        };
        let part = Part::Whole;
        let whole =
            Action { verb, key: key.clone(), with, statements, reason, runs, phase: 0, part, prepares: false, ordinal };
        if self.stubs.contains(&(verb, key.clone()))
            && let Some([stub, rest]) = self.parts(verb, key, &whole.statements)
        {
            let first = actions.all.len();
            actions.all.push(Action { statements: stub, part: Part::Stub, ..whole.clone() });
            actions.all.push(Action { statements: rest, part: Part::Rest, phase: 1, ..whole });
            return Span { first, last: first + 1 };
        }
        let phases = (self.rewrite)(&whole, &site, self.changes);
        let Phases { prepare, then } = phases.unwrap_or_else(|| Phases::of(vec![whole.statements.clone()]));
        if !prepare.is_empty() {
            actions.all.push(Action { statements: prepare, prepares: true, ..whole.clone() });
        }
        let first = actions.all.len();
        for (phase, statements) in then.into_iter().enumerate() {
            actions.all.push(Action { statements, phase, ..whole.clone() });
        }
        Span { first, last: actions.all.len() - 1 }
    }
}
