//! Times as the settings of Postgres write them.

use std::time::Duration;

/// `500ms`, `3s`, `2 min`, `1h`, `1d`. Without a unit it is none: nobody knows which one is meant.
pub fn read(text: &str) -> Option<Duration> {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return None;
    }
    let number: u64 = number.parse().unwrap_or_default();
    let seconds = |of: u64| Some(Duration::from_secs(number.saturating_mul(of)));
    match unit.trim() {
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "min" => seconds(60),
        "h" => seconds(60 * 60),
        "d" => seconds(24 * 60 * 60),
        _ => None,
    }
}

/// The same of a setting, which the reader of the file has seen to; zero for what is none.
pub fn time(text: &str) -> Duration {
    read(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let seconds = ["500ms", "3s", "2 min", "1h", "1d", "0"].map(|text| time(text).as_secs_f64());
        assert_eq!(seconds, [0.5, 3.0, 120.0, 3600.0, 86400.0, 0.0]);
        let is_time = |text: &str| read(text).is_some();
        assert!(is_time("10s") && is_time("1 min") && !is_time("10") && !is_time("s") && !is_time("1y"));
    }
}
