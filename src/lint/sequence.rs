//! What rules ask of the statements that come before one.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, VariableSetKind};

use crate::lint::script::{Script, Statement};
use crate::lint::tree::altering;

/// Whether the statement inserts, updates or deletes rows, of its own or in a block of code.
pub fn changes_rows(statement: &Statement) -> bool {
    match statement.node() {
        Some(
            NodeEnum::InsertStmt(_)
            | NodeEnum::UpdateStmt(_)
            | NodeEnum::DeleteStmt(_)
            | NodeEnum::MergeStmt(_)
            | NodeEnum::DoStmt(_)
            | NodeEnum::CallStmt(_)
            | NodeEnum::SelectStmt(_),
        ) => true,
        Some(NodeEnum::CopyStmt(copy)) => copy.is_from,
        _ => false,
    }
}

/// Whether this validates a constraint that one of the statements before added.
pub fn is_validated_here(before: &[Statement], statement: &Statement) -> bool {
    let validated = statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtValidateConstraint));
    let names: Vec<&str> = validated.map(|(_, command)| command.name.as_str()).collect();
    let added =
        before.iter().filter_map(Statement::node).flat_map(|node| altering(node, AlterTableType::AtAddConstraint));
    added
        .filter_map(|(_, command)| command.def.as_deref()?.node.as_ref())
        .any(|node| matches!(node, NodeEnum::Constraint(constraint) if names.contains(&constraint.conname.as_str())))
}

/// The statements that somebody wrote and for which this timeout is not set.
pub fn timeouts<'s, 'a>(script: &'s Script<'a>, name: &str) -> Vec<&'s Statement<'a>> {
    let mut set = false;
    let mut local = None;
    let mut without = Vec::new();
    for statement in script.statements.iter().filter(|statement| statement.is_written()) {
        match statement.node() {
            Some(NodeEnum::VariableSetStmt(variable)) if variable.name == name && variable.is_local => {
                local = statement.transaction;
            }
            Some(NodeEnum::VariableSetStmt(variable)) if variable.name == name => {
                set = variable.kind() == VariableSetKind::VarSetValue;
            }
            // `SELECT set_config('lock_timeout', ...)`.
            Some(NodeEnum::SelectStmt(_)) if statement.sql.contains("set_config") && statement.sql.contains(name) => {
                set = true;
            }
            _ if !set && (local.is_none() || statement.transaction != local) => without.push(statement),
            _ => {}
        }
    }
    without
}
