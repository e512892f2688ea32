//! Which statements can lose nothing but tables, columns and sequences that they drop, so that all of it can be kept.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, ObjectType};

use crate::sql::parser::parse;

/// Whether a statement loses nothing but what it drops.
pub(in crate::migrate) fn only_drops(sql: &str) -> bool {
    let Ok(parsed) = parse(sql) else { return false };
    let node = parsed.tree.stmts.first().and_then(|stmt| stmt.stmt.as_ref()?.node.as_ref());
    match node {
        Some(NodeEnum::AlterTableStmt(alter)) => alter.cmds.iter().all(|command| match &command.node {
            Some(NodeEnum::AlterTableCmd(command)) => command.subtype() != AlterTableType::AtAlterColumnType,
            _ => false,
        }),
        Some(NodeEnum::DropStmt(drop)) => drop.remove_type() != ObjectType::ObjectExtension,
        Some(
            NodeEnum::CreateStmt(_)
            | NodeEnum::IndexStmt(_)
            | NodeEnum::ViewStmt(_)
            | NodeEnum::CreateFunctionStmt(_)
            | NodeEnum::CreateTrigStmt(_)
            | NodeEnum::CreateSeqStmt(_)
            | NodeEnum::CreateEnumStmt(_)
            | NodeEnum::CreateDomainStmt(_)
            | NodeEnum::CreateSchemaStmt(_)
            | NodeEnum::CommentStmt(_)
            | NodeEnum::GrantStmt(_)
            | NodeEnum::RenameStmt(_)
            | NodeEnum::AlterOwnerStmt(_)
            | NodeEnum::AlterSeqStmt(_)
            | NodeEnum::CreatePolicyStmt(_),
        ) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_touches_rows_may_lose_more() {
        for sql in [
            "DROP TABLE t",
            "DROP SCHEMA s CASCADE",
            "ALTER TABLE t DROP COLUMN c, ADD COLUMN d int",
            "CREATE INDEX i ON t (c)",
        ] {
            assert!(only_drops(sql), "{sql}");
        }
        for sql in [
            "DELETE FROM t",
            "TRUNCATE t",
            "ALTER TABLE t ALTER c TYPE int",
            "DO $$BEGIN END$$",
            "SELECT f()",
            "DROP EXTENSION e",
            "?",
        ] {
            assert!(!only_drops(sql), "{sql}");
        }
    }
}
