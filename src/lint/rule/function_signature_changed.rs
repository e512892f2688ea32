//! A function or procedure goes, or is called in another way.

use pg_query::NodeEnum;
use pg_query::protobuf::{CreateFunctionStmt, FunctionParameterMode, Node, TypeName};

use crate::base::name::without_public;
use crate::kind::{Body, Key};
use crate::lint::object::{Class, ROUTINES, name_of, renamed};
use crate::lint::rule::{Group, Rule, asked_for, dropped};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, string};
use crate::lint::{Finding, Input, Level};

pub const RULE: Rule = Rule {
    code: "function-signature-changed",
    group: Group::BreaksCode,
    level: Level::Warning,
    title: "a function goes, or takes other arguments",
    why: "Postgres finds a function by its name and the types of its arguments. Programs and bodies of other functions that \
          call it the old way fail from then on, and Postgres warns of none of them.",
    remedy: "Create the new form beside the old one, as an overload or under another name; drop the old one once nobody \
             calls it. An argument at the end that has a default breaks no call.",
    plan: Some(planned),
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::DropStmt(drop)) if ROUTINES.contains(&drop.remove_type()) => {
                drop.objects.iter().filter_map(|object| gone(script, statement, object)).collect()
            }
            Some(NodeEnum::RenameStmt(rename)) => {
                let Some((Class::Routine, name)) = renamed(rename) else { return Vec::new() };
                let new = Name { name: rename.newname.clone(), ..name.clone() };
                moved(script, statement, &name, &new)
            }
            Some(NodeEnum::AlterObjectSchemaStmt(alter)) if ROUTINES.contains(&alter.object_type()) => {
                let Some(name) = alter.object.as_deref().and_then(name_of) else { return Vec::new() };
                let new = Name { schema: alter.newschema.clone(), ..name.clone() };
                moved(script, statement, &name, &new)
            }
            _ => Vec::new(),
        })
    }),
};

fn moved(script: &Script, statement: &Statement, name: &Name, new: &Name) -> Vec<Finding> {
    if script.made_before(statement, Class::Routine, name) || creates(script.after(statement), name).next().is_some() {
        return Vec::new();
    }
    let message = format!("programs that still call {name} fail: it is called {new} from now on");
    vec![asked_for(statement, statement.finding(&RULE, &name.to_string(), message))]
}

/// Those that create or replace a routine of the name.
fn creates<'s>(all: &'s [Statement], name: &'s Name) -> impl Iterator<Item = &'s CreateFunctionStmt> {
    all.iter().filter_map(move |statement| match statement.node()? {
        NodeEnum::CreateFunctionStmt(create) if Name::of_list(&create.funcname).as_ref() == Some(name) => {
            Some(create.as_ref())
        }
        _ => None,
    })
}

fn gone(script: &Script, statement: &Statement, object: &Node) -> Option<Finding> {
    let Some(NodeEnum::ObjectWithArgs(object)) = &object.node else { return None };
    let name = Name::of_list(&object.objname)?;
    if script.made_before(statement, Class::Routine, &name) {
        return None;
    }
    let types = object.objargs.iter().filter_map(|node| match node.node.as_ref()? {
        NodeEnum::TypeName(name) => Some(spelled(name)),
        _ => None,
    });
    let old: Vec<String> = types.collect();
    let new: Vec<&CreateFunctionStmt> = creates(script.after(statement), &name).collect();
    if new.iter().any(|create| object.args_unspecified || takes(create, &old)) {
        return None;
    }
    let called = if object.args_unspecified { name.to_string() } else { format!("{name}({})", old.join(", ")) };
    let message = match new.first() {
        Some(create) => {
            let takes: Vec<String> = inputs(create).map(|(name, _)| name).collect();
            format!("calls of {called} fail: it takes ({}) from now on", takes.join(", "))
        }
        None => format!("{called} is dropped: what calls it fails"),
    };
    Some(statement.finding(&RULE, &name.to_string(), message))
}

/// Whether a call with these arguments still finds it: what it takes beyond them has a default.
fn takes(create: &CreateFunctionStmt, old: &[String]) -> bool {
    let new: Vec<(String, bool)> = inputs(create).collect();
    new.len() >= old.len()
        && new.iter().zip(old).all(|((name, _), old)| name == old)
        && new[old.len()..].iter().all(|(_, default)| *default)
}

/// The types of what it takes, and whether each has a default.
fn inputs(create: &CreateFunctionStmt) -> impl Iterator<Item = (String, bool)> {
    create.parameters.iter().filter_map(|node| match node.node.as_ref()? {
        NodeEnum::FunctionParameter(parameter) => {
            let out = matches!(
                parameter.mode(),
                FunctionParameterMode::FuncParamOut | FunctionParameterMode::FuncParamTable
            );
            (!out).then(|| Some((spelled(parameter.arg_type.as_ref()?), parameter.defexpr.is_some())))?
        }
        _ => None,
    })
}

/// A type as it is written, without what goes without saying and what no signature holds.
fn spelled(name: &TypeName) -> String {
    let parts = name.names.iter().filter_map(string).filter(|part| !["pg_catalog", "public"].contains(part));
    parts.collect::<Vec<_>>().join(".") + if name.array_bounds.is_empty() { "" } else { "[]" }
}

fn planned(input: &Input) -> Vec<Finding> {
    let routines = dropped(input, |key| matches!(key, Key::Function(_) | Key::Procedure(_) | Key::Aggregate(_)));
    let about = |key: &&Key| {
        // Nobody calls a trigger function by name.
        let trigger = |returns: &Option<String>| matches!(returns.as_deref(), Some("trigger" | "event_trigger"));
        if matches!(input.live.get(key), Some(Body::Function(function)) if trigger(&function.returns)) {
            return None;
        }
        if input.desired.iter().any(|(other, body)| still_found(key, other, body)) {
            return None;
        }
        let name = without_public(&key.to_string());
        Some(Finding::about(RULE.code, key, format!("{name} is dropped: what calls it fails")).level(RULE.level))
    };
    routines.iter().filter_map(about).collect()
}

/// Whether a call of the one finds the other.
fn still_found(key: &Key, other: &Key, body: &Body) -> bool {
    let (Key::Function(old), Key::Function(new), Body::Function(function)) = (key, other, body) else { return false };
    let count = |args: &str| if args.is_empty() { 0 } else { args.split(", ").count() };
    let more = count(&new.args).checked_sub(count(&old.args)).and_then(|more| i32::try_from(more).ok());
    (&old.schema, &old.name) == (&new.schema, &new.name)
        && new.args.starts_with(&old.args)
        && more.is_some_and(|more| more <= function.defaults)
}
