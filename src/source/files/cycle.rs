//! Takes apart what closes a loop: the foreign keys of a CREATE TABLE, so that two tables that refer to each other can
//! both be made, and what the parsed body and the defaults of a routine use.
//!
//! The keys keep the names that they would have had: an unnamed one stays unnamed, and Postgres chooses its name by the
//! same rule in ALTER TABLE as in CREATE TABLE.

use pg_query::protobuf::{
    AlterTableCmd, AlterTableStmt, AlterTableType, ConstrType, Constraint, CreateStmt, DropBehavior, Node, ObjectType,
    RangeVar,
};
use pg_query::{DeparseOptions, NodeEnum};

use crate::sql::parser::parse;
use crate::sql::stub::stub;

/// A CREATE in parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parts {
    pub first: String,
    /// One ALTER TABLE for each foreign key, in the order in which they were written; the routine as it is to be.
    pub then: Vec<String>,
}

/// The parts of this statement; none when there is nothing to take out of it, or it cannot be printed again.
pub fn split(statement: &str) -> Option<Parts> {
    let mut parsed = parse(statement).ok()?.tree;
    let [only] = parsed.stmts.as_mut_slice() else { return None };
    let create = match only.stmt.as_mut()?.node.as_mut()? {
        NodeEnum::CreateStmt(create) => create,
        NodeEnum::CreateFunctionStmt(routine) => {
            let (create, release) = stub(statement)?;
            let first = if routine.replace { release } else { create };
            routine.replace = true;
            return Some(Parts { first, then: vec![pg_query::deparse(&parsed, DeparseOptions::default()).ok()?] });
        }
        _ => return None,
    };
    let relation = create.relation.clone()?;
    let keys = take_keys(create);
    if keys.is_empty() {
        return None;
    }
    let then = keys
        .into_iter()
        .map(|key| add(&relation, key).deparse(DeparseOptions::default()).ok())
        .collect::<Option<_>>()?;
    Some(Parts { first: pg_query::deparse(&parsed, DeparseOptions::default()).ok()?, then })
}

/// Removes the foreign keys of the table and of its columns; those of columns become keys of the table.
fn take_keys(create: &mut CreateStmt) -> Vec<Constraint> {
    let mut keys = Vec::new();
    for mut element in std::mem::take(&mut create.table_elts) {
        match element.node.as_mut() {
            Some(NodeEnum::Constraint(constraint)) if is(constraint, ConstrType::ConstrForeign) => {
                keys.push(key(constraint));
                continue;
            }
            Some(NodeEnum::ColumnDef(column)) => {
                let (rest, taken) = take_column_keys(std::mem::take(&mut column.constraints), &column.colname);
                column.constraints = rest;
                keys.extend(taken);
            }
            _ => {}
        }
        create.table_elts.push(element);
    }
    keys
}

/// A column's constraints without its foreign keys, and those. DEFERRABLE and its like follow as nodes of their own.
fn take_column_keys(constraints: Vec<Node>, column: &str) -> (Vec<Node>, Vec<Constraint>) {
    let (mut rest, mut keys): (Vec<Node>, Vec<Constraint>) = (Vec::new(), Vec::new());
    let mut after_key = false;
    for node in constraints {
        if let Some(NodeEnum::Constraint(constraint)) = &node.node {
            if is(constraint, ConstrType::ConstrForeign) {
                let name = pg_query::protobuf::String { sval: column.to_owned() };
                keys.push(Constraint { fk_attrs: vec![NodeEnum::String(name).into_node()], ..key(constraint) });
                after_key = true;
                continue;
            }
            let attribute = ConstrType::try_from(constraint.contype).ok().filter(|_| after_key);
            if let Some((attribute, key)) = attribute.zip(keys.last_mut())
                && set_attribute(key, attribute)
            {
                continue;
            }
        }
        after_key = false;
        rest.push(node);
    }
    (rest, keys)
}

fn set_attribute(key: &mut Constraint, attribute: ConstrType) -> bool {
    match attribute {
        ConstrType::ConstrAttrDeferrable => key.deferrable = true,
        ConstrType::ConstrAttrNotDeferrable => key.deferrable = false,
        ConstrType::ConstrAttrDeferred => {
            key.deferrable = true;
            key.initdeferred = true;
        }
        ConstrType::ConstrAttrImmediate => key.initdeferred = false,
        _ => return false,
    }
    true
}

fn is(constraint: &Constraint, kind: ConstrType) -> bool {
    constraint.contype == kind as i32
}

/// A key as ALTER TABLE takes it. On a new table NOT VALID has no effect; on an existing one it would.
fn key(constraint: &Constraint) -> Constraint {
    Constraint { skip_validation: false, initially_valid: true, ..constraint.clone() }
}

fn add(relation: &RangeVar, key: Constraint) -> NodeEnum {
    let command = AlterTableCmd {
        subtype: AlterTableType::AtAddConstraint as i32,
        def: Some(Box::new(NodeEnum::Constraint(Box::new(key)).into_node())),
        behavior: DropBehavior::DropRestrict as i32,
        ..AlterTableCmd::default()
    };
    NodeEnum::AlterTableStmt(AlterTableStmt {
        relation: Some(relation.clone()),
        cmds: vec![NodeEnum::AlterTableCmd(Box::new(command)).into_node()],
        objtype: ObjectType::ObjectTable as i32,
        missing_ok: false,
    })
}

trait IntoNode {
    fn into_node(self) -> Node;
}

impl IntoNode for NodeEnum {
    fn into_node(self) -> Node {
        Node { node: Some(self) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_table_and_columns_come_out_in_order() {
        let parts = split(
            "CREATE TABLE s.a (id int PRIMARY KEY, b int NOT NULL REFERENCES s.b (id) ON DELETE CASCADE INITIALLY DEFERRED DEFAULT 1,
               c int, CONSTRAINT \"Own\" FOREIGN KEY (c, b) REFERENCES d NOT VALID, CHECK (c > 0))",
        )
        .unwrap();
        assert_eq!(
            parts.first,
            "CREATE TABLE s.a (id int PRIMARY KEY, b int NOT NULL DEFAULT 1, c int, CHECK (c > 0))"
        );
        assert_eq!(
            parts.then,
            [
                "ALTER TABLE s.a ADD FOREIGN KEY (b) REFERENCES s.b (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
                "ALTER TABLE s.a ADD CONSTRAINT \"Own\" FOREIGN KEY (c, b) REFERENCES d",
            ]
        );
    }

    #[test]
    fn there_is_nothing_to_split_without_a_key() {
        assert_eq!(split("CREATE TABLE a (id int UNIQUE DEFERRABLE)"), None);
        assert_eq!(split("CREATE VIEW v AS SELECT 1"), None);
    }
}
