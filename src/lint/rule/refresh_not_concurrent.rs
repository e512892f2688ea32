//! REFRESH MATERIALIZED VIEW without CONCURRENTLY.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "refresh-not-concurrent",
    group: Group::Blocks,
    level: Level::Error,
    title: "a materialized view is filled anew while nobody can read it",
    why: "REFRESH MATERIALIZED VIEW holds an ACCESS EXCLUSIVE lock for as long as its query runs: nobody can read the \
          view until it is done.",
    remedy: "REFRESH MATERIALIZED VIEW CONCURRENTLY lets readers go on. It needs a unique index on columns of the \
             view, and rows in it from an earlier REFRESH.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::RefreshMatViewStmt(refresh)) if !refresh.concurrent && !refresh.skip_data => statement
                .blocks_long()
                .map(|(view, _)| {
                    script
                        .on(&RULE, statement, view, format!("nobody can read {view} while its query runs"))
                        .help("REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on the view")
                })
                .collect(),
            _ => Vec::new(),
        })
    }),
};
