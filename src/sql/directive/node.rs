//! Short ways into the parser's nodes.

use pg_query::NodeEnum;
use pg_query::protobuf::{ColumnDef, Constraint, List, Node, RangeVar};

/// The schema, where one is written, and the name.
pub(super) type Name = (Option<String>, String);

pub(super) fn relation(relation: Option<&RangeVar>) -> Name {
    let Some(relation) = relation else { return (None, String::new()) };
    let schema = Some(relation.schemaname.clone()).filter(|schema| !schema.is_empty());
    (schema, relation.relname.clone())
}

pub(super) fn string(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::String(string)) => Some(string.sval.clone()),
        _ => None,
    }
}

pub(super) fn dotted(nodes: &[Node]) -> Name {
    let mut parts: Vec<String> = nodes.iter().filter_map(string).collect();
    let name = parts.pop().unwrap_or_default();
    (parts.pop(), name)
}

pub(super) fn column(node: &Node) -> Option<&ColumnDef> {
    match &node.node {
        Some(NodeEnum::ColumnDef(column)) => Some(column),
        _ => None,
    }
}

pub(super) fn constraint(node: &Node) -> Option<&Constraint> {
    match &node.node {
        Some(NodeEnum::Constraint(constraint)) => Some(constraint),
        _ => None,
    }
}

pub(super) fn list(node: &Node) -> Option<&List> {
    match &node.node {
        Some(NodeEnum::List(list)) => Some(list),
        _ => None,
    }
}
