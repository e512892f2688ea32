//! How often and how fast something is tried again that others stood in the way of.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use miette::{NamedSource, SourceSpan};

use crate::migrate::error::StepError;

/// The policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retry {
    /// How often after the first time.
    pub count: u32,
    /// The first pause; each further one is twice as long.
    pub base: Duration,
    /// The longest pause.
    pub cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { count: 10, base: Duration::from_millis(500), cap: Duration::from_secs(30) }
    }
}

/// What Postgres says of a transaction that cannot see what another has committed since.
const SERIALIZATION_FAILURE: &str = "40001";
const DEADLOCK_DETECTED: &str = "40P01";
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Whether the server says with this code that it may go well another time: a lock that was not to be had, a deadlock, a
/// serialization failure.
pub fn is_passing(sqlstate: &str) -> bool {
    [LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED, SERIALIZATION_FAILURE].contains(&sqlstate)
}

/// A step that others stood in the way of as often as it may be tried.
pub struct Tried<'a> {
    /// The migration, or the seed.
    pub id: String,
    pub number: i32,
    pub attempts: u32,
    pub text: NamedSource<Arc<str>>,
    pub at: SourceSpan,
    pub said: String,
    /// What is left of it, and how it goes on.
    pub left: &'a str,
}

impl Tried<'_> {
    /// As what it is told, for the code of the last attempt.
    pub fn told(self, sqlstate: &str) -> StepError {
        let Self { id, number, attempts, text, at, said, left } = self;
        let help = format!("{left}; {}", patience(sqlstate));
        match sqlstate {
            SERIALIZATION_FAILURE => StepError::Overtaken { id, number, attempts, text, at, said, help },
            _ => StepError::Locked { id, number, attempts, text, at, said, help },
        }
    }
}

/// What helps then.
fn patience(sqlstate: &str) -> &'static str {
    match sqlstate {
        SERIALIZATION_FAILURE => "it goes better when fewer change the same rows, or with more of `apply.retries`",
        DEADLOCK_DETECTED => "more of `apply.retries` has more patience",
        _ => "a longer `timeouts.lock`, or more of `apply.retries`, has more patience",
    }
}

impl Retry {
    /// The pause after this attempt, counted from one: somewhere between half of it and all, so that two runners do not
    /// meet again and again.
    pub fn pause(&self, attempt: u32) -> Duration {
        self.between(attempt, SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.subsec_nanos()))
    }

    fn between(&self, attempt: u32, chance: u32) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        let whole = doubled.min(self.cap);
        let half = whole / 2;
        half + half.mul_f64(f64::from(chance % 1000) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_cap_and_vary() {
        let retry = Retry { count: 3, base: Duration::from_millis(100), cap: Duration::from_millis(350) };
        let between = |attempt, chance| retry.between(attempt, chance).as_millis();
        assert_eq!([1, 2, 3, 60].map(|attempt| between(attempt, 0)), [50, 100, 175, 175]);
        assert_eq!(between(2, 500), 150);
        assert!(between(2, 999) < 200);
        assert!(is_passing("55P03") && !is_passing("42P01"));
    }
}
