//! A schema gets another name.

use pg_query::NodeEnum;
use pg_query::protobuf::ObjectType;

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::object::Class;
use crate::lint::rule::{Group, Rule, asked_for};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "rename-schema",
    group: Group::BreaksCode,
    level: Level::Error,
    title: "a schema gets another name",
    why: "Every name in it changes at once: programs that qualify their names fail, those that have the schema in a search \
          path no longer find anything, and so do bodies of functions, which Postgres does not follow.",
    remedy: "Create a schema with the new name, move one object at a time, and leave a view behind for each.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::RenameStmt(rename)) if rename.rename_type() == ObjectType::ObjectSchema => {
                if script.made_before(statement, Class::Schema, &Name::new("", &rename.subname)) {
                    return Vec::new();
                }
                let (old, new) = (Ident::new(&rename.subname).to_string(), Ident::new(&rename.newname));
                let message = format!("programs that still use names in {old} fail: it is called {new} from now on");
                vec![asked_for(statement, statement.finding(&RULE, &old, message))]
            }
            _ => Vec::new(),
        })
    }),
};
