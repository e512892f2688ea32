//! Effects as a person reads them: `ACCESS EXCLUSIVE on orders, no row is read`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::observe::effect::{Effect, Effects, Scan};
use crate::observe::lock::Lock;
use crate::observe::relation::{Relation, RelationKind};
use crate::observe::size::{Sizes, about};

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

/// From this on a size is worth a word.
const WORTH: u64 = 1 << 20;

/// One sentence for each lock that somebody could wait for, the strongest first; what takes none says nothing. Of
/// several statements that stand together it is the worst for each relation.
pub fn sentences<'a>(all: impl IntoIterator<Item = &'a Effects>, sizes: &Sizes) -> Vec<String> {
    let mut worst: BTreeMap<&Relation, (Lock, Work)> = BTreeMap::new();
    let mut times: BTreeMap<&Relation, Duration> = BTreeMap::new();
    for (relation, effect) in all.into_iter().flat_map(|effects| &effects.on) {
        let entry = worst.entry(relation).or_insert((effect.lock, Work::Nothing));
        entry.0 = entry.0.max(effect.lock);
        entry.1 = entry.1.clone().min(work(effect));
        let time = sizes.of(relation).map(|size| size.time(effect)).unwrap_or_default();
        *times.entry(relation).or_default() += time;
    }
    // What is locked of an index is not worth a word beside its table.
    let table = worst.iter().any(|(relation, (lock, _))| relation.has_rows() && *lock > Lock::RowExclusive);
    let mut alike: BTreeMap<(Reverse<Lock>, Work), Vec<&Relation>> = BTreeMap::new();
    for (relation, (lock, work)) in worst {
        if lock > Lock::RowExclusive && !(table && (relation.is_index() || relation.kind == RelationKind::Sequence)) {
            alike.entry((Reverse(lock), work)).or_default().push(relation);
        }
    }
    let sentence = |((lock, work), on): ((Reverse<Lock>, Work), Vec<&Relation>)| {
        let time: Duration = on.iter().filter_map(|relation| times.get(relation)).sum();
        let time = about(time).map(|time| format!(" (estimated: {time})")).unwrap_or_default();
        format!("{} on {}{}{time}", lock.0, named(&on, sizes), work.of(lock.0))
    };
    alike.into_iter().map(sentence).collect()
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
            (Self::Nothing, true) => ", no row is read",
            (Self::Builds, false) => " while an index is built: reads and writes go on",
            (Self::Reads, false) => " while all rows are read: reads and writes go on",
            (Self::Nothing, false) => ": reads and writes go on",
        }
    }
}

fn named(on: &[&Relation], sizes: &Sizes) -> String {
    let name = |relation: &&Relation| match sizes.of(relation).filter(|size| size.bytes >= WORTH) {
        Some(size) => format!("{relation} ({})", size.words()),
        None => relation.to_string(),
    };
    let mut names: Vec<String> = on.iter().take(NAMED).map(name).collect();
    if on.len() > NAMED {
        names.push(format!("{} more", on.len() - NAMED));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
