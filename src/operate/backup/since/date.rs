//! A date as a person writes it, as the moment that it is.

use jiff::civil::{Date as Day, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::operate::error::OperateError;

/// A moment, and the clock that it was read from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Date {
    pub written: String,
    pub at: Timestamp,
    /// What the clock showed: of the zone that was written, or of UTC.
    pub clock: DateTime,
}

impl Date {
    /// Reads `2026-11-01`, `2026-11-01T08:30`, either in UTC, or with an offset (`2026-11-01T08:30+01:00`, `...Z`) or the name
    /// of a zone (`2026-11-01T08:30[Europe/Berlin]`).
    ///
    /// # Errors
    /// `OperateError::Date` where it is none, or lies in the future.
    pub fn read(written: &str, now: Timestamp) -> Result<Self, OperateError> {
        let wrong = |why| OperateError::Date { written: written.to_owned(), why };
        let text = written.trim();
        let (at, clock) = moment(text).ok_or_else(|| wrong("it cannot be read"))?;
        if at > now {
            return Err(wrong("it lies in the future"));
        }
        Ok(Self { written: text.to_owned(), at, clock })
    }

    /// For a query on a column of this type; none where that is no time.
    pub fn literal(&self, kind: &str) -> Option<String> {
        let clock = self.clock.strftime("%Y-%m-%d %H:%M:%S%.f");
        match kind {
            "timestamp with time zone" => Some(format!("TIMESTAMPTZ '{}'", self.at)),
            "timestamp without time zone" => Some(format!("TIMESTAMP '{clock}'")),
            "date" => Some(format!("DATE '{}'", self.clock.date())),
            _ => None,
        }
    }
}

fn moment(text: &str) -> Option<(Timestamp, DateTime)> {
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some((zoned.timestamp(), zoned.datetime()));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        // What the clock showed stands before the offset.
        return Some((at, text.parse().ok().or_else(|| before_offset(text))?));
    }
    let clock = text.parse::<Day>().map(Day::to_datetime_midnight);
    let clock = if text.contains(':') { text.parse::<DateTime>().ok()? } else { clock.ok()? };
    Some((clock.to_zoned(TimeZone::UTC).ok()?.timestamp(), clock))
}

/// `2026-11-01T08:30` of `2026-11-01T08:30+01:00`.
fn before_offset(text: &str) -> Option<DateTime> {
    let end = text.find(['T', 't', ' ']).and_then(|day| Some(day + text.get(day..)?.find(['+', '-', 'Z', 'z'])?))?;
    text.get(..end)?.parse().ok()
}

/// The first moment of a day.
trait Midnight {
    fn to_datetime_midnight(self) -> DateTime;
}

impl Midnight for Day {
    fn to_datetime_midnight(self) -> DateTime {
        self.to_datetime(jiff::civil::Time::midnight())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String), String> {
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        Date::read(text, now)
            .map(|date| (date.at.to_string(), date.clock.to_string()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_date_is_of_utc_unless_it_says_otherwise() {
        for (text, at, clock) in [
            ("2026-11-01", "2026-11-01T00:00:00Z", "2026-11-01T00:00:00"),
            ("2026-11-01T08:30", "2026-11-01T08:30:00Z", "2026-11-01T08:30:00"),
            ("2026-11-01 08:30:01.5", "2026-11-01T08:30:01.5Z", "2026-11-01T08:30:01.5"),
            ("2026-11-01T08:30:00Z", "2026-11-01T08:30:00Z", "2026-11-01T08:30:00"),
            ("2026-11-01T08:30:00+01:00", "2026-11-01T07:30:00Z", "2026-11-01T08:30:00"),
            ("2026-11-01 08:30-05:00", "2026-11-01T13:30:00Z", "2026-11-01T08:30:00"),
            ("2026-07-01T08:30[Europe/Berlin]", "2026-07-01T06:30:00Z", "2026-07-01T08:30:00"),
        ] {
            assert_eq!(read(text), Ok((at.to_owned(), clock.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "yesterday", "2026-13-01", "2026-11-01T25:00", "01.11.2026", "2026-11", "'; DROP TABLE t"] {
            assert!(read(text).unwrap_err().contains("cannot be read"), "{text}");
        }
        assert!(read("2026-11-22T00:00:01Z").unwrap_err().contains("in the future"));
    }

    #[test]
    fn each_type_is_held_against_what_it_can_be() {
        let date = Date::read("2026-11-01T08:30:00+01:00", Timestamp::now()).unwrap();
        let literal = |kind| date.literal(kind);
        assert_eq!(literal("timestamp with time zone").unwrap(), "TIMESTAMPTZ '2026-11-01T07:30:00Z'");
        assert_eq!(literal("timestamp without time zone").unwrap(), "TIMESTAMP '2026-11-01 08:30:00'");
        assert_eq!(literal("date").unwrap(), "DATE '2026-11-01'");
        assert_eq!(literal("text"), None);
    }
}
