//! What a statement is, in the words of SQL that a person knows it by, and the table that it works on.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableStmt, AlterTableType, ObjectType, RangeVar};

use crate::sql::parser::parse;
use crate::sql::words::Words;

/// What a statement is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    /// `CREATE INDEX CONCURRENTLY`, `VALIDATE CONSTRAINT`.
    pub statement: String,
    /// Without its schema.
    pub table: Option<String>,
}

impl Task {
    pub fn of(sql: &str) -> Self {
        let tree = parse(sql).ok().map(|parsed| parsed.tree);
        let node = tree.and_then(|tree| tree.stmts.into_iter().next()?.stmt?.node);
        let known = node.as_ref().and_then(known);
        let (statement, table) =
            known.map_or_else(|| (first_word(sql), None), |(name, table)| (name.to_owned(), table));
        Self { statement, table: table.map(|table| table.relname.clone()) }
    }
}

/// The statements that may take their time with one table.
fn known(node: &NodeEnum) -> Option<(&'static str, Option<&RangeVar>)> {
    Some(match node {
        NodeEnum::IndexStmt(index) if index.concurrent => ("CREATE INDEX CONCURRENTLY", index.relation.as_ref()),
        NodeEnum::IndexStmt(index) => ("CREATE INDEX", index.relation.as_ref()),
        NodeEnum::ReindexStmt(reindex) => ("REINDEX", reindex.relation.as_ref()),
        NodeEnum::AlterTableStmt(alter) => (altered(alter), alter.relation.as_ref()),
        NodeEnum::RefreshMatViewStmt(refresh) => ("REFRESH MATERIALIZED VIEW", refresh.relation.as_ref()),
        NodeEnum::ClusterStmt(cluster) => ("CLUSTER", cluster.relation.as_ref()),
        NodeEnum::VacuumStmt(vacuum) => {
            let first = vacuum.rels.first().filter(|_| vacuum.rels.len() == 1).and_then(|one| one.node.as_ref());
            let table = match first {
                Some(NodeEnum::VacuumRelation(one)) => one.relation.as_ref(),
                _ => None,
            };
            (if vacuum.is_vacuumcmd { "VACUUM" } else { "ANALYZE" }, table)
        }
        NodeEnum::CopyStmt(copy) => ("COPY", copy.relation.as_ref()),
        NodeEnum::InsertStmt(insert) => ("INSERT", insert.relation.as_ref()),
        NodeEnum::UpdateStmt(update) => ("UPDATE", update.relation.as_ref()),
        NodeEnum::DeleteStmt(delete) => ("DELETE", delete.relation.as_ref()),
        NodeEnum::MergeStmt(merge) => ("MERGE", merge.relation.as_ref()),
        NodeEnum::CreateTableAsStmt(create) if create.objtype() == ObjectType::ObjectMatview => {
            ("CREATE MATERIALIZED VIEW", None)
        }
        NodeEnum::CreateTableAsStmt(_) => ("CREATE TABLE AS", None),
        _ => return None,
    })
}

fn altered(alter: &AlterTableStmt) -> &'static str {
    let all = alter.cmds.iter().filter_map(|command| command.node.as_ref());
    let validates = |node: &NodeEnum| matches!(node, NodeEnum::AlterTableCmd(command) if command.subtype() == AlterTableType::AtValidateConstraint);
    if !alter.cmds.is_empty() && all.into_iter().all(validates) { "VALIDATE CONSTRAINT" } else { "ALTER TABLE" }
}

/// What is neither a name nor a value, whatever follows.
fn first_word(sql: &str) -> String {
    let first = Words::of(sql).next().map(|(word, _)| word.to_ascii_uppercase());
    first.filter(|word| !word.is_empty()).unwrap_or_else(|| "a statement".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sql: &str) -> String {
        let Task { statement, table } = Task::of(sql);
        format!("{statement} {}", table.unwrap_or_default()).trim_end().to_owned()
    }

    #[test]
    fn a_statement_has_the_name_that_people_know_it_by() {
        assert_eq!(
            told("CREATE UNIQUE INDEX CONCURRENTLY i ON s.\"Odd One\" (a)"),
            "CREATE INDEX CONCURRENTLY Odd One"
        );
        assert_eq!(told("-- slow\nALTER TABLE ONLY s.t VALIDATE CONSTRAINT c"), "VALIDATE CONSTRAINT t");
        assert_eq!(told("ALTER TABLE t VALIDATE CONSTRAINT c, ALTER a SET NOT NULL"), "ALTER TABLE t");
        assert_eq!(told("VACUUM (FULL) t"), "VACUUM t");
        assert_eq!(told("ANALYZE t, u"), "ANALYZE");
        assert_eq!(told("UPDATE t SET a = 'hush'"), "UPDATE t");
        assert_eq!(told("CREATE TABLE u AS SELECT 1"), "CREATE TABLE AS");
        assert_eq!(told("select pg_sleep(1)"), "SELECT");
        assert_eq!(told("'hush' is no statement"), "a statement");
    }
}
