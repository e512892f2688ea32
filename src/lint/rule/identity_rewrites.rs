//! A numbered column, added to a table with rows: identity or serial.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "identity-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "a column that numbers the rows writes the table anew",
    why: "Adding an identity or a serial column gives every row that there is a number, so the whole table is written \
          anew under an ACCESS EXCLUSIVE lock: nobody can even read until it is done.",
    remedy: "Add a plain integer column with a default from a sequence, set in a statement of its own, fill the old \
             rows in batches, and make it NOT NULL (by a CHECK that is validated first) and an identity afterwards, \
             which changes the catalog only. `pgplumb plan` writes an identity that way.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let causes = rewriting(statement, &[Why::Identity]);
            let finding = |cause: &Cause| {
                let message = format!("all rows of {} are written anew to number them in {}", cause.tables(), Ident::new(cause.column_name()));
                cause
                    .finding((script, statement), &RULE, cause.column_name(), message)
                    .help("add a plain column, set its default to nextval() afterwards, and fill the old rows in batches")
            };
            causes.iter().map(finding).collect()
        })
    }),
};
