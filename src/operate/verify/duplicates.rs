//! Rows that a unique index does not allow, where the index could not be built because of them.

use serde::Deserialize;

use crate::base::wording::counted;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::{Count, Looking};
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "duplicates",
    part: Part::Data,
    title: "nothing is there twice that is to be unique",
    why: "A unique index that is INVALID was most likely not finished because of rows that are there twice. Keys are counted \
          for those alone; Postgres vouches for the others. Keep one row of each, then build the index again.",
    look,
};

#[derive(Deserialize)]
struct Index {
    object: String,
    of: String,
    duplicates: Option<String>,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let indexes: Vec<Index> = looking.objects(include_str!("indexes.sql"))?;
    let mut seen = Seen::of(Vec::new(), "no unique index is INVALID, or none because of that");
    for Index { object, of, duplicates } in indexes {
        let Some(query) = duplicates else { continue };
        match looking.count(&format!("SELECT count(*) FROM ({query}) AS keys"))? {
            Count::Unknown(why) => seen.unseen.push(format!("{object} of {of}: {why}")),
            Count::Rows(0) => {}
            Count::Rows(count) => {
                let count = counted(usize::try_from(count).unwrap_or_default(), "key");
                let reason = format!("{count} more than once in {of}");
                seen.findings.push(Finding::new(Level::Critical, object, reason).mend(format!("To see them: {query};")));
            }
        }
    }
    Ok(seen)
}
