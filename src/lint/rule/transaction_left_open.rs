//! A transaction that the script begins and does not end.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Boundary;

pub const RULE: Rule = Rule {
    code: "transaction-left-open",
    group: Group::File,
    level: Level::Error,
    title: "a transaction is never ended",
    why: "When the session ends with a transaction open Postgres takes back all that was done in it, without an \
             error: the tool writes down that the migration has run, and nothing of it is there. Until then every \
             lock is held.",
    remedy: "End it with COMMIT.",
    plan: None,
    script: Some(|script| {
        let last = script.statements.iter().rev().find_map(|statement| Some((statement, statement.boundary()?)));
        match last {
            Some((begin, Boundary::Begin)) => {
                let message = "this transaction is never ended: what is done in it is lost when the session ends";
                vec![begin.finding(&RULE, "", message).help("write COMMIT behind its last statement")]
            }
            _ => Vec::new(),
        }
    }),
};
