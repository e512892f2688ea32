//! How the runner deals with others at work on the database.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The part `apply` of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Apply {
    /// How often after the first time.
    pub retries: u32,
    pub pause: String,
    pub longest_pause: String,
    pub wait: String,
}

impl Default for Apply {
    fn default() -> Self {
        let text = str::to_owned;
        Self { retries: 10, pause: text("500ms"), longest_pause: text("30s"), wait: text("10min") }
    }
}

impl Apply {
    /// Those that are times, with where they stand.
    pub(super) fn times(&self) -> [(&'static str, &'static str, &String); 3] {
        let Self { retries: _, pause, longest_pause, wait } = self;
        [("apply", "pause", pause), ("apply", "longest_pause", longest_pause), ("apply", "wait", wait)]
    }
}

/// A time as Postgres writes it, `500ms`; zero where it is none, which the reader of the file has seen to.
pub fn time(text: &str) -> Duration {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().unwrap_or_default();
    match unit.trim() {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "min" => Duration::from_secs(number.saturating_mul(60)),
        "h" => Duration::from_secs(number.saturating_mul(60 * 60)),
        "d" => Duration::from_secs(number.saturating_mul(24 * 60 * 60)),
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let seconds = ["500ms", "3s", "2 min", "1h", "1d", "0"].map(|text| time(text).as_secs_f64());
        assert_eq!(seconds, [0.5, 3.0, 120.0, 3600.0, 86400.0, 0.0]);
    }
}
