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

/// The worst for each relation.
type Worst<'a> = BTreeMap<&'a Relation, (Reverse<Lock>, Work)>;

/// One sentence for each lock that somebody could wait for, the strongest first; what takes none says nothing. The
/// statements are those of one transaction, which keeps its locks: what one of them reads it reads under those of all.
pub fn sentences<'a>(all: impl IntoIterator<Item = &'a Effects>, sizes: &Sizes) -> Vec<String> {
    sentences_apart([all], sizes)
}

/// The same of several transactions: for each relation the worst that one of them does to it.
pub fn sentences_apart<'a, T: IntoIterator<Item = &'a Effects>>(
    transactions: impl IntoIterator<Item = T>,
    sizes: &Sizes,
) -> Vec<String> {
    let mut worst = Worst::new();
    let mut times: BTreeMap<&Relation, Duration> = BTreeMap::new();
    for transaction in transactions {
        for (relation, here) in together(transaction, sizes, &mut times) {
            let entry = worst.entry(relation).or_insert_with(|| here.clone());
            *entry = entry.clone().min(here);
        }
    }
    // What is locked of an index is not worth a word beside its table.
    let table = worst.iter().any(|(relation, (lock, _))| relation.has_rows() && lock.0 > Lock::RowExclusive);
    let mut alike: BTreeMap<(Reverse<Lock>, Work), Vec<&Relation>> = BTreeMap::new();
    for (relation, (lock, work)) in worst {
        if lock.0 > Lock::RowExclusive && !(table && (relation.is_index() || relation.kind == RelationKind::Sequence)) {
            alike.entry((lock, work)).or_default().push(relation);
        }
    }
    let sentence = |((lock, work), on): ((Reverse<Lock>, Work), Vec<&Relation>)| {
        let time: Duration = on.iter().filter_map(|relation| times.get(relation)).sum();
        let time = about(time).map(|time| format!(" (estimated: {time})")).unwrap_or_default();
        format!("{} on {}{}{time}", lock.0, named(&on, sizes), work.of(lock.0))
    };
    alike.into_iter().map(sentence).collect()
}

/// What the statements of one transaction do to each relation, and how long that may take.
fn together<'a>(
    transaction: impl IntoIterator<Item = &'a Effects>,
    sizes: &Sizes,
    times: &mut BTreeMap<&'a Relation, Duration>,
) -> Worst<'a> {
    let mut worst = Worst::new();
    for (relation, effect) in transaction.into_iter().flat_map(|effects| &effects.on) {
        let entry = worst.entry(relation).or_insert((Reverse(effect.lock), Work::Nothing));
        entry.0 = entry.0.min(Reverse(effect.lock));
        entry.1 = entry.1.clone().min(work(effect));
        let time = sizes.of(relation).map(|size| size.time(effect)).unwrap_or_default();
        *times.entry(relation).or_default() += time;
    }
    worst
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

#[cfg(test)]
mod tests {
    use super::*;

    fn on_orders(effect: Effect) -> Effects {
        let orders = Relation { kind: RelationKind::Table, schema: "public".to_owned(), name: "orders".to_owned() };
        Effects { on: BTreeMap::from([(orders, effect)]), ..Effects::default() }
    }

    #[test]
    fn what_is_read_in_another_transaction_is_not_read_under_its_lock() {
        let strong = on_orders(Effect::of(Lock::AccessExclusive));
        let reads = on_orders(Effect { scanned: true, ..Effect::of(Lock::ShareUpdateExclusive) });
        let none = Sizes::default();
        assert_eq!(sentences([&strong, &reads], &none), ["ACCESS EXCLUSIVE on orders while all rows are read"]);
        assert_eq!(sentences_apart([[&strong], [&reads]], &none), ["ACCESS EXCLUSIVE on orders, no row is read"]);
        let both = sentences_apart([vec![&reads], vec![&strong, &reads]], &none);
        assert_eq!(both, ["ACCESS EXCLUSIVE on orders while all rows are read"]);
        let weak = ["SHARE UPDATE EXCLUSIVE on orders while all rows are read: reads and writes go on"];
        assert_eq!(sentences([&reads], &none), weak);
    }
}
