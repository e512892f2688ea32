//! Effects as a person reads them: `ACCESS EXCLUSIVE on orders, no row is read`.

use std::collections::BTreeMap;
use std::fmt;

use crate::observe::effect::{Effect, Effects, Scan};
use crate::observe::lock::Lock;
use crate::observe::relation::{Relation, RelationKind};

/// How many relations a sentence names.
const NAMED: usize = 3;

/// What happens to the rows while the lock is held.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Empties,
    Rewrites,
    Builds,
    Reads,
    Nothing,
}

impl Effects {
    /// One sentence for each lock that somebody could wait for, the strongest first; what takes none says nothing.
    pub fn sentences(&self) -> Vec<String> {
        sentences([self])
    }
}

/// The same of several statements that stand together: of each relation the worst.
pub fn sentences<'a>(all: impl IntoIterator<Item = &'a Effects>) -> Vec<String> {
    let mut worst: BTreeMap<&Relation, (Lock, Work)> = BTreeMap::new();
    for (relation, effect) in all.into_iter().flat_map(|effects| &effects.on) {
        let entry = worst.entry(relation).or_insert((effect.lock, Work::Nothing));
        entry.0 = entry.0.max(effect.lock);
        entry.1 = entry.1.clone().min(work(effect));
    }
    // What is locked of an index is not worth a word beside its table.
    let table = worst.iter().any(|(relation, (lock, _))| relation.has_rows() && *lock > Lock::RowExclusive);
    let mut alike: BTreeMap<(std::cmp::Reverse<Lock>, Work), Vec<&Relation>> = BTreeMap::new();
    for (relation, (lock, work)) in worst {
        if lock > Lock::RowExclusive && !(table && (relation.is_index() || relation.kind == RelationKind::Sequence)) {
            alike.entry((std::cmp::Reverse(lock), work)).or_default().push(relation);
        }
    }
    alike.into_iter().map(|((lock, work), on)| format!("{} on {}{}", lock.0, named(&on), work.of(lock.0))).collect()
}

fn work(effect: &Effect) -> Work {
    let index = |scan: &Scan| matches!(scan, Scan::Index(_));
    if effect.emptied {
        Work::Empties
    } else if effect.rewritten {
        Work::Rewrites
    } else if !effect.scans.is_empty() && effect.scans.iter().all(index) {
        Work::Builds
    } else if effect.scanned {
        Work::Reads
    } else {
        Work::Nothing
    }
}

impl Work {
    fn of(&self, lock: Lock) -> &'static str {
        match (self, lock.blocks()) {
            (Self::Empties, _) => ", which is emptied",
            (Self::Rewrites, _) => " while all rows are written anew",
            (Self::Builds, true) => " while an index is built",
            (Self::Reads, true) => " while all rows are read",
            // REFRESH MATERIALIZED VIEW CONCURRENTLY, which nothing else takes, asks its query first.
            (Self::Nothing, true) if lock == Lock::Exclusive => " while its query runs",
            (Self::Nothing, true) => ", for a moment",
            (Self::Builds, false) => " while an index is built: reads and writes go on",
            (Self::Reads, false) => " while all rows are read: reads and writes go on",
            (Self::Nothing, false) => ": reads and writes go on",
        }
    }
}

fn named(on: &[&Relation]) -> String {
    let mut names: Vec<String> = on.iter().take(NAMED).map(|relation| relation.to_string()).collect();
    if on.len() > NAMED {
        names.push(format!("{} more", on.len() - NAMED));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

impl fmt::Display for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences().join("; "))
    }
}
