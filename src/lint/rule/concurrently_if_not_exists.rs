//! CREATE INDEX CONCURRENTLY IF NOT EXISTS.

use pg_query::NodeEnum;
use pg_query::protobuf::ObjectType;

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Script;
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "concurrently-if-not-exists",
    group: Group::Blocks,
    level: Level::Warning,
    title: "a retry keeps an INVALID index",
    why: "A concurrent build that fails leaves an INVALID index: it costs as much as any other at each write, and no \
          query uses it. Run again, IF NOT EXISTS finds the name taken and reports success.",
    remedy: "DROP INDEX CONCURRENTLY IF EXISTS before it, or leave IF NOT EXISTS out, so that a retry says what is \
             there.",
    plan: None,
    script: Some(|script| {
        let mut found = Vec::new();
        for (number, statement) in script.statements.iter().enumerate() {
            if let Some(NodeEnum::IndexStmt(index)) = statement.node()
                && index.concurrent
                && index.if_not_exists
                && !is_dropped(script, number, &index.idxname)
            {
                let message = "where a build failed before, its INVALID index is kept and this succeeds";
                let help = format!("DROP INDEX CONCURRENTLY IF EXISTS {} before it", Ident::new(&index.idxname));
                found.push(statement.finding(&RULE, &index.idxname, message).help(help));
            }
        }
        found
    }),
};

/// Whether an index of this name is dropped before.
fn is_dropped(script: &Script, before: usize, name: &str) -> bool {
    script.statements.iter().take(before).any(|statement| match statement.node() {
        Some(NodeEnum::DropStmt(drop)) if drop.remove_type() == ObjectType::ObjectIndex => {
            drop.objects.iter().any(|object| match &object.node {
                Some(NodeEnum::List(names)) => Name::of_list(&names.items).is_some_and(|index| index.name == name),
                _ => false,
            })
        }
        _ => false,
    })
}
