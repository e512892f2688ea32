//! A function with the rights of its owner that looks names up where its caller says.

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, ObjectWithArgs};

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, option};

pub const RULE: Rule = Rule {
    code: "security-definer-search-path",
    group: Group::Secure,
    level: Level::Warning,
    title: "a SECURITY DEFINER function does not fix its search_path",
    why: "It runs with the rights of its owner, but finds what it names without a schema through the search_path of whoever \
          calls it. A caller who puts a table or function of that name into a schema of his own, or into the temporary \
          one, makes the owner use it.",
    remedy: "Add SET search_path to the function, with schemas that only trusted roles can create in, and pg_temp last. A \
             BEGIN ATOMIC body is bound when it is created and needs none.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let (name, options) = match statement.node() {
                Some(NodeEnum::CreateFunctionStmt(create)) if create.sql_body.is_none() => {
                    (Name::of_list(&create.funcname), &create.options)
                }
                Some(NodeEnum::AlterFunctionStmt(alter)) => (of(alter.func.as_ref()), &alter.actions),
                _ => return Vec::new(),
            };
            let Some(name) = name.filter(|_| is_definer(options) && !sets_path(options)) else { return Vec::new() };
            if later(script, statement, &name) {
                return Vec::new();
            }
            let message = format!("{name} runs with its owner's rights and its caller's search_path");
            let finding = statement.finding(&RULE, &name.to_string(), message);
            let finding = finding.help("add SET search_path = pg_catalog, SCHEMA, pg_temp to the function");
            let location = option(options, "security").map_or(-1, |option| option.location);
            vec![statement.part(finding, location, "SECURITY DEFINER")]
        })
    }),
};

fn of(function: Option<&ObjectWithArgs>) -> Option<Name> {
    Name::of_list(&function?.objname)
}

fn is_definer(options: &[Node]) -> bool {
    let value = option(options, "security").and_then(|option| option.arg.as_ref()?.node.as_ref());
    matches!(value, Some(NodeEnum::Boolean(value)) if value.boolval)
}

fn sets_path(options: &[Node]) -> bool {
    options.iter().any(|node| match &node.node {
        Some(NodeEnum::DefElem(option)) if option.defname == "set" => {
            let set = option.arg.as_ref().and_then(|arg| arg.node.as_ref());
            matches!(set, Some(NodeEnum::VariableSetStmt(set)) if set.name == "search_path")
        }
        _ => false,
    })
}

/// Whether the script fixes it, or takes the rights back, in a statement of its own.
fn later(script: &Script, statement: &Statement, name: &Name) -> bool {
    let own = |node: &Node| matches!(&node.node, Some(NodeEnum::DefElem(option)) if option.defname == "security");
    script.after(statement).iter().any(|later| match later.node() {
        Some(NodeEnum::AlterFunctionStmt(alter)) if of(alter.func.as_ref()).as_ref() == Some(name) => {
            sets_path(&alter.actions) || (alter.actions.iter().any(own) && !is_definer(&alter.actions))
        }
        _ => false,
    })
}
