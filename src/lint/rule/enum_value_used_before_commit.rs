//! A value of an enum is used in the transaction that adds it.

use pg_query::NodeEnum;

use crate::lint::Level;
use crate::lint::object::Class;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::Name;
use crate::sql::lex::{Kind, Lexer};

pub const RULE: Rule = Rule {
    code: "enum-value-used-before-commit",
    group: Group::BreaksCode,
    level: Level::Error,
    title: "a new value of an enum is used before it is committed",
    why: "Postgres lets nobody use a value of an enum before the transaction that added it is committed, unless that also \
          created the type: the statement that uses it fails with `unsafe use of new value`.",
    remedy: "Add the value in a migration of its own, or behind a COMMIT, and use it in the next one.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let Some((name, value)) = added(script, statement) else { return Vec::new() };
            let used = script.after(statement).iter().filter(|later| later.transaction == statement.transaction);
            let findings = used.filter_map(|later| {
                let bytes = use_of(later, value)?;
                let message = format!("'{value}' of {name} is added in the same transaction: Postgres refuses to use it");
                let finding = later.finding(&RULE, &format!("{name}.{value}"), message);
                Some(later.bytes(finding.help("commit between the two, or put them into two migrations"), bytes))
            });
            findings.collect()
        })
    }),
};

/// The enum that was there before and gets a value in a transaction, with the value.
fn added<'s>(script: &Script, statement: &'s Statement) -> Option<(Name, &'s str)> {
    let Some(NodeEnum::AlterEnumStmt(alter)) = statement.node() else { return None };
    let name = Name::of_list(&alter.type_name)?;
    let adds = alter.old_val.is_empty() && statement.transaction.is_some();
    (adds && !script.made_before(statement, Class::Type, &name)).then_some((name, alter.new_val.as_str()))
}

/// Where a statement that computes with values has the value as a constant.
fn use_of(statement: &Statement, value: &str) -> Option<std::ops::Range<usize>> {
    let computes = matches!(
        statement.node()?,
        NodeEnum::InsertStmt(_)
            | NodeEnum::UpdateStmt(_)
            | NodeEnum::DeleteStmt(_)
            | NodeEnum::MergeStmt(_)
            | NodeEnum::SelectStmt(_)
            | NodeEnum::AlterTableStmt(_)
            | NodeEnum::AlterDomainStmt(_)
            | NodeEnum::CreateStmt(_)
            | NodeEnum::CreateTableAsStmt(_)
            | NodeEnum::CreateDomainStmt(_)
            | NodeEnum::CreatePolicyStmt(_)
            | NodeEnum::IndexStmt(_)
            | NodeEnum::ViewStmt(_)
    );
    let wanted = format!("'{}'", value.replace('\'', "''"));
    let mut tokens = Lexer::new(statement.sql).filter(|token| token.kind == Kind::Text);
    computes.then(|| tokens.find(|token| token.text(statement.sql) == wanted).map(|token| token.at))?
}
