//! CLUSTER and VACUUM FULL.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::guess::has_option;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "cluster-or-vacuum-full",
    group: Group::Blocks,
    level: Level::Error,
    title: "CLUSTER and VACUUM FULL write the table anew",
    why: "Both write the whole table and its indexes to new files under an ACCESS EXCLUSIVE lock: nobody can even \
          read until it is done.",
    remedy: "A plain VACUUM makes the room of dead rows free for new ones while everybody goes on. To give it back to \
             the system use the extension pg_repack or pg_squeeze, which hold the strong lock only for the swap at \
             the end.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let all = match statement.node() {
                Some(NodeEnum::ClusterStmt(cluster)) => cluster.relation.is_none(),
                Some(NodeEnum::VacuumStmt(vacuum)) if has_option(&vacuum.options, "full") => vacuum.rels.is_empty(),
                _ => return Vec::new(),
            };
            let help = "VACUUM without FULL, or an extension such as pg_repack";
            if all {
                let message = "table after table is written anew while nobody can read or write it";
                return vec![statement.finding(&RULE, "", message).help(help)];
            }
            let on = statement.blocks_long().map(|(table, _)| {
                let message = format!("all rows of {table} are written anew while nobody can read or write it");
                script.on(&RULE, statement, table, message).help(help)
            });
            on.collect()
        })
    }),
};
