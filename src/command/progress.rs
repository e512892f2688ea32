//! What a person sees while long work runs: one line on stderr that goes away, and nothing where there is no terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The line; it goes away with the value.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Work that is done in one go, or whose end is not known: `proving`.
    pub fn start(what: &'static str) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_message(what);
        // Nobody wants to see a line flash by.
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    /// Work that is counted: `loading 4200 of 9020 statements`.
    pub fn counted(&self, done: usize, of: usize, noun: &str) {
        if let Ok(style) = ProgressStyle::with_template(&format!("{{spinner}} {{msg}} {{pos}} of {{len}} {noun}")) {
            self.bar.set_style(style);
        }
        self.bar.set_length(u64::try_from(of).unwrap_or(u64::MAX));
        self.bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
