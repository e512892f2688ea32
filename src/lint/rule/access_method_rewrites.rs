//! SET ACCESS METHOD.

use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "access-method-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "another access method writes the table anew",
    why: "SET ACCESS METHOD writes the whole table and its indexes anew under an ACCESS EXCLUSIVE lock: nobody can \
          even read until it is done.",
    remedy: "Make a new table with that access method, keep it in step with a trigger, copy the rows in batches and \
             swap the names.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let causes = rewriting(statement, &[Why::AccessMethod]);
            let finding = |cause: &Cause| {
                let message = format!("all rows of {} are written anew by another access method", cause.tables());
                cause
                    .finding((script, statement), &RULE, "", message)
                    .help("make a second table with that access method, copy the rows in batches, and swap the two")
            };
            causes.iter().map(finding).collect()
        })
    }),
};
