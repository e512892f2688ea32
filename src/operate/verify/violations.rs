//! Rows that a CHECK does not allow.

use serde::Deserialize;

use crate::base::wording::counted;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::{Count, Looking};
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "violations",
    part: Part::Data,
    title: "no row breaks a CHECK",
    why: "A row that breaks a CHECK cannot be updated, nor restored from a dump. Rows are counted for constraints that are \
          NOT VALID, and for those that call a function, which may have changed after they were written. Mend the rows, or \
          the constraint.",
    look,
};

#[derive(Deserialize)]
struct Constraint {
    object: String,
    source: String,
    name: String,
    condition: String,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let constraints: Vec<Constraint> = looking.objects(include_str!("violations.sql"))?;
    let said = if constraints.is_empty() { "Postgres vouches for every CHECK" } else { "none does" };
    let mut seen = Seen::of(Vec::new(), said);
    for Constraint { object, source, name, condition } in constraints {
        let from = format!("FROM {source} WHERE NOT ({condition})");
        match looking.count(&format!("SELECT count(*) {from}"))? {
            Count::Unknown(why) => seen.unseen.push(format!("`{name}` of {object}: {why}")),
            Count::Rows(0) => {}
            Count::Rows(count) => {
                let count = counted(usize::try_from(count).unwrap_or_default(), "row");
                let reason = format!("{count} that `{name}` does not allow");
                let mend = format!("To see them: SELECT * {from};");
                seen.findings.push(Finding::new(Level::Critical, object, reason).mend(mend));
            }
        }
    }
    Ok(seen)
}
