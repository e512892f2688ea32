//! Whether the server would notice a damaged page, and whether it did.

use serde::Deserialize;

use crate::base::wording::counted;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "checksums",
    part: Part::Data,
    title: "no page is damaged",
    why: "With checksums the server notices what a disk made of a page; without, it gives out wrong rows, or ends. A page that \
          was found damaged is to be restored from a backup; the disk is to be looked at first.",
    look,
};

/// The server has one setting, and a count for each database.
const SQL: &str = "
    SELECT
        d.datname::text AS name,
        pg_catalog.current_setting('data_checksums') = 'on' AS checked,
        d.checksum_failures AS failures
    FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname = pg_catalog.current_database()";

#[derive(Deserialize)]
struct Facts {
    name: String,
    checked: bool,
    /// None where there are no checksums.
    failures: Option<i64>,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let rows: Vec<Facts> = looking.rows(SQL)?;
    Ok(Seen::of(rows.iter().filter_map(judge).collect(), "no page was found damaged"))
}

fn judge(facts: &Facts) -> Option<Finding> {
    let Facts { name, checked, failures } = facts;
    if !checked {
        let mend = "Stop the server, and run `pg_checksums --enable` on its folder.";
        let reason = "pages have no checksums: a damaged one is not noticed";
        return Some(Finding::new(Level::Info, name.as_str(), reason).mend(mend));
    }
    let count = usize::try_from(failures.unwrap_or_default()).unwrap_or_default();
    let reason = format!("{} found damaged", counted(count, "page"));
    let mend = "Look at the disk and the server's log, which names the files, then restore from a backup.";
    (count > 0).then(|| Finding::new(Level::Critical, name.as_str(), reason).mend(mend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_page_is_critical_and_none_is_nothing() {
        let judged = |checked, failures| judge(&Facts { name: "shop".to_owned(), checked, failures });
        assert_eq!(judged(false, None).map(|finding| finding.level), Some(Level::Info));
        assert_eq!(judged(true, Some(0)), None);
        let found = judged(true, Some(2)).unwrap();
        assert_eq!((found.level, found.reason.as_str()), (Level::Critical, "2 pages found damaged"));
    }
}
