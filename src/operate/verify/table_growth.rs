//! Tables that grew since an earlier report.

use crate::db::error::DbError;
use crate::observe::size::bytes;
use crate::operate::health::Level;
use crate::operate::sizes::{BEFORE, Before, Growth, NOW, THERE, Table, There, grown};
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, LARGE, Part, Seen};

pub const CHECK: Check = Check {
    code: "table-growth",
    part: Part::Performance,
    title: "no table grows faster than is expected",
    why: "A table of 8 MB and more that grew by more than `health.growth` says since the report of a day ago, or since the \
          oldest that there is: something may fill it that nobody takes away again, or it is bloated. The ten that grew \
          most are told besides. `health` and this check write the reports into the books (`pgplumb.size`), where the role \
          may.",
    look,
};

/// How many are told that are no warning, and how much they grew at least.
const TOLD: usize = 10;
const WORTH: i64 = 1 << 20;

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let there: Vec<There> = looking.rows(THERE)?;
    if !there.first().is_some_and(|there| there.there) {
        return Ok(Seen::unseen("there is no earlier report"));
    }
    let before: Vec<Before> = looking.rows(BEFORE)?;
    let Some(since) = before.first().map(|one| one.since.clone()) else {
        return Ok(Seen::unseen("there is no earlier report"));
    };
    let now: Vec<Table> = looking.objects(NOW)?;
    Ok(judge(grown(now, &before), &since, looking.asked.growth))
}

/// Held against a limit in percent.
fn judge(mut tables: Vec<Growth>, since: &str, limit: f64) -> Seen {
    tables.sort_by_key(|table| (table.before - table.bytes, table.relation.clone()));
    let too_fast = |table: &Growth| table.bytes >= LARGE && table.ratio() * 100.0 > limit;
    let (fast, others): (Vec<Growth>, Vec<Growth>) = tables.into_iter().partition(too_fast);
    let one = |level, table: &Growth| {
        let more = bytes(table.bytes.abs_diff(table.before));
        let (now, percent) = (bytes(table.bytes.unsigned_abs()), table.ratio() * 100.0);
        let reason = format!("{now}, {more} more than on {since} ({percent:+.0} %)");
        Finding::new(level, table.relation.as_str(), reason)
    };
    let others = others.iter().filter(|table| table.bytes - table.before >= WORTH).take(TOLD);
    let found = fast.iter().map(|table| {
        let mend = "See what fills it, and whether anything takes it away again: `dead-rows`, `bloat`.";
        one(Level::Warning, table).mend(mend)
    });
    let found = found.chain(others.map(|table| one(Level::Info, table)));
    Seen::of(found.collect(), format!("none grew by a megabyte since {since}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_table_that_grows_fast_is_a_warning_and_little_is_nothing() {
        let told = |bytes: i64, before: i64| {
            let seen = judge(vec![Growth { relation: "t".to_owned(), bytes, before }], "then", 50.0);
            seen.findings.first().map_or(seen.said, |one| format!("{:?} {}", one.level, one.reason))
        };
        assert_eq!(told(16 << 20, 8 << 20), "Warning 16 MB, 8 MB more than on then (+100 %)");
        assert_eq!(told(12 << 20, 10 << 20), "Info 12 MB, 2 MB more than on then (+20 %)");
        assert_eq!(told(4 << 20, 1 << 20), "Info 4 MB, 3 MB more than on then (+300 %)");
        assert_eq!(told(8 << 20, 9 << 20), "none grew by a megabyte since then");
    }
}
