//! A UNIQUE constraint that builds its index itself.

use pg_query::protobuf::ConstrType;

use crate::lint::Level;
use crate::lint::cause::{Cause, building};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "unique-builds-index",
    group: Group::Blocks,
    level: Level::Error,
    title: "a UNIQUE constraint builds its index while nobody can work",
    why: "ADD UNIQUE builds an index under an ACCESS EXCLUSIVE lock: nobody can even read until it is done.",
    remedy: "CREATE UNIQUE INDEX CONCURRENTLY first, outside a transaction, then ADD CONSTRAINT ... UNIQUE USING \
             INDEX, which changes the catalog only.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let unique = cause.constraint(ConstrType::ConstrUnique)?;
                let message = format!("nobody can read or write {} while the index is built", cause.tables());
                let finding = cause.finding((script, statement), &RULE, &unique.conname, message);
                Some(finding.help("CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... UNIQUE USING INDEX"))
            };
            building(statement).iter().filter_map(about).collect()
        })
    }),
};
