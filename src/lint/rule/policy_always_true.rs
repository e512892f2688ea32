//! A policy that lets everybody at every row.

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, RoleSpecType};

use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::tree::{Name, is_true};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "policy-always-true",
    group: Group::Secure,
    level: Level::Warning,
    title: "a policy is true for every role and row",
    why: "Permissive policies are joined by OR: one that is always true for PUBLIC makes all others of its command \
          meaningless, and the table looks protected although it is not.",
    remedy: "Say in USING and WITH CHECK which rows are meant, or in TO for which roles.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::CreatePolicyStmt(create)) if create.permissive => {
                let open = [&create.qual, &create.with_check];
                let table = create.table.as_ref().map(Name::of);
                let name = (create.policy_name.as_str(), create.cmd_name.as_str());
                found(statement, table, name, &create.roles, open).into_iter().collect()
            }
            Some(NodeEnum::AlterPolicyStmt(alter)) => {
                let open = [&alter.qual, &alter.with_check];
                let table = alter.table.as_ref().map(Name::of);
                found(statement, table, (&alter.policy_name, "all"), &alter.roles, open).into_iter().collect()
            }
            _ => Vec::new(),
        })
    }),
};

fn found(
    statement: &Statement,
    table: Option<Name>,
    (policy, command): (&str, &str),
    roles: &[Node],
    expressions: [&Option<Box<Node>>; 2],
) -> Option<Finding> {
    let public = |node: &Node| {
        matches!(&node.node, Some(NodeEnum::RoleSpec(role)) if role.roletype() == RoleSpecType::RolespecPublic)
    };
    let open = expressions.iter().any(|expression| expression.as_deref().is_some_and(is_true));
    if !open || !(roles.is_empty() || roles.iter().any(public)) {
        return None;
    }
    let table = table?;
    let does = match command {
        "select" => "read",
        "insert" => "insert",
        "update" => "change",
        "delete" => "delete",
        _ => "read and write",
    };
    let message = format!("policy {policy} lets every role {does} any row of {table}");
    let finding = statement.finding(&RULE, &format!("{table}.{policy}"), message);
    // What everybody may read is often meant to be: a list of countries.
    let level = if command == "select" { finding.level.max(Level::Note) } else { finding.level };
    Some(finding.level(level))
}
