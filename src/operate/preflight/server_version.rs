//! Whether the server's version still gets corrections.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "server-version",
    title: "the server's version gets corrections",
    why: "After its last release, a major version gets no corrections any more, not for lost data and not for security.",
    mend: "Plan the upgrade: https://www.postgresql.org/docs/current/upgrading.html.",
    stops: false,
    look: Look::Server(look),
};

/// The day of the last release of each, from https://www.postgresql.org/support/versioning/.
const LAST: &[(u32, Date)] = &[
    (14, date(2026, 11, 12)),
    (15, date(2027, 11, 11)),
    (16, date(2028, 11, 9)),
    (17, date(2029, 11, 8)),
    (18, date(2030, 11, 14)),
];

/// So many days before it is time to say so.
const AHEAD: i32 = 180;

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    let version = connection.version();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    Ok(on(version.major(), &version.to_string(), today))
}

fn on(major: u32, version: &str, today: Date) -> Seen {
    let Some((_, last)) = LAST.iter().find(|(known, _)| *known == major) else {
        return Seen::Fine(format!("PostgreSQL {version}"));
    };
    let left = last.duration_since(today).as_hours() / 24;
    if left < 0 {
        Seen::one(Level::Warning, format!("PostgreSQL {major} had its last release on {last}; this is {version}"))
    } else if left < i64::from(AHEAD) {
        Seen::one(Level::Note, format!("PostgreSQL {major} has its last release on {last}; this is {version}"))
    } else {
        Seen::Fine(format!("PostgreSQL {version}, with corrections until {last}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::version::{NEWEST, OLDEST};

    #[test]
    fn every_supported_version_has_its_day() {
        let known: Vec<u32> = LAST.iter().map(|(major, _)| *major).collect();
        assert_eq!(known, (OLDEST..=NEWEST).collect::<Vec<_>>());
    }

    #[test]
    fn the_day_decides() {
        let level = |day| match on(14, "14.20", day) {
            Seen::Found(findings) => Some(findings[0].level),
            _ => None,
        };
        assert_eq!(level(date(2026, 1, 1)), None);
        assert_eq!(level(date(2026, 11, 12)), Some(Level::Note));
        assert_eq!(level(date(2026, 11, 13)), Some(Level::Warning));
    }
}
