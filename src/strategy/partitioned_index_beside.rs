//! A changed index of a partitioned table in use: built beside the old one and swapped by name, so that there is no moment
//! without it.
//!
//! 1. `CREATE INDEX CONCURRENTLY` on each partition that has rows, outside a transaction: SHARE UPDATE EXCLUSIVE. Under
//!    its own name, or under another where the old one of that partition still has it.
//! 2. In one short transaction: `DROP INDEX` of the old, `CREATE INDEX ... ON ONLY` the partitioned tables, `ALTER INDEX
//!    ... ATTACH PARTITION` and `ALTER INDEX ... RENAME` of the new: ACCESS EXCLUSIVE on the tables and indexes, catalog
//!    changes only.
//!
//! Postgres has no concurrent build and no concurrent drop for the index of the partitioned table itself. A failed build
//! leaves an INVALID index on one partition, which the next plan drops; those that were built whole are attached by the
//! next plan. Not where partitions come, go or change in the same plan, or an index of one has a comment of its own.

use std::collections::BTreeSet;

use crate::base::name::{Ident, with_suffix};
use crate::kind::statement::Statement;
use crate::kind::table::index_attachment::index_parent;
use crate::kind::table::partition::partitions_of;
use crate::kind::{Body, Key, Kind, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::index_concurrently::{is_own_change, is_taken, online, under_name};
use crate::strategy::leftover::is_name_taken;
use crate::strategy::{columns_move, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let nothing = || Phases::of(vec![Vec::new()]);
    match action.verb {
        Verb::Create => {
            let root = root_of(at)?;
            let tree = Tree::swapped(&at.of(&root), changes)?;
            Some(if root == action.key { tree.phases(action, &at.of(&root)) } else { nothing() })
        }
        Verb::Drop => {
            let there = Site { here: at.there, there: at.here, ..*at };
            let root = root_of(&there)?;
            Tree::swapped(&there.of(&root), changes).map(|_| nothing())
        }
        _ => None,
    }
}

/// The uppermost index that this index, or attachment of one, belongs to.
fn root_of(at: &Site) -> Option<Key> {
    let mut key = match at.here.get(at.key)? {
        Body::Index(_) => at.key.clone(),
        Body::IndexAttachment(attachment) => attachment.parent(),
        _ => return None,
    };
    while let Some(parent) = index_parent(&at.of(&key)) {
        key = parent;
    }
    matches!(at.here.get(&key), Some(Body::Index(index)) if index.partitioned).then_some(key)
}

/// An index of the tree, with the name that it is built under and its parent; none for the uppermost.
struct Node {
    key: Key,
    built_as: Key,
    parent: Option<usize>,
    /// What stands in the way and is no part of the old index: what a failed build left.
    in_the_way: bool,
    /// It is there, as it is wanted.
    stays: bool,
}

/// The new index of a partitioned table, parents before children.
struct Tree(Vec<Node>);

impl Tree {
    /// The tree below this index in the desired state, where it replaces another only because it is defined otherwise.
    fn swapped(at: &Site, changes: &Changes) -> Option<Self> {
        let Body::Index(index) = at.here.get(at.key)? else { return None };
        if !changes.replaced(at.key) || !index.partitioned || !is_own_change(index, at, changes) {
            return None;
        }
        if index_parent(at).is_some() || index_parent(&live(at, at.key)).is_some() {
            return None;
        }
        let old: BTreeSet<Key> = below(&live(at, at.key)).into_iter().map(|(key, _)| key).collect();
        let new = below(at);
        // What shall stand alone under the name of one that is dropped with the old tree could only be made after that.
        if old.iter().any(|key| at.here.contains(key) && !new.iter().any(|(node, _)| node == key)) {
            return None;
        }
        let mut nodes: Vec<Node> = Vec::new();
        for (key, parent) in new {
            let Some(Body::Index(index)) = at.here.get(&key) else { return None };
            let child = parent.is_some();
            if !is_steady(&index.table_key(&at.of(&key)), at, changes) || child && has_attributes(&at.of(&key)) {
                return None;
            }
            let there = at.there.contains(&key);
            let stays = child && there && !changes.created.contains(&key);
            let in_the_way = there && !stays && !old.contains(&key);
            if !there && is_taken(&at.of(&key)) {
                return None;
            }
            let built_as = if old.contains(&key) { free(&at.of(&key)) } else { key.clone() };
            let parent = parent.and_then(|parent| nodes.iter().position(|node| node.key == parent));
            nodes.push(Node { key, built_as, parent, in_the_way, stays });
        }
        Some(Self(nodes))
    }

    fn phases(&self, action: &Action, at: &Site) -> Phases {
        // DROP INDEX locks the table and then its partitions, as those do who read it: no two can wait for each other.
        let mut swap = vec![Statement::new(format!("DROP INDEX {}", action.key.sql()))];
        let mut build = Vec::new();
        for node in &self.0 {
            let Some(Body::Index(index)) = at.here.get(&node.key) else { continue };
            if node.in_the_way {
                build.push(Statement::new(format!("DROP INDEX CONCURRENTLY {}", node.key.sql())).outside());
            }
            if !node.stays {
                let plain =
                    if node.key == action.key { action.statements.clone() } else { index.create(&at.of(&node.key)) };
                let mut statements = under_name(&plain, &node.key, &node.built_as);
                match statements.first_mut() {
                    Some(first) if !index.partitioned => *first = online(&first.sql),
                    Some(first) => first.hazards.clear(),
                    None => {}
                }
                if index.partitioned { &mut swap } else { &mut build }.extend(statements);
            }
        }
        for node in self.0.iter().rev() {
            if let Some(parent) = node.parent.map(|parent| &self.0[parent].built_as) {
                let sql = format!("ALTER INDEX {} ATTACH PARTITION {}", parent.sql(), node.built_as.sql());
                swap.push(Statement::new(sql));
            }
        }
        for node in self.0.iter().filter(|node| node.built_as != node.key) {
            let sql = format!("ALTER INDEX {} RENAME TO {}", node.built_as.sql(), Ident::new(node.key.name()));
            swap.push(Statement::new(sql));
        }
        if let Some(first) = swap.first_mut() {
            first.commit_before = true;
        }
        Phases::of(vec![Vec::new(), build, swap])
    }
}

fn live<'a>(at: &Site<'a>, key: &'a Key) -> Site<'a> {
    Site { key, here: at.there, there: at.here, absorbed: at.absorbed }
}

/// The index and those attached to it, each with the one that it is attached to, parents first.
fn below(at: &Site) -> Vec<(Key, Option<Key>)> {
    let mut found = vec![(at.key.clone(), None)];
    let mut next = 0;
    while let Some((parent, _)) = found.get(next).cloned() {
        next += 1;
        let Some(Body::Index(index)) = at.here.get(&parent) else { continue };
        for (key, body) in at.here.attachments(&index.table_key(&at.of(&parent))) {
            if let (Body::IndexAttachment(attachment), Some(child)) = (body, key.on())
                && attachment.parent() == parent
            {
                found.push((child.clone(), Some(parent.clone())));
            }
        }
    }
    found
}

/// Whether others may be using the table, and neither its columns nor its partitions change.
fn is_steady(table: &Key, at: &Site, changes: &Changes) -> bool {
    let moves = |key: &Key| changes.created.contains(key) || changes.destroyed.contains(key);
    let mut partitions = partitions_of(at.here, table);
    partitions.extend(partitions_of(at.there, table));
    in_use(table, changes) && !columns_move(table, changes) && !partitions.iter().any(moves)
}

/// Whether something is said of the index besides that it is attached.
fn has_attributes(at: &Site) -> bool {
    at.here.standing_on(at.key).any(|(_, body)| !matches!(body, Body::IndexAttachment(_)))
}

fn free(at: &Site) -> Key {
    let mut names = (1..100).map(|n| {
        at.key.renamed(&with_suffix(at.key.name(), &if n == 1 { "_new".into() } else { format!("_new_{n}") }))
    });
    names.find(|key| !is_name_taken(at, key)).unwrap_or_else(|| at.key.renamed(&with_suffix(at.key.name(), "_new")))
}
