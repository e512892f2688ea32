//! Times as the settings of Postgres write them.

use std::time::Duration;

/// `500ms`, `3s`, `2 min`, `1h`, `1d`; zero for what is none. Without a unit it is zero, too: nobody knows which one is meant.
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

/// Whether it is one, with a unit.
pub fn is_time(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    digits > 0 && ["ms", "s", "min", "h", "d"].contains(&text[digits..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let seconds = ["500ms", "3s", "2 min", "1h", "1d", "0"].map(|text| time(text).as_secs_f64());
        assert_eq!(seconds, [0.5, 3.0, 120.0, 3600.0, 86400.0, 0.0]);
        assert!(is_time("10s") && is_time("1 min") && !is_time("10") && !is_time("s") && !is_time("1y"));
    }
}
