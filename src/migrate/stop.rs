//! The wish that a run ends soon, which somebody may have while it works.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a sleeper takes to hear of it, at most.
const EVERY: Duration = Duration::from_millis(50);

/// Shared by those who work and the one who may wish it. By itself nobody does.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn wish(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_wished(&self) -> bool {
        self.0.load(Ordering::SeqCst)
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
        stop.clone().wish();
        stop.sleep(Duration::from_secs(600));
        assert!(start.elapsed() < Duration::from_secs(60) && stop.is_wished());
    }
}
