//! Indexes that no query uses.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, LARGE, Part, Seen};

pub const CHECK: Check = Check {
    code: "unused-index",
    part: Part::Performance,
    title: "every index is used",
    why: "An index that no query uses costs every write, and memory. Before it is dropped: standbys count for themselves, \
          a job may run once a month, and a foreign key may need it. Worth a warning where it takes 8 MB or more, and nothing \
          has used it for a week of statistics at least.",
    look,
};

/// Seconds of statistics from which something follows.
const WEEK: f64 = 7.0 * 24.0 * 3600.0;

#[derive(Deserialize)]
struct Index {
    object: String,
    of: String,
    size: i64,
    /// When the statistics began, and how long ago; none where they were never thrown away.
    since: Option<String>,
    seconds: Option<f64>,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let indexes: Vec<Index> = looking.objects(include_str!("unused_index.sql"))?;
    Ok(Seen::of(indexes.iter().map(judge).collect(), "all are"))
}

fn judge(index: &Index) -> Finding {
    let Index { object, of, size, since, seconds } = index;
    // Nobody knows how old statistics are that were never thrown away: the database may be new.
    let long = seconds.is_some_and(|seconds| seconds >= WEEK);
    let level = if *size >= LARGE && long { Level::Warning } else { Level::Info };
    let since = since.as_ref().map_or_else(|| "since statistics are kept".to_owned(), |day| format!("since {day}"));
    let reason = format!("{} on {of} that no query has used {since}", bytes(size.unsigned_abs()));
    Finding::new(level, object.as_str(), reason).mend(format!("DROP INDEX CONCURRENTLY {object};"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_one_that_was_long_unused_is_a_warning() {
        let level = |size, seconds| {
            let (object, of) = ("a".to_owned(), "b".to_owned());
            judge(&Index { object, of, size, since: Some("2026-01-01".to_owned()), seconds }).level
        };
        assert_eq!(level(LARGE, Some(WEEK)), Level::Warning);
        for (size, seconds) in [(LARGE - 1, Some(WEEK)), (LARGE, Some(WEEK - 1.0)), (LARGE, None)] {
            assert_eq!(level(size, seconds), Level::Info);
        }
    }
}
