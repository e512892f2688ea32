//! Rows of a table in use are changed in a transaction that holds a strong lock.

use crate::lint::rule::{Group, Rule};
use crate::lint::sequence::changes_rows;
use crate::lint::script::{Script, Statement};
use crate::lint::{Finding, Level};
use crate::observe::lock::Stops;
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "data-change-with-ddl",
    group: Group::Blocks,
    level: Level::Warning,
    title: "rows are changed while a strong lock is held",
    why: "A schema change locks its table to the end of the transaction. Rows that are inserted, updated or deleted \
          in the same transaction take as long as there are many of them, and everybody waits for the table \
          meanwhile.",
    remedy: "Commit the schema change first, and change the rows in a migration of its own, in batches.",
    plan: None,
    script: Some(|script| script.transactions().into_iter().flat_map(|all| in_one(script, all)).collect()),
};

fn in_one(script: &Script, statements: &[Statement]) -> Vec<Finding> {
    let mut held: Option<(&Relation, Stops)> = None;
    let mut found = Vec::new();
    for statement in statements {
        let changed = statement.effects.tables().find(|(_, effect)| effect.written > 0 && !effect.rewritten);
        if let Some(((locked, stops), (table, _))) = held.zip(changed).filter(|_| changes_rows(statement)) {
            let who = if stops == Stops::Everybody { "read or write" } else { "write to" };
            let message = format!("nobody can {who} {locked} while rows of {table} are changed");
            found.push(script.on(&RULE, statement, table, message).help("COMMIT before it, and change the rows in batches"));
        }
        let strong = statement.effects.tables().find(|(_, effect)| effect.lock.blocks());
        held = held.or(strong.map(|(relation, effect)| (relation, effect.lock.stops())));
    }
    found
}
