//! A new column whose type is a domain with a constraint.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "domain-column-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "a column of a domain with a constraint writes the table anew",
    why: "The constraint of a domain may refuse the NULL or the default that a new column starts with, so Postgres \
          computes and checks the value for each row: the whole table is written anew under an ACCESS EXCLUSIVE lock, \
          and nobody can even read until it is done.",
    remedy: "Add the column with the domain's base type and the same CHECK on the table, NOT VALID, and validate it \
             in a later transaction.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let causes = rewriting(statement, &[Why::Domain]);
            let finding = |cause: &Cause| {
                let message = format!("all rows of {} are written anew, as the type of {} is a domain with a constraint", cause.tables(), Ident::new(cause.column_name()));
                cause
                    .finding((script, statement), &RULE, cause.column_name(), message)
                    .help("give the column the base type, and put the check on the table, NOT VALID")
            };
            causes.iter().map(finding).collect()
        })
    }),
};
