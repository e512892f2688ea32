//! SET LOGGED and SET UNLOGGED.

use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "set-logged-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "SET LOGGED or UNLOGGED writes the table anew",
    why: "SET LOGGED and SET UNLOGGED write the whole table and its indexes to new files under an ACCESS EXCLUSIVE \
          lock: nobody can even read until it is done. SET LOGGED also sends all of it through the write-ahead log to \
          every standby.",
    remedy: "Make a new table of the other sort, keep it in step with a trigger, copy the rows in batches and swap \
             the names; or do it while nobody works.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let causes = rewriting(statement, &[Why::Logged]);
            let finding = |cause: &Cause| {
                let message = format!("all rows of {} are written anew", cause.tables());
                cause
                    .finding((script, statement), &RULE, "", message)
                    .help("make a second table of the other sort, copy the rows in batches, and swap the two")
            };
            causes.iter().map(finding).collect()
        })
    }),
};
