//! DETACH PARTITION without CONCURRENTLY.

use pg_query::protobuf::AlterTableType;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::{Name, altering, detaches_concurrently};
use crate::observe::lock::Lock;

pub const RULE: Rule = Rule {
    code: "detach-not-concurrent",
    group: Group::Blocks,
    level: Level::Warning,
    title: "a partition is detached under the strongest lock",
    why: "DETACH PARTITION takes an ACCESS EXCLUSIVE lock on the partitioned table: it waits for all who read any partition, \
          and all who come later wait behind it.",
    remedy: "DETACH PARTITION ... CONCURRENTLY, outside a transaction, lets everybody go on. It is not possible where there \
             is a default partition; then set a short lock_timeout and try again until it gets through.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let detached = statement
                .node()
                .into_iter()
                .flat_map(|node| altering(node, AlterTableType::AtDetachPartition))
                .filter(|(_, command)| !detaches_concurrently(command));
            let about = |(parent, _): (Name, _)| {
                let (table, _) = statement
                    .effects
                    .tables()
                    .find(|(relation, effect)| parent.is(relation) && effect.lock == Lock::AccessExclusive)?;
                let message = format!("nobody can read or write {table} until all who read it now are done");
                Some(
                    statement
                        .finding(&RULE, &table.to_string(), message)
                        .help("DETACH PARTITION ... CONCURRENTLY, outside a transaction"),
                )
            };
            detached.filter_map(about).collect()
        })
    }),
};
