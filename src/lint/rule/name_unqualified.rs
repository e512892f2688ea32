//! A name without its schema.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::named::named;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use pg_query::NodeEnum;

pub const RULE: Rule = Rule {
    code: "name-unqualified",
    group: Group::WellMade,
    level: Level::Off,
    title: "a name has no schema",
    why: "Which schema an unqualified name is in depends on the search_path of the one who runs the script. With \
             another path a table is made where nobody looks for it, or one of the same name is changed.",
    remedy: "Write the schema, app.orders, or set the search_path at the head of the script.",
    plan: None,
    script: Some(|script| {
        let settled = script.statements.iter().position(sets_path).unwrap_or(script.statements.len());
        let mut found = Vec::new();
        for statement in &script.statements[..settled] {
            let names = statement.node().map(named).unwrap_or_default();
            for named in names.iter().filter(|named| named.schema == Some("")) {
                let name = Ident::new(named.name);
                let message = format!("where the {} {name} is depends on the search_path", named.kind);
                let finding = statement.finding(&RULE, &name.to_string(), message).help("write its schema");
                found.push(statement.part_name(finding, named.location));
            }
        }
        found
    }),
};

/// `SET search_path` or `SELECT set_config('search_path', ...)`.
fn sets_path(statement: &Statement) -> bool {
    match statement.node() {
        Some(NodeEnum::VariableSetStmt(set)) => set.name == "search_path",
        Some(NodeEnum::SelectStmt(_)) => statement.sql.contains("set_config") && statement.sql.contains("search_path"),
        _ => false,
    }
}
