//! Two ALTER TABLEs that each go through all rows of the same table.

use pg_query::NodeEnum;

use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::tree::alters;
use crate::lint::{Finding, Level};
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "alters-could-be-one",
    group: Group::Blocks,
    level: Level::Warning,
    title: "two passes over a table could be one",
    why: "Each ALTER TABLE that writes or reads all rows goes through the whole table by itself, under its lock. The \
          subcommands of one ALTER TABLE share a single pass.",
    remedy: "Put the subcommands into one ALTER TABLE, with commas between them.",
    plan: None,
    script: Some(|script| {
        let pairs = script.statements.iter().zip(script.statements.iter().skip(1));
        let about = |(first, second): (&Statement, &Statement)| -> Option<Finding> {
            let table = passes(first)?;
            let same = passes(second) == Some(table) && first.transaction == second.transaction;
            let message = format!("all rows of {table} are gone through once more after the statement before");
            let finding = || script.on(&RULE, second, table, message).help("one ALTER TABLE with both subcommands");
            same.then(finding)
        };
        pairs.filter_map(about).collect()
    }),
};

/// The table that the statement goes through. An index that is built is a pass of its own in any case.
fn passes<'s>(statement: &'s Statement) -> Option<&'s Relation> {
    let NodeEnum::AlterTableStmt(_) = statement.node()? else { return None };
    // Those of a partition cannot be put together with others.
    let alone = |work: &crate::lint::guess::work::Work| work.rewrites == Default::default() && work.checks == Default::default();
    if alters(statement.node()?).next().is_none() || statement.works.iter().all(alone) {
        return None;
    }
    let mut long = statement.blocks_long().filter(|(_, effect)| {
        effect.rewritten || effect.scans.contains(&crate::observe::effect::Scan::Constraints)
    });
    long.next().map(|(relation, _)| relation)
}
