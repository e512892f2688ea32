//! Work on many things in a row by all processors, where each needs what was learned from those before it.
//!
//! The row is cut into legs, which the threads take in turn. A thread prepares its leg, waits for what the leg before has
//! learned, goes through its own, hands on, and does the rest while the next one goes through. What a thread made stays with
//! it to the end: memory that another one gives back costs more than the thread is worth.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::command::error::CommandError;

/// Things in a leg: few enough that all threads are busy soon, and that what is made of them fits the caches.
const LENGTH: usize = 32;

/// Some of the things, between two hand-overs of what was learned.
struct Leg<'a, T, K> {
    number: usize,
    things: &'a [T],
    before: Receiver<K>,
    after: Sender<K>,
}

/// What `finish` makes of each thing, in their order.
///
/// # Errors
/// `Lost` when a thread ended before its work was done.
pub(super) fn relay<'a, T: Sync, P, R, K: Default + Send, F: Send>(
    all: &'a [T],
    prepare: &(impl Fn(&T) -> P + Sync),
    learn: &(impl Fn(&'a T, P, K) -> (R, K) + Sync),
    finish: &(impl Fn(&T, R) -> F + Sync),
) -> Result<Vec<F>, CommandError> {
    let run = |leg: Leg<'a, T, K>| {
        let prepared: Vec<P> = leg.things.iter().map(prepare).collect();
        let mut known = leg.before.recv().map_err(|_| CommandError::Lost)?;
        let mut read = Vec::new();
        for (one, prepared) in leg.things.iter().zip(prepared) {
            let (result, then) = learn(one, prepared, known);
            read.push(result);
            known = then;
        }
        // Nobody waits for what the last one learned.
        let _ = leg.after.send(known);
        let finished: Vec<F> = leg.things.iter().zip(read).map(|(one, result)| finish(one, result)).collect();
        Ok((leg.number, finished))
    };
    let done = thread::scope(|scope| {
        let work = |legs: Vec<_>| scope.spawn(|| legs.into_iter().map(run).collect::<Result<Vec<_>, CommandError>>());
        let threads: Vec<_> = dealt(all).into_iter().map(work).collect();
        let joined = threads.into_iter().map(|thread| thread.join().map_err(|_| CommandError::Lost)?);
        joined.collect::<Result<Vec<_>, CommandError>>()
    })?;
    let in_order: BTreeMap<usize, Vec<F>> = done.into_iter().flatten().collect();
    Ok(in_order.into_values().flatten().collect())
}

/// The legs of each thread.
fn dealt<T, K: Default>(all: &[T]) -> Vec<Vec<Leg<'_, T, K>>> {
    let legs = all.chunks(LENGTH);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(legs.len());
    let mut hands: Vec<Vec<_>> = (0..threads).map(|_| Vec::new()).collect();
    let (start, mut before) = channel();
    let _ = start.send(K::default());
    for (number, things) in legs.enumerate() {
        let (after, next) = channel();
        hands[number % threads].push(Leg { number, things, before, after });
        before = next;
    }
    hands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_knows_what_those_before_it_taught() {
        for length in [0, 1, LENGTH, 10 * LENGTH + 1] {
            let all: Vec<usize> = (0..length).collect();
            let learn = |one: &usize, twice: usize, known: Vec<usize>| {
                let result = (twice, known.len(), known.iter().sum::<usize>());
                (result, [known, vec![*one]].concat())
            };
            let done = relay(&all, &|one| 2 * one, &learn, &|one, result| (*one, result)).unwrap();
            let wanted: Vec<_> = all.iter().map(|n| (*n, (2 * n, *n, n * n.saturating_sub(1) / 2))).collect();
            assert_eq!(done, wanted);
        }
    }
}
