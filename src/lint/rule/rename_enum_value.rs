//! A value of an enum gets another name.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::object::Class;
use crate::lint::rule::{Group, Rule, asked_for};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "rename-enum-value",
    group: Group::BreaksCode,
    level: Level::Error,
    title: "a value of an enum gets another name",
    why: "Every row that has it shows the new name from the moment of the commit. A program that compares with the old one \
          gets an error, not just no rows, and one that has never heard of the new one may not be able to read it.",
    remedy: "Add the new value, teach programs both, update the rows in batches, and leave the old value unused.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::AlterEnumStmt(alter)) if !alter.old_val.is_empty() => {
                let Some(name) = Name::of_list(&alter.type_name) else { return Vec::new() };
                if script.made_before(statement, Class::Type, &name) {
                    return Vec::new();
                }
                let (old, new) = (&alter.old_val, &alter.new_val);
                let message = format!("programs that still use '{old}' of {name} fail: it is called '{new}' from now on");
                vec![asked_for(statement, statement.finding(&RULE, &format!("{name}.{old}"), message))]
            }
            _ => Vec::new(),
        })
    }),
};
