//! The strongest lock on two tables, by two statements of one transaction.

use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::{Finding, Level};
use crate::observe::lock::Lock;
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "two-hot-tables-in-one-transaction",
    group: Group::Blocks,
    level: Level::Warning,
    title: "one transaction locks two tables in use",
    why: "While it waits for the second table it holds the first, so that everybody waits for both. And whoever uses \
          the two tables in the other order waits for this transaction while it waits for him: Postgres ends one of \
          the two as a deadlock.",
    remedy: "One transaction for each table, where the changes allow it; else a short lock_timeout, and the tables in \
             the order in which the programs use them.",
    plan: None,
    script: Some(|script| script.transactions().into_iter().filter_map(|all| in_one(script, all)).collect()),
};

/// The first statement that takes a second table.
fn in_one(script: &Script, statements: &[Statement]) -> Option<Finding> {
    let mut first: Option<&Relation> = None;
    for statement in statements {
        let locked: Vec<&Relation> = statement
            .effects
            .tables()
            .filter(|(relation, effect)| effect.lock == Lock::AccessExclusive && !script.is_small(relation))
            .map(|(relation, _)| relation)
            .collect();
        if let Some(first) = first
            && !locked.is_empty()
            && !locked.contains(&first)
            && let Some(second) = locked.first()
        {
            let message = format!("nobody can use {first} while this waits for {second}");
            return Some(script.on(&RULE, statement, second, message).help("COMMIT before it"));
        }
        first = first.or(locked.first().copied());
    }
    None
}
