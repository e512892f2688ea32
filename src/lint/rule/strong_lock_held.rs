//! Long work after a strong lock, in the same transaction.

use crate::lint::rule::{Group, Rule};
use crate::lint::sequence::{changes_rows, is_validated_here};
use crate::lint::script::{Script, Statement};
use crate::lint::{Finding, Level};
use crate::observe::lock::Stops;
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "strong-lock-held",
    group: Group::Blocks,
    level: Level::Warning,
    title: "a strong lock is held while other work takes its time",
    why: "A lock is held to the end of its transaction. What would be a moment for the table that was locked first \
          becomes as long as everything that comes after it, even where that is about other tables.",
    remedy: "Commit after the statement that takes the strong lock, or do the long work first, in a transaction of \
             its own.",
    plan: None,
    script: Some(|script| script.transactions().into_iter().flat_map(|all| in_one(script, all)).collect()),
};

fn in_one(script: &Script, statements: &[Statement]) -> Vec<Finding> {
    let mut held: Option<(&Relation, Stops)> = None;
    let mut found = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let long = statement.effects.tables().find(|(_, effect)| effect.is_long()).map(|(relation, _)| relation);
        // What others say better: that rows are changed, and that it is validated too early. What only makes those wait
        // longer who wait already is said of the statement itself.
        let said = changes_rows(statement) || is_validated_here(&statements[..index], statement);
        if let Some(((locked, stops), long)) = held.zip(long).filter(|((locked, _), long)| !said && locked != long) {
            let who = if stops == Stops::Everybody { "read or write" } else { "write to" };
            let message = format!("nobody can {who} {locked} while the rows of {long} are read or written");
            found.push(script.on(&RULE, statement, locked, message).help("COMMIT before it"));
        }
        let strong = statement.effects.tables().filter(|(_, effect)| effect.lock.blocks());
        let strongest = strong.max_by_key(|(relation, effect)| (effect.lock, std::cmp::Reverse(*relation)));
        if held.is_none_or(|(_, stops)| stops != Stops::Everybody)
            && let Some((relation, effect)) = strongest
        {
            held = Some((relation, effect.lock.stops()));
        }
    }
    found
}
