//! Places where a test build can be made to die, as it would when somebody pulls the plug.
//!
//! `PGPLUMB_FAULT=7` kills the program at the seventh place that it comes to. A release build has none.

/// One such place.
#[cfg(debug_assertions)]
pub fn point() {
    use std::sync::atomic::{AtomicU64, Ordering};

    use nix::sys::signal::{Signal, raise};

    static PASSED: AtomicU64 = AtomicU64::new(0);
    let here = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
    let wanted = std::env::var("PGPLUMB_FAULT").ok().and_then(|text| text.parse().ok());
    if wanted == Some(here) {
        // Nothing can be done where the system does not even let us die.
        let _ = raise(Signal::SIGKILL);
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
pub fn point() {}
