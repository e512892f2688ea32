//! Tables and indexes that take far more room than their rows need.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, LARGE, Part, Seen};

pub const CHECK: Check = Check {
    code: "bloat",
    part: Part::Performance,
    title: "tables and indexes take the room that they need",
    why: "Pages that are half empty are read and kept in memory all the same. How much is empty is an estimate, by the number of \
          rows and the mean width of the columns as ANALYZE saw them; `pgstattuple` measures it. Worth a warning where half of \
          it, and 8 MB or more, would go.",
    look,
};

#[derive(Deserialize)]
struct Room {
    object: String,
    index: bool,
    size: i64,
    needed: i64,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let rooms: Vec<Room> = looking.objects(include_str!("bloat.sql"))?;
    Ok(Seen::of(rooms.iter().filter_map(judge).collect(), "none is half empty, by an estimate"))
}

fn judge(room: &Room) -> Option<Finding> {
    let Room { object, index, size, needed } = room;
    let empty = size.saturating_sub(*needed);
    // Below a half the estimate itself may be what is wrong.
    if empty < size / 2 {
        return None;
    }
    let level = if empty >= LARGE { Level::Warning } else { Level::Info };
    let [empty, size] = [empty, *size].map(|size| bytes(size.unsigned_abs()));
    let reason = format!("about {empty} of {size} are empty, by an estimate");
    let mend = if *index {
        format!("REINDEX INDEX CONCURRENTLY {object};")
    } else {
        format!("VACUUM (FULL, ANALYZE) {object}; locks everybody out; `pg_repack` does not.")
    };
    Some(Finding::new(level, object.as_str(), reason).mend(mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_it_is_worth_a_word_and_much_a_warning() {
        let judged = |size, needed| {
            judge(&Room { object: "a".to_owned(), index: false, size, needed }).map(|finding| finding.level)
        };
        assert_eq!(judged(100, 60), None);
        assert_eq!(judged(100, 200), None);
        assert_eq!(judged(LARGE, LARGE / 2), Some(Level::Info));
        assert_eq!(judged(2 * LARGE, LARGE), Some(Level::Warning));
    }
}
