//! A concurrent build on Postgres 14.0 to 14.3.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::guess::has_option;
use crate::lint::rule::{Group, Rule};

/// The first minor version of 14 without the fault.
const FIXED: u32 = 4;

pub const RULE: Rule = Rule {
    code: "concurrent-build-corrupts",
    group: Group::Blocks,
    level: Level::Error,
    title: "a concurrent build may leave rows out of the index",
    why: "In Postgres 14.0 to 14.3 CREATE INDEX CONCURRENTLY and REINDEX CONCURRENTLY may miss rows that are updated \
          meanwhile, so that queries do not find them. The release notes of 14.4 say to build every such index anew.",
    remedy: "Bring the server to 14.4 or later before. Until then build the index without CONCURRENTLY while nobody \
             writes.",
    plan: None,
    script: Some(|script| {
        let broken = script.context.major == Some(14) && script.context.minor.is_some_and(|minor| minor < FIXED);
        script.each(|statement| {
            let index = match statement.node() {
                Some(NodeEnum::IndexStmt(index)) if index.concurrent => index.idxname.as_str(),
                Some(NodeEnum::ReindexStmt(reindex)) if has_option(&reindex.params, "concurrently") => {
                    reindex.relation.as_ref().map_or("", |relation| &relation.relname)
                }
                _ => return Vec::new(),
            };
            let message = "this server may leave rows out of an index that is built CONCURRENTLY";
            let finding = || statement.finding(&RULE, index, message).help("bring the server to 14.4 or later first");
            broken.then(finding).into_iter().collect()
        })
    }),
};
