//! How long the parts of a run took.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A stopwatch with a list of parts. Clones add to the same list, so that work on several threads can be timed.
#[derive(Clone, Debug)]
pub struct Timings {
    begin: Instant,
    parts: Arc<Mutex<Vec<(&'static str, Duration)>>>,
}

impl Timings {
    /// Starts the clock.
    pub fn start() -> Self {
        Self { begin: Instant::now(), parts: Arc::default() }
    }

    /// Does the work, and notes how long it took.
    pub fn time<R>(&self, part: &'static str, work: impl FnOnce() -> R) -> R {
        let begin = Instant::now();
        let result = work();
        let took = begin.elapsed();
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).push((part, took));
        result
    }
}

/// A line for each part in the order they ended, then the time since the start; in seconds.
impl fmt::Display for Timings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        for (part, took) in parts.iter() {
            writeln!(f, "{:9.3} s  {part}", took.as_secs_f64())?;
        }
        write!(f, "{:9.3} s  in all", self.begin.elapsed().as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_part_and_one_for_all() {
        let timings = Timings::start();
        let other = timings.clone();
        std::thread::scope(|scope| scope.spawn(move || other.time("reading", || ())).join().unwrap());
        assert_eq!(timings.time("planning", || 7), 7);
        let lines: Vec<String> = timings.to_string().lines().map(str::to_owned).collect();
        let parts: Vec<&str> = lines.iter().map(|line| line.split_once(" s  ").unwrap().1).collect();
        assert_eq!(parts, ["reading", "planning", "in all"]);
        assert!(lines.iter().all(|line| line.trim_start().starts_with("0.0")), "{lines:?}");
    }
}
