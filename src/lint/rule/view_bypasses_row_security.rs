//! A view that shows rows which the policies of its tables would hide.

use std::collections::BTreeSet;

use pg_query::protobuf::{AlterTableType, ViewStmt};
use pg_query::{NodeEnum, NodeRef};

use crate::kind::{Body, Key};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Context, Script, Statement};
use crate::lint::tree::{Name, altering, option, says_yes};
use crate::lint::{Finding, Input, Level};

pub const RULE: Rule = Rule {
    code: "view-bypasses-row-security",
    group: Group::Secure,
    level: Level::Warning,
    title: "a view shows rows that policies hide",
    why: "A view reads its tables as its owner. Policies are asked for the owner, who mostly owns the tables too and is \
          exempt: whoever may read the view sees every row.",
    remedy: "From version 15 on, WITH (security_invoker = true) reads the tables as whoever asks.",
    plan: Some(|input| {
        let script = Script::of_plan(input.up, Context::default(), input.places);
        let secured = secured_in(input);
        script.each(|statement| found(&script, statement, &secured))
    }),
    script: Some(|script| {
        let mut secured = BTreeSet::new();
        let mut all = Vec::new();
        for statement in &script.statements {
            for (name, _) in
                statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtEnableRowSecurity))
            {
                secured.insert(name);
            }
            let known = statement.before.tables.iter().filter(|table| table.row_security);
            secured.extend(known.map(|table| Name::new(&table.schema, &table.name)));
            all.extend(found(script, statement, &secured));
        }
        all
    }),
};

fn secured_in(input: &Input) -> BTreeSet<Name> {
    let tables = input.desired.iter().filter_map(|(key, body)| match (key, body) {
        (Key::Table(name), Body::Table(table)) if table.row_security => Some(name),
        _ => None,
    });
    tables.map(|name| Name::new(name.schema.as_str(), name.name.as_str())).collect()
}

fn found(script: &Script, statement: &Statement, secured: &BTreeSet<Name>) -> Vec<Finding> {
    let Some(NodeEnum::ViewStmt(create)) = statement.node() else { return Vec::new() };
    let invoker = option(&create.options, "security_invoker").is_some_and(says_yes);
    if invoker || script.context.major.is_some_and(|major| major < 15) || later(script, statement, create) {
        return Vec::new();
    }
    let Some(view) = create.view.as_ref().map(Name::of) else { return Vec::new() };
    let read: BTreeSet<Name> = create.query.as_ref().and_then(|query| query.node.as_ref()).map(reads).unwrap_or_default();
    let hidden = read.intersection(secured).next();
    let about = |table: &Name| {
        let message = format!("whoever may read {view} sees all rows of {table}, whatever its policies say");
        statement.finding(&RULE, &view.to_string(), message).help("create it WITH (security_invoker = true)")
    };
    hidden.map(about).into_iter().collect()
}

fn reads(query: &NodeEnum) -> BTreeSet<Name> {
    let relation = |node: NodeRef| match node {
        NodeRef::RangeVar(range) => Some(Name::of(range)),
        _ => None,
    };
    query.nodes().into_iter().filter_map(|(node, ..)| relation(node)).collect()
}

/// Whether the script sets it in a statement of its own.
fn later(script: &Script, statement: &Statement, create: &ViewStmt) -> bool {
    script.after(statement).iter().any(|later| match later.node() {
        Some(NodeEnum::AlterTableStmt(alter)) => {
            let same = alter.relation.as_ref().map(Name::of) == create.view.as_ref().map(Name::of);
            same && alter.cmds.iter().any(|command| match &command.node {
                Some(NodeEnum::AlterTableCmd(command)) if command.subtype() == AlterTableType::AtSetRelOptions => {
                    matches!(
                        command.def.as_ref().and_then(|def| def.node.as_ref()),
                        Some(NodeEnum::List(options))
                            if option(&options.items, "security_invoker").is_some_and(says_yes)
                    )
                }
                _ => false,
            })
        }
        _ => false,
    })
}
