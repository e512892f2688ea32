//! An EXCLUDE constraint on a table with rows.

use pg_query::protobuf::ConstrType;

use crate::lint::Level;
use crate::lint::cause::{Cause, building};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "exclusion-builds-index",
    group: Group::Blocks,
    level: Level::Error,
    title: "an EXCLUDE constraint builds its index while nobody can work",
    why: "ADD CONSTRAINT ... EXCLUDE builds an index and compares all rows under an ACCESS EXCLUSIVE lock: nobody can \
          even read until it is done. Postgres has no other way to add one.",
    remedy: "Do it while nobody works, with a lock_timeout; or make a new table with the constraint, copy the rows in \
             batches and swap the names.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let exclusion = cause.constraint(ConstrType::ConstrExclusion)?;
                let message = format!("nobody can read or write {} while the index of the exclusion is built", cause.tables());
                let finding = cause.finding((script, statement), &RULE, &exclusion.conname, message);
                Some(finding.help("there is no concurrent way: do it while nobody works, or in a new table that takes the place of this one"))
            };
            building(statement).iter().filter_map(about).collect()
        })
    }),
};
