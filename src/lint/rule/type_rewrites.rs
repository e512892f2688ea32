//! A column's type changes in a way that writes all rows anew.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "type-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "a column's new type writes the table anew",
    why: "Unless the two types share their representation, ALTER COLUMN TYPE writes every row and every index anew under \
          an ACCESS EXCLUSIVE lock: nobody can even read until it is done.",
    remedy: "Add a column of the new type, keep both in step with a trigger, fill the old rows in batches, and swap the \
             names in one short transaction.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let finding = |cause: &Cause| {
                let column = Ident::new(cause.column_name());
                let message = format!("all rows of {} are written anew for the new type of {column}", cause.tables());
                cause
                    .finding((script, statement), &RULE, cause.column_name(), message)
                    .help("add a column of the new type, fill it in batches, and swap the two")
            };
            rewriting(statement, &[Why::Type]).iter().map(finding).collect()
        })
    }),
};
