//! An index on many columns.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;
use pg_query::NodeEnum;

pub const RULE: Rule = Rule {
    code: "index-too-wide",
    group: Group::WellMade,
    level: Level::Off,
    title: "an index has many columns",
    why: "Only conditions on the first columns of a b-tree narrow down what is read. Each further column makes the \
             index larger and keeps updates of that column from the cheap way that leaves indexes alone (HOT).",
    remedy: "Keep the columns that searches begin with, most often one to three. A unique index may need more, and is \
             not meant here.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::IndexStmt(index)) if !index.unique && index.index_params.len() > USUAL => {
                let table = index.relation.as_ref().map(|table| Name::of(table).to_string()).unwrap_or_default();
                let object = if index.idxname.is_empty() { &table } else { &index.idxname };
                let message = format!("the index on {table} has {} columns, and rarely more than {USUAL} narrow a search", index.index_params.len());
                vec![statement.finding(&RULE, object, message).help("keep the columns that searches begin with")]
            }
            _ => Vec::new(),
        })
    }),
};

/// How many key columns an index has before it is worth a question.
const USUAL: usize = 3;
