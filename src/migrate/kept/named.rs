//! What statements say that they drop, and what that is in the database: no proof of it, as CASCADE and functions drop more
//! than is said, but what spares a second attempt.

use std::collections::BTreeSet;

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableStmt, AlterTableType, DropStmt, Node, ObjectType, RangeVar};

use crate::base::name::{Ident, Qualified};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::kept::standing::{Standing, Thing};
use crate::sql::parser::parse;

/// As a statement names it: SQL, and in no schema where it says none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Named {
    Relation(String),
    Column { table: String, column: String },
    Schema(String),
}

/// What a statement says that it drops.
pub(super) fn named(sql: &str) -> Vec<Named> {
    let Ok(parsed) = parse(sql) else { return Vec::new() };
    let node = parsed.tree.stmts.first().and_then(|stmt| stmt.stmt.as_ref()?.node.as_ref());
    match node {
        Some(NodeEnum::DropStmt(drop)) => dropped(drop),
        Some(NodeEnum::AlterTableStmt(alter)) => columns(alter),
        _ => Vec::new(),
    }
}

fn dropped(drop: &DropStmt) -> Vec<Named> {
    let relation = matches!(drop.remove_type(), ObjectType::ObjectTable | ObjectType::ObjectSequence);
    let one = |object: &Node| match &object.node {
        Some(NodeEnum::List(list)) if relation => {
            let parts: Vec<String> = list.items.iter().filter_map(part).collect();
            Some(Named::Relation(parts.join(".")))
        }
        Some(NodeEnum::String(name)) if drop.remove_type() == ObjectType::ObjectSchema => {
            Some(Named::Schema(name.sval.clone()))
        }
        _ => None,
    };
    drop.objects.iter().filter_map(one).collect()
}

fn part(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::String(string)) => Some(Ident::new(string.sval.clone()).to_string()),
        _ => None,
    }
}

fn columns(alter: &AlterTableStmt) -> Vec<Named> {
    let Some(table) = alter.relation.as_ref().filter(|_| alter.objtype() == ObjectType::ObjectTable) else {
        return Vec::new();
    };
    let one = |command: &Node| match &command.node {
        Some(NodeEnum::AlterTableCmd(command)) if command.subtype() == AlterTableType::AtDropColumn => {
            Some(Named::Column { table: relation(table), column: command.name.clone() })
        }
        _ => None,
    };
    alter.cmds.iter().filter_map(one).collect()
}

fn relation(relation: &RangeVar) -> String {
    let own = Ident::new(relation.relname.clone());
    if relation.schemaname.is_empty() {
        own.to_string()
    } else {
        Qualified::new(relation.schemaname.clone(), relation.relname.clone()).to_string()
    }
}

/// What that is: with partitions, and the sequences that go along. The search path has to be that of the statements.
pub(super) fn found(
    connection: &mut Connection,
    names: &[Named],
    standing: &Standing,
) -> Result<BTreeSet<Thing>, DbError> {
    let mut things = BTreeSet::new();
    for name in names {
        let rows = match name {
            Named::Relation(relation) => {
                let relation = connection.named(relation);
                connection.query_with(include_str!("named.sql"), &[&relation, &None::<&str>, &None::<&str>])?
            }
            Named::Column { table, column } => {
                let table = connection.named(table);
                connection.query_with(include_str!("named.sql"), &[&table, &Some(column), &None::<&str>])?
            }
            Named::Schema(schema) => {
                let schema = connection.schema(schema).to_owned();
                connection.query_with(include_str!("named.sql"), &[&None::<&str>, &None::<&str>, &schema])?
            }
        };
        for row in rows {
            let (oid, number): (u32, i16) = (row.try_get(0)?, row.try_get(1)?);
            let Some(relation) = standing.0.get(&oid) else { continue };
            match number {
                0 if relation.sequence => drop(things.insert(Thing::Sequence(oid))),
                0 => drop(things.insert(Thing::Table(oid))),
                _ if relation.columns.contains_key(&number) => drop(things.insert(Thing::Column(oid, number))),
                _ => {}
            }
        }
    }
    Ok(things)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_is_read_from_the_tree() {
        let tables = [r#"s."T""#, "u"].map(|name| Named::Relation(name.to_owned())).to_vec();
        assert_eq!(named("DROP TABLE IF EXISTS s.\"T\", u CASCADE"), tables);
        assert_eq!(named("DROP SCHEMA \"A\" CASCADE"), [Named::Schema("A".to_owned())]);
        let column = |table: &str, column: &str| Named::Column { table: table.to_owned(), column: column.to_owned() };
        let sql = "ALTER TABLE ONLY \"T\" DROP COLUMN \"A\", ADD COLUMN b int, DROP c";
        assert_eq!(named(sql), [column("\"T\"", "A"), column("\"T\"", "c")]);
        assert_eq!(named("DROP VIEW v"), []);
        assert_eq!(named("SELECT 'DROP TABLE t'"), []);
        assert_eq!(named("not sql"), []);
    }
}
