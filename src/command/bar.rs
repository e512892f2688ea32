//! The line at the bottom of a terminal that shows how far a step is. There is one at most; what else is written meanwhile
//! goes above it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often it moves.
const TICK: Duration = Duration::from_millis(120);

const COUNTED: &str = "{spinner} {elapsed} {bar:12} {percent:>3} %  {wide_msg}";
const UNCOUNTED: &str = "{spinner} {elapsed}  {wide_msg}";

/// The one that is shown.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows this, and where it is known how much is done of how much, with a bar; `elapsed` is for how long it has been going on.
pub(super) fn show(text: &str, count: Option<(u64, u64)>, elapsed: Duration) {
    let bar = shown().get_or_insert_with(|| ProgressBar::new_spinner().with_elapsed(elapsed)).clone();
    bar.set_message(text.to_owned());
    if let Some((done, of)) = count {
        bar.set_length(of);
        bar.set_position(done);
    }
    if let Ok(style) = ProgressStyle::with_template(if count.is_some() { COUNTED } else { UNCOUNTED }) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
}

/// Takes it away.
pub(super) fn hide() {
    if let Some(bar) = shown().take() {
        bar.finish_and_clear();
    }
}

/// Writes something else, above it.
pub(super) fn beside<R>(write: impl FnOnce() -> R) -> R {
    let bar = shown().clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
