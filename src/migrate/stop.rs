//! The wish that a run ends soon, which somebody may have while it works.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::db::connection::Canceller;

/// How long a sleeper takes to hear of it, at most.
const EVERY: Duration = Duration::from_millis(50);

/// Shared by those who work and the one who may wish it. By itself nobody does.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    wishes: AtomicUsize,
    /// Whether any session was ever at work.
    begun: AtomicBool,
    sessions: Mutex<Sessions>,
}

#[derive(Debug, Default)]
struct Sessions {
    next: u64,
    open: BTreeMap<u64, Canceller>,
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session at work, until it is dropped.
#[derive(Debug)]
pub struct AtWork {
    stop: Stop,
    number: u64,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.stop.0.sessions().open.remove(&self.number);
    }
}

impl Stop {
    /// Wishes it once more; how often it was wished before.
    pub fn wish(&self) -> usize {
        self.0.wishes.fetch_add(1, Ordering::SeqCst)
    }

    pub fn is_wished(&self) -> bool {
        self.0.wishes.load(Ordering::SeqCst) > 0
    }

    /// Whether it was wished again, so that what is at work is cancelled.
    pub fn is_pressed(&self) -> bool {
        self.0.wishes.load(Ordering::SeqCst) > 1
    }

    /// A session begins to work.
    pub fn enter(&self, session: Canceller) -> AtWork {
        self.begin();
        let mut sessions = self.0.sessions();
        sessions.next += 1;
        let number = sessions.next;
        sessions.open.insert(number, session);
        AtWork { stop: self.clone(), number }
    }

    /// Work begins that no session does.
    pub fn begin(&self) {
        self.0.begun.store(true, Ordering::SeqCst);
    }

    pub fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// Cancels the statements that are at work.
    pub fn cancel(&self) {
        let open: Vec<Canceller> = self.0.sessions().open.values().cloned().collect();
        for session in open {
            // A server that is gone has nothing left to cancel.
            let _ = session.cancel();
        }
    }

    /// Sleeps, at most until it is wished.
    pub fn sleep(&self, time: Duration) {
        let end = Instant::now() + time;
        while !self.is_wished() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            sleep(left.min(EVERY));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_ends_a_sleep() {
        let stop = Stop::default();
        let start = Instant::now();
        stop.sleep(Duration::from_millis(20));
        assert!(start.elapsed() >= Duration::from_millis(20) && !stop.is_wished());
        assert_eq!(stop.clone().wish(), 0);
        stop.sleep(Duration::from_secs(600));
        assert!(start.elapsed() < Duration::from_secs(60) && stop.is_wished() && !stop.is_pressed());
        assert_eq!(stop.wish(), 1);
        assert!(stop.is_pressed() && !stop.has_begun());
    }
}
