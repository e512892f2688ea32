//! `after 2 releases`, `after 14d`: what a contract waits for, and how long an old name is kept.

use std::fmt::{Display, Formatter, Result as Written};
use std::time::Duration;

use crate::base::time;
use crate::base::wording::counted;

/// What has to be over, from the moment at which the expand was applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum After {
    /// Further runs of `apply` that applied something.
    Releases(u32),
    Time(Duration),
}

impl After {
    /// Reads `2 releases`, `1 release` or a time with its unit. None for anything else, and for nothing at all.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if let [number, "release" | "releases"] = words.as_slice() {
            return number.parse().ok().filter(|number| *number > 0).map(Self::Releases);
        }
        time::read(&words.join(" ")).filter(|time| !time.is_zero()).map(Self::Time)
    }
}

impl Display for After {
    fn fmt(&self, out: &mut Formatter<'_>) -> Written {
        match self {
            Self::Releases(number) => out.write_str(&counted(*number as usize, "release")),
            Self::Time(time) => out.write_str(&in_words(*time)),
        }
    }
}

/// In the largest unit that says it exactly, as it is read.
fn in_words(time: Duration) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")];
    let millis = time.as_millis();
    let unit = units.into_iter().find(|(of, _)| millis.is_multiple_of(*of)).unwrap_or((1, "ms"));
    format!("{}{}", millis / unit.0, unit.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_counted_and_times_have_units() {
        let read = |text: &str| After::read(text).map(|after| after.to_string());
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(read("2 releases"), said("2 releases"));
        assert_eq!(read(" 1  release "), said("1 release"));
        assert_eq!([read("14d"), read("36 h"), read("90s")], ["14d", "36h", "90s"].map(said));
        assert_eq!(read("1500ms"), said("1500ms"));
        for wrong in ["", "0 releases", "2", "releases", "two releases", "0d", "14 days", "2 releases later"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
