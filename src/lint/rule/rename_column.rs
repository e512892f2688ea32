//! A column, or an attribute of a composite type, gets another name.

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, ObjectType, RenameStmt};

use crate::base::name::Ident;
use crate::lint::object::{Class, READ_FROM, added};
use crate::lint::rule::{Group, Rule, asked_for};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::Name;
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "rename-column",
    group: Group::BreaksCode,
    level: Level::Error,
    title: "a column gets another name",
    why: "From the moment of the commit every program that still reads or writes the old name fails, and none that uses the \
          new name works before it. The two cannot be released at the same moment.",
    remedy: "Add a column with the new name, keep the two in step with a trigger, fill it, and drop the old one once no \
             program uses it. Or rename the table too, and give old programs a view with the old names. \
             `-- pgplumb: renamed from old_name keep 2 releases` at the column makes `pgplumb plan` write the former.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::RenameStmt(rename)) => found(script, statement, rename).into_iter().collect(),
            _ => Vec::new(),
        })
    }),
};

fn found(script: &Script, statement: &Statement, rename: &RenameStmt) -> Option<Finding> {
    let name = Name::of(rename.relation.as_ref()?);
    let of = match rename.rename_type() {
        ObjectType::ObjectColumn if READ_FROM.contains(&rename.relation_type()) => {
            let new = script.added_column(statement, &name, &rename.subname).is_some();
            let back = takes_place(script, statement, &name, &rename.subname);
            script.there(statement, &name).filter(|_| !new && !back && !shown(script, &name, &rename.subname))?.to_string()
        }
        ObjectType::ObjectAttribute if !script.made_before(statement, Class::Type, &name) => name.to_string(),
        _ => return None,
    };
    let (old, new) = (Ident::new(&rename.subname), Ident::new(&rename.newname));
    let message = format!("programs that still use {old} of {of} fail: it is called {new} from now on");
    let finding = statement.finding(&RULE, &format!("{of}.{old}"), message);
    Some(asked_for(statement, finding.help(format!("add {new} beside {old}, keep both in step, and drop {old} later"))))
}

/// Whether the table gets another name as well, and a view under the old one shows the column as it was called.
fn shown(script: &Script, table: &Name, column: &str) -> bool {
    let renames = |statement: &Statement| match statement.node() {
        Some(NodeEnum::RenameStmt(rename)) if rename.rename_type() == ObjectType::ObjectTable => {
            let old = Name::of(rename.relation.as_ref()?);
            let new = Name { name: rename.newname.clone(), ..old.clone() };
            (*table == old || *table == new).then_some(old)
        }
        _ => None,
    };
    let old: Vec<Name> = script.statements.iter().filter_map(renames).collect();
    script.statements.iter().any(|statement| match statement.node() {
        Some(NodeEnum::ViewStmt(view)) if view.view.as_ref().is_some_and(|view| old.contains(&Name::of(view))) => {
            view.query.as_ref().is_some_and(|query| gives(query, column))
        }
        _ => false,
    })
}

/// Whether a query has a column of this name, as far as it is written.
fn gives(query: &Node, column: &str) -> bool {
    let Some(NodeEnum::SelectStmt(select)) = &query.node else { return false };
    select.target_list.iter().any(|target| match &target.node {
        Some(NodeEnum::ResTarget(target)) => target.name == column,
        _ => false,
    })
}

/// Whether another column gets the name that this one had: the other half of a swap.
fn takes_place(script: &Script, statement: &Statement, table: &Name, column: &str) -> bool {
    script.after(statement).iter().any(|later| match later.node() {
        Some(NodeEnum::RenameStmt(rename)) => {
            rename.rename_type() == ObjectType::ObjectColumn
                && rename.newname == column
                && rename.relation.as_ref().map(Name::of).as_ref() == Some(table)
        }
        _ => added(later).iter().any(|(of, definition)| of == table && definition.colname == column),
    })
}
