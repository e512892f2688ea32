//! A table or a view gets another name, or moves to another schema.

use pg_query::NodeEnum;

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::object::{Class, READ_FROM};
use crate::lint::rule::{Group, Rule, asked_for};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "rename-table",
    group: Group::BreaksCode,
    level: Level::Error,
    title: "a table or view gets another name",
    why: "From the moment of the commit every program that still uses the old name fails, and none that uses the new name \
          works before it. The two cannot be released at the same moment.",
    remedy: "In the same transaction create a view with the old name that selects from the new one: a simple view can be \
             written to as well. Drop it once no program uses the old name. `-- pgplumb: renamed from old_name keep 2 releases` \
             above the table makes `pgplumb plan` write both.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let (name, new) = match statement.node() {
                Some(NodeEnum::RenameStmt(rename)) if READ_FROM.contains(&rename.rename_type()) => {
                    let Some(name) = rename.relation.as_ref().map(Name::of) else { return Vec::new() };
                    let new = Name { name: rename.newname.clone(), ..name.clone() };
                    (name, new)
                }
                Some(NodeEnum::AlterObjectSchemaStmt(moved)) if READ_FROM.contains(&moved.object_type()) => {
                    let Some(name) = moved.relation.as_ref().map(Name::of) else { return Vec::new() };
                    let new = Name { schema: moved.newschema.clone(), ..name.clone() };
                    (name, new)
                }
                _ => return Vec::new(),
            };
            // Something else with the old name takes its place: a view for old programs, or the other half of a swap.
            let there = script.there(statement, &name).filter(|_| !script.made_after(statement, Class::Relation, &name));
            let finding = there.map(|relation| {
                let message = format!("programs that still use {relation} fail: it is called {new} from now on");
                let view = format!("CREATE VIEW {relation} AS SELECT * FROM {new}, in the same transaction");
                let name = Ident::new(&relation.name);
                let object = if relation.schema == "public" { name.to_string() } else { relation.to_string() };
                asked_for(statement, statement.finding(&RULE, &object, message).help(view))
            });
            finding.into_iter().collect()
        })
    }),
};
