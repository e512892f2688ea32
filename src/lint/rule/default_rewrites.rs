//! A new column whose default is another value for each row.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "default-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "a default that differs by row writes the table anew",
    why: "A default that is the same for all rows is kept in the catalog. One that calls a VOLATILE function, such as \
          gen_random_uuid(), has to be computed for each row, so ADD COLUMN writes the whole table anew under an \
          ACCESS EXCLUSIVE lock: nobody can even read until it is done.",
    remedy: "Add the column without a default, set the default in a statement of its own, which holds for new rows \
             only, and fill the old rows in batches.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let causes = rewriting(statement, &[Why::Default]);
            let finding = |cause: &Cause| {
                let message = format!("all rows of {} are written anew for the default of {}", cause.tables(), Ident::new(cause.column_name()));
                cause
                    .finding((script, statement), &RULE, cause.column_name(), message)
                    .help("add the column without the default, set the default afterwards, and fill the old rows in batches")
            };
            causes.iter().map(finding).collect()
        })
    }),
};
