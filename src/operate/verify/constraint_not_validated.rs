//! Constraints that were added NOT VALID and never validated.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "constraint-not-validated",
    part: Part::Data,
    title: "every constraint holds for every row",
    why: "A constraint that is NOT VALID holds for new rows only: the old ones may break it, and the planner does not count \
          on it. Mend the rows that `orphans` and `violations` count, then validate it, which keeps nobody from writing.",
    look,
};

#[derive(Deserialize)]
struct Constraint {
    object: String,
    kind: String,
    name: String,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let constraints: Vec<Constraint> = looking.objects(include_str!("constraint_not_validated.sql"))?;
    let findings = constraints.into_iter().map(|Constraint { object, kind, name }| {
        let mend = format!("ALTER {kind} {object} VALIDATE CONSTRAINT {name};");
        Finding::new(Level::Warning, object, format!("`{name}` is NOT VALID: it holds for new rows only")).mend(mend)
    });
    Ok(Seen::of(findings.collect(), "none is NOT VALID"))
}
