//! Expressions of a statement as SQL of their own.

use pg_query::protobuf::{Node, TypeCast, TypeName};
use pg_query::{DeparseOptions, NodeEnum};

use crate::base::door;

/// The expression as text; none where it cannot be written.
pub(super) fn sql(expression: &Node) -> Option<String> {
    let _door = door::alone();
    let mut tree = pg_query::parse("SELECT 1", 0).ok()?.protobuf;
    let Some(NodeEnum::SelectStmt(select)) = tree.stmts.first_mut()?.stmt.as_mut()?.node.as_mut() else { return None };
    let Some(NodeEnum::ResTarget(target)) = select.target_list.first_mut()?.node.as_mut() else { return None };
    target.val = Some(Box::new(expression.clone()));
    let text = pg_query::deparse(&tree, DeparseOptions::default()).ok()?;
    text.strip_prefix("SELECT ").map(str::to_owned)
}

/// The expression, cast to a type.
pub(super) fn cast(expression: &Node, to: &TypeName) -> Node {
    let (arg, type_name) = (Some(Box::new(expression.clone())), Some(to.clone()));
    Node { node: Some(NodeEnum::TypeCast(Box::new(TypeCast { arg, type_name, location: -1 }))) }
}

/// The type as text.
pub(super) fn type_sql(name: &TypeName) -> Option<String> {
    let null = Node { node: Some(NodeEnum::AConst(pg_query::protobuf::AConst { isnull: true, ..Default::default() })) };
    let text = sql(&cast(&null, name))?;
    text.strip_prefix("NULL::").map(str::to_owned)
}
