//! A transaction begun inside another, or ended where none is open.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Boundary;

pub const RULE: Rule = Rule {
    code: "transaction-nested",
    group: Group::File,
    level: Level::Error,
    title: "transactions do not pair up",
    why: "Postgres has no transactions inside of others: a second BEGIN is a warning and nothing else, and the first \
             COMMIT ends all. What stands behind it runs statement by statement, so a failure there leaves the \
             migration half done. A COMMIT where nothing is open does nothing at all.",
    remedy: "Leave BEGIN and COMMIT to the tool that runs the file, or pair them in the file and tell the tool to \
             open none. SAVEPOINT is what can be inside of a transaction.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let message = match (statement.boundary(), statement.transaction) {
                (Some(Boundary::Begin), Some(0)) if script.context.in_transaction => {
                    "the file runs in a transaction already, and the next COMMIT ends that"
                }
                (Some(Boundary::Begin), Some(_)) => "a transaction is open already, and the next COMMIT ends that",
                (Some(Boundary::End), Some(0)) if script.context.in_transaction => {
                    "this ends the transaction that the file runs in: what follows runs outside of it"
                }
                (Some(Boundary::End), None) => "no transaction is open here",
                _ => return Vec::new(),
            };
            vec![statement.finding(&RULE, "", message).help("pair BEGIN and COMMIT, or leave both to the tool")]
        })
    }),
};
