//! An enum where a table of values may be better.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;
use pg_query::NodeEnum;

pub const RULE: Rule = Rule {
    code: "enum-instead-of-table",
    group: Group::WellMade,
    level: Level::Off,
    title: "values are kept in an enum",
    why: "A value of an enum can be added and renamed, and never removed or moved: that takes a new type and every \
             table that uses it written anew. It has no description, no order that can change and no row to refer to.",
    remedy: "Use a table of the values and a foreign key to it, or text with a CHECK. For values that stay as they \
             are for good, an enum is right.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::CreateEnumStmt(create)) => {
                let name = Name::of_list(&create.type_name).map(|name| name.to_string()).unwrap_or_default();
                let message = format!("no value of {name} can ever be removed");
                let help = "make a table of the values and a foreign key to it, or use text with a CHECK";
                vec![statement.finding(&RULE, &name, message).help(help)]
            }
            _ => Vec::new(),
        })
    }),
};
