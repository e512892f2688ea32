//! The same work on many things, a few at a time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// What came of each, in their order; none where `work` had no answer. No more than `jobs` are worked on at once.
pub(in crate::command) fn each<T: Sync, R: Send>(
    things: &[T],
    jobs: usize,
    work: &(dyn Fn(&T) -> Option<R> + Sync),
) -> Vec<Option<R>> {
    let next = AtomicUsize::new(0);
    let slots: Vec<Mutex<Option<R>>> = things.iter().map(|_| Mutex::new(None)).collect();
    let hand = || {
        loop {
            let at = next.fetch_add(1, Ordering::SeqCst);
            let (Some(thing), Some(slot)) = (things.get(at), slots.get(at)) else { return };
            let answer = work(thing);
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = answer;
        }
    };
    thread::scope(|scope| {
        let hands: Vec<_> = (0..jobs.min(things.len())).map(|_| scope.spawn(hand)).collect();
        for hand in hands {
            // Of one that broke the answer is missing, which is seen.
            let _ = hand.join();
        }
    });
    slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn answers_stand_where_the_things_do_and_no_more_work_than_may() {
        let (at_work, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let things: Vec<usize> = (0..20).collect();
        let answers = each(&things, 3, &|thing| {
            most.fetch_max(at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(2));
            at_work.fetch_sub(1, Ordering::SeqCst);
            (thing % 2 == 0).then_some(thing * 10)
        });
        assert_eq!(answers[..4], [Some(0), None, Some(20), None]);
        assert!(most.load(Ordering::SeqCst) <= 3);
        assert!(each(&[(); 0], 3, &|()| Some(())).is_empty());
    }
}
