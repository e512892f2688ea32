//! TRUNCATE of tables that were there before.

use pg_query::NodeEnum;
use pg_query::protobuf::DropBehavior;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule, listed};
use crate::lint::tree::Name;
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "truncate",
    group: Group::LosesData,
    level: Level::Error,
    title: "tables are emptied",
    why: "All rows are gone at once, under an ACCESS EXCLUSIVE lock, and no trigger on DELETE runs. With CASCADE every \
          table that refers to one of them by a foreign key is emptied too, also one that nobody thought of.",
    remedy: "Delete the rows that are meant, by a condition and in batches. Name every table, and leave CASCADE out.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let Some(NodeEnum::TruncateStmt(truncate)) = statement.node() else { return Vec::new() };
            let names: Vec<Name> = truncate
                .relations
                .iter()
                .filter_map(|node| match node.node.as_ref()? {
                    NodeEnum::RangeVar(range) if range.relpersistence != "t" => Some(Name::of(range)),
                    _ => None,
                })
                .collect();
            let named: Vec<Relation> = names.iter().filter_map(|name| script.there(statement, name)).collect();
            let cascades = truncate.behavior() == DropBehavior::DropCascade;
            let others = statement.effects.on.iter().filter(|(table, effect)| effect.emptied && !named.contains(table));
            let others: Vec<String> = others.map(|(table, _)| table.to_string()).collect();
            let also = match (cascades, others.is_empty()) {
                (false, _) => String::new(),
                (true, true) => ", and of every table that refers to it".to_owned(),
                (true, false) => format!(", and of every table that refers to it: {}", listed(&others)),
            };
            let finding = |table: &Relation| {
                script.losing(&RULE, statement, table, format!("all rows of {table} are lost{also}"))
            };
            named.iter().map(finding).collect()
        })
    }),
};
