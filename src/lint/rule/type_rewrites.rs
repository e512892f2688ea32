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
             names in one short transaction. `pgplumb plan --online expand` writes that as two migrations: the second, \
             which drops the old column, is held back until `pgplumb apply --phase contract`.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let finding = |cause: &Cause| {
                let column = Ident::new(cause.column_name());
                let message = format!("all rows of {} are written anew for the new type of {column}", cause.tables());
                cause
                    .finding((script, statement), &RULE, cause.column_name(), message)
                    .help("`pgplumb plan --online expand` adds a column of the new type, fills it in batches and swaps the two")
            };
            rewriting(statement, &[Why::Type]).iter().map(finding).collect()
        })
    }),
};
