//! ATTACH PARTITION, or a new partition beside a default one, that has rows read.

use pg_query::NodeEnum;
use pg_query::protobuf::AlterTableType;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::tree::alters;
use crate::observe::effect::{Effect, Scan};

pub const RULE: Rule = Rule {
    code: "attach-scans",
    group: Group::Blocks,
    level: Level::Error,
    title: "a new partition has rows read while nobody can work",
    why: "ATTACH PARTITION reads all rows of the table to see that they fit, and builds the indexes that the others have, \
          under an ACCESS EXCLUSIVE lock on it. A default partition is read as well, and locked as strongly: it might hold \
          rows that belong into the new one, and whoever uses the partitioned table uses it too.",
    remedy: "Before, add a CHECK to the table that says the same as the bounds, NOT VALID, and validate it; and build the \
             indexes CONCURRENTLY. The default partition needs a validated CHECK that keeps such rows out.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            if !adds_partition(statement) {
                return Vec::new();
            }
            let finding = |(table, effect): (&_, &Effect)| {
                let builds = !effect.scans.contains(&Scan::Constraints);
                let work = if builds { "an index is built" } else { "all rows are read" };
                let help = if builds {
                    "build the index CONCURRENTLY before"
                } else {
                    "add a CHECK like the bounds before, NOT VALID, and validate it"
                };
                script.on(&RULE, statement, table, format!("nobody can read or write {table} while {work}")).help(help)
            };
            statement.blocks_long().map(finding).collect()
        })
    }),
};

fn adds_partition(statement: &Statement) -> bool {
    match statement.node() {
        Some(NodeEnum::CreateStmt(table)) => table.partbound.is_some(),
        Some(node) => alters(node).any(|(_, command)| command.subtype() == AlterTableType::AtAttachPartition),
        None => false,
    }
}
