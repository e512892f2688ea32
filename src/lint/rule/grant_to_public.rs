//! A privilege for every role there is.

use pg_query::NodeEnum;
use pg_query::protobuf::{GrantStmt, ObjectType, RoleSpecType};

use crate::lint::object::name_of;
use crate::lint::rule::{Group, Rule, listed};
use crate::lint::script::Statement;
use crate::lint::tree::Name;
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "grant-to-public",
    group: Group::Secure,
    level: Level::Warning,
    title: "a privilege is granted to everybody",
    why: "PUBLIC is every role that can connect, also those that are created later for another purpose.",
    remedy: "Grant to a role that stands for who needs it, and make the others members of it.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::GrantStmt(grant)) => found(statement, grant).into_iter().collect(),
            Some(NodeEnum::AlterDefaultPrivilegesStmt(alter)) => {
                let found = alter.action.as_ref().and_then(|grant| found(statement, grant));
                found.into_iter().collect()
            }
            _ => Vec::new(),
        })
    }),
};

fn found(statement: &Statement, grant: &GrantStmt) -> Option<Finding> {
    let public = grant.grantees.iter().find_map(|node| match node.node.as_ref()? {
        NodeEnum::RoleSpec(role) if role.roletype() == RoleSpecType::RolespecPublic => Some(role),
        _ => None,
    })?;
    if !grant.is_grant || is_default(grant) {
        return None;
    }
    let names: Vec<String> = grant
        .objects
        .iter()
        .filter_map(|node| match node.node.as_ref()? {
            NodeEnum::RangeVar(range) => Some(Name::of(range)),
            _ => name_of(node),
        })
        .map(|name| name.to_string())
        .collect();
    let granted: Vec<String> = grant
        .privileges
        .iter()
        .filter_map(|node| match node.node.as_ref()? {
            NodeEnum::AccessPriv(privilege) => Some(privilege.priv_name.to_ascii_uppercase()),
            _ => None,
        })
        .collect();
    let granted = if granted.is_empty() { "every privilege".to_owned() } else { listed(&granted) };
    let on = if names.is_empty() { "what is created from now on".to_owned() } else { listed(&names) };
    let message = format!("every role gets {granted} on {on}");
    let finding = statement.finding(&RULE, names.first().map_or("", String::as_str), message);
    Some(statement.part(finding, public.location, "PUBLIC"))
}

/// What PUBLIC has anyway, unless somebody took it: EXECUTE of routines, USAGE of types and languages, CONNECT and
/// TEMPORARY for databases.
fn is_default(grant: &GrantStmt) -> bool {
    let only = |names: &[&str]| {
        !grant.privileges.is_empty()
            && grant.privileges.iter().all(|node| match &node.node {
                Some(NodeEnum::AccessPriv(privilege)) => names.contains(&privilege.priv_name.to_ascii_lowercase().as_str()),
                _ => false,
            })
    };
    match grant.objtype() {
        ObjectType::ObjectFunction
        | ObjectType::ObjectProcedure
        | ObjectType::ObjectRoutine
        | ObjectType::ObjectType
        | ObjectType::ObjectDomain
        | ObjectType::ObjectLanguage => true,
        ObjectType::ObjectDatabase => only(&["connect", "temporary", "temp"]),
        _ => false,
    }
}
