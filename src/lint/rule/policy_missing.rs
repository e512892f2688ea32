//! Row security without a policy.

use std::collections::BTreeSet;

use pg_query::NodeEnum;
use pg_query::protobuf::AlterTableType;

use crate::base::name::without_public;
use crate::kind::{Body, Key};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, altering};
use crate::lint::{Finding, Input, Level};
use crate::observe::relation::{Relation, RelationKind};

pub const RULE: Rule = Rule {
    code: "policy-missing",
    group: Group::Secure,
    level: Level::Warning,
    title: "row security is on and no policy says who sees what",
    why: "Without a policy nobody but the owner sees or writes any row: programs that run as another role find the table \
          empty, and no error tells them why.",
    remedy: "Create the policies in the same transaction, before row security is enabled.",
    plan: Some(planned),
    script: Some(|script| script.each(|statement| written(script, statement))),
};

fn says(table: &str) -> String {
    format!("no policy lets anybody but the owner see rows of {table}")
}

/// Tables that get row security by the plan, or lose their last policy.
fn planned(input: &Input) -> Vec<Finding> {
    let secured = |body: Option<&Body>| matches!(body, Some(Body::Table(table)) if table.row_security);
    let policies = |facts: &crate::kind::facts::Facts| -> BTreeSet<Key> {
        facts.keys().filter(|key| matches!(key, Key::Policy(_))).filter_map(|key| key.on().cloned()).collect()
    };
    let (had, has) = (policies(input.live), policies(input.desired));
    let tables = input.desired.iter().filter(|(key, body)| secured(Some(body)) && !has.contains(key));
    let changed = tables.filter(|(key, _)| !secured(input.live.get(key)) || had.contains(key));
    changed.map(|(key, _)| Finding::about(RULE.code, key, says(&without_public(&key.sql()))).level(RULE.level)).collect()
}

fn written(script: &Script, statement: &Statement) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, _) in statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtEnableRowSecurity)) {
        let (schema, table) = (name.schema.clone(), name.name.clone());
        let relation = Relation { kind: RelationKind::Table, schema, name: table };
        let has = statement.before.table(&relation).is_some_and(|table| table.policies > 0);
        let makes = script.statements.iter().any(|other| match other.node() {
            Some(NodeEnum::CreatePolicyStmt(create)) => create.table.as_ref().map(Name::of).as_ref() == Some(&name),
            _ => false,
        });
        if !has && !makes {
            found.push(statement.finding(&RULE, &name.to_string(), says(&name.to_string())));
        }
    }
    found
}
