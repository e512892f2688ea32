//! What was seen of a statement.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::observe::lock::Lock;
use crate::observe::message::Message;
use crate::observe::relation::Relation;

/// What a statement did to relations that were there before it, or before the plan that it is a part of.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    /// In order: tables first, by name.
    pub on: BTreeMap<Relation, Effect>,
    pub dropped: BTreeSet<Relation>,
    /// Constraints whose rows were checked, `existing constraints ... are sufficient` and the like, in Postgres' words.
    pub spared: Vec<String>,
    /// Whether it ran inside a transaction block.
    pub in_transaction: bool,
}

/// What a statement did to one relation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Effect {
    /// The strongest that was taken, or waited for.
    pub lock: Lock,
    /// Its rows were written anew to another file.
    pub rewritten: bool,
    /// It had rows, and has none any more.
    #[serde(skip_serializing_if = "is_false")]
    pub emptied: bool,
    /// Its rows were read from the first to the last.
    pub scanned: bool,
    /// Why, as far as Postgres says.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub scans: BTreeSet<Scan>,
    /// Rows inserted, updated and deleted.
    #[serde(skip_serializing_if = "is_zero")]
    pub written: i64,
}

/// What a table was read in full for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "for", content = "name")]
pub enum Scan {
    /// NOT NULL, CHECK, and the bounds of a partition.
    Constraints,
    ForeignKey(String),
    Index(String),
}

impl Effect {
    /// No more than the lock.
    pub fn of(lock: Lock) -> Self {
        Self { lock, rewritten: false, emptied: false, scanned: false, scans: BTreeSet::new(), written: 0 }
    }

    /// How many of its indexes were built.
    pub fn indexes_built(&self) -> u64 {
        self.scans.iter().map(|scan| u64::from(matches!(scan, Scan::Index(_)))).sum()
    }

    /// Whether it takes time that grows with the table.
    pub fn is_long(&self) -> bool {
        self.rewritten || self.scanned
    }

    /// Whether somebody has to wait for as long as the table is large.
    pub fn blocks_long(&self) -> bool {
        self.is_long() && self.lock.blocks()
    }
}

impl Effects {
    /// The strongest lock on something that holds rows, and what it is on.
    pub fn strongest(&self) -> Option<(&Relation, &Effect)> {
        self.tables().max_by_key(|(relation, effect)| (effect.lock, std::cmp::Reverse(*relation)))
    }

    /// What was done to what holds rows.
    pub fn tables(&self) -> impl Iterator<Item = (&Relation, &Effect)> {
        self.on.iter().filter(|(relation, _)| relation.has_rows())
    }

    /// What was done to the relation of this name.
    pub fn of(&self, schema: &str, name: &str) -> Option<&Effect> {
        self.on
            .iter()
            .find(|(relation, _)| relation.schema == schema && relation.name == name)
            .map(|(_, effect)| effect)
    }

    /// Adds what Postgres said. It names relations without their schema; that they are locked tells which one is meant.
    pub(super) fn take(&mut self, says: &[Message]) {
        for message in says {
            match message {
                // What is written anew from nothing but dead rows is empty afterwards too.
                Message::Rewrites(table) => self.mark(table, |effect| {
                    (effect.rewritten, effect.emptied) = (true, false);
                }),
                Message::Verifies(table) => self.mark(table, |effect| {
                    effect.scanned = true;
                    effect.scans.insert(Scan::Constraints);
                }),
                Message::Builds { index, table } => self.mark(table, |effect| {
                    effect.scanned = true;
                    effect.scans.insert(Scan::Index(index.clone()));
                }),
                Message::ValidatesForeignKey(name) => self.validates(name),
                Message::Spared(text) => self.spared.push(text.clone()),
            }
        }
    }

    fn mark(&mut self, table: &str, change: impl Fn(&mut Effect)) {
        let named = self.on.iter_mut().filter(|(relation, _)| relation.name == table && relation.has_rows());
        // Of two with one name in two schemas the one that is meant has the stronger lock.
        if let Some((_, effect)) = named.max_by_key(|(_, effect)| effect.lock) {
            change(effect);
        }
    }

    /// The tables that were read are the two of the key; where an index spared the reading of both, the message stands.
    fn validates(&mut self, name: &str) {
        let all = self.on.iter_mut().filter(|(relation, _)| relation.is_table());
        for (_, effect) in all.filter(|(_, effect)| effect.lock >= Lock::ShareUpdateExclusive) {
            effect.scanned = true;
            effect.scans.insert(Scan::ForeignKey(name.to_owned()));
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(said: &bool) -> bool {
    !said
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}
