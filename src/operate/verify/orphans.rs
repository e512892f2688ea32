//! Rows whose foreign key refers to nothing.

use serde::Deserialize;

use crate::base::wording::counted;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::{Count, Looking};
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "orphans",
    part: Part::Data,
    title: "no row refers to one that is not there",
    why: "Programs trust a foreign key: a row without its parent is lost in a join, or ends them. Rows are counted for foreign \
          keys that are NOT VALID or whose triggers do not fire; Postgres vouches for the others. Delete the rows, or give \
          them a parent, then validate the constraint.",
    look,
};

#[derive(Deserialize)]
struct Key {
    object: String,
    name: String,
    period: bool,
    child: String,
    parent: String,
    full: bool,
    columns: Vec<String>,
    same: String,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let keys: Vec<Key> = looking.objects(include_str!("foreign_keys.sql"))?;
    let said = if keys.is_empty() { "Postgres vouches for every foreign key" } else { "none does" };
    let mut seen = Seen::of(Vec::new(), said);
    for key in &keys {
        let Key { object, name, period, .. } = key;
        if *period {
            seen.unseen.push(format!("`{name}` of {object}: it is about periods"));
            continue;
        }
        let from = from(key);
        match looking.count(&format!("SELECT count(*) {from}"))? {
            Count::Unknown(why) => seen.unseen.push(format!("`{name}` of {object}: {why}")),
            Count::Rows(0) => {}
            Count::Rows(count) => {
                let count = counted(usize::try_from(count).unwrap_or_default(), "row");
                let reason = format!("{count} without a parent, which `{name}` does not allow");
                let mend = format!("To see them: SELECT child.* {from};");
                seen.findings.push(Finding::new(Level::Critical, object.as_str(), reason).mend(mend));
            }
        }
    }
    Ok(seen)
}

fn from(key: &Key) -> String {
    let Key { child, parent, full, columns, same, .. } = key;
    let all = |word: &str| columns.iter().map(|column| format!("{column} IS {word}NULL")).collect::<Vec<_>>();
    let lacks = format!("NOT EXISTS (SELECT FROM {parent} AS parent WHERE {same})");
    let condition = if *full {
        // MATCH FULL: all of it or none.
        format!("NOT ({}) AND ({} OR {lacks})", all("").join(" AND "), all("").join(" OR "))
    } else {
        format!("{} AND {lacks}", all("NOT ").join(" AND "))
    };
    format!("FROM {child} AS child WHERE {condition}")
}
