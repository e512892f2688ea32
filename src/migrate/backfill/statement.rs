//! The statement of a backfill as a tree: which table it goes through, and how a range of its keys is added.

use pg_query::protobuf::{BoolExpr, BoolExprType, Node, ParseResult, RangeVar, SelectStmt, SetOperation};
use pg_query::{DeparseOptions, NodeEnum};

use crate::base::name::Ident;
use crate::sql::parser::parse;

/// The table whose rows are gone through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Source {
    /// As SQL names it.
    pub(super) table: String,
    /// What its columns are qualified with.
    pub(super) alias: String,
    /// Whether the rows of its children are left out.
    pub(super) only: bool,
}

impl Source {
    fn of(relation: &RangeVar) -> Self {
        let name = Ident::new(&relation.relname);
        let table = match relation.schemaname.as_str() {
            "" => name.to_string(),
            schema => format!("{}.{name}", Ident::new(schema)),
        };
        let alias = relation.alias.as_ref().map_or(&relation.relname, |alias| &alias.aliasname);
        Self { table, alias: alias.clone(), only: !relation.inh }
    }
}

const NOT_ONE: &str = "only an UPDATE, a DELETE, or an INSERT from a SELECT has batches";

pub(super) const NOT_ROW_BY_ROW: &str =
    "a SELECT that groups, sorts out or counts rows says something else about a part of them";

/// # Errors
/// Why it cannot be run in batches.
pub(super) fn source(tree: &ParseResult) -> Result<Source, &'static str> {
    let node = tree.stmts.first().and_then(|stmt| stmt.stmt.as_ref()?.node.as_ref());
    let (relation, condition) = match node {
        Some(NodeEnum::UpdateStmt(update)) => (update.relation.as_ref(), update.where_clause.as_deref()),
        Some(NodeEnum::DeleteStmt(delete)) => (delete.relation.as_ref(), delete.where_clause.as_deref()),
        Some(NodeEnum::InsertStmt(insert)) => match insert.select_stmt.as_deref().and_then(|node| node.node.as_ref()) {
            Some(NodeEnum::SelectStmt(select)) => (Some(selected(select)?), None),
            _ => return Err(NOT_ONE),
        },
        _ => return Err(NOT_ONE),
    };
    if condition.is_some_and(|node| matches!(node.node, Some(NodeEnum::CurrentOfExpr(_)))) {
        return Err("a cursor has no batches");
    }
    relation.map(Source::of).ok_or(NOT_ONE)
}

/// The table that a SELECT reads first.
fn selected(select: &SelectStmt) -> Result<&RangeVar, &'static str> {
    if !select.values_lists.is_empty() {
        return Err(NOT_ONE);
    }
    let set = select.op() != SetOperation::SetopNone;
    let limited = select.limit_count.is_some() || select.limit_offset.is_some();
    let grouped = !select.group_clause.is_empty() || select.having_clause.is_some() || !select.window_clause.is_empty();
    if set || limited || grouped || !select.distinct_clause.is_empty() {
        return Err(NOT_ROW_BY_ROW);
    }
    let mut item = select.from_clause.first();
    loop {
        match item.and_then(|node| node.node.as_ref()) {
            Some(NodeEnum::RangeVar(relation)) => return Ok(relation),
            Some(NodeEnum::JoinExpr(join)) => item = join.larg.as_deref(),
            _ => return Err("the rows do not come from a table"),
        }
    }
}

/// The statement with one more condition.
pub(super) fn bounded(tree: &ParseResult, condition: &str) -> Option<String> {
    let mut tree = tree.clone();
    let added = parse(&format!("SELECT WHERE {condition}")).ok()?.tree;
    let added = match added.stmts.into_iter().next()?.stmt?.node? {
        NodeEnum::SelectStmt(select) => select.where_clause?,
        _ => return None,
    };
    let place = match tree.stmts.first_mut()?.stmt.as_mut()?.node.as_mut()? {
        NodeEnum::UpdateStmt(update) => &mut update.where_clause,
        NodeEnum::DeleteStmt(delete) => &mut delete.where_clause,
        NodeEnum::InsertStmt(insert) => match insert.select_stmt.as_mut()?.node.as_mut()? {
            NodeEnum::SelectStmt(select) => &mut select.where_clause,
            _ => return None,
        },
        _ => return None,
    };
    *place = Some(match place.take() {
        Some(there) => both(*there, *added),
        None => added,
    });
    pg_query::deparse(&tree, DeparseOptions::default()).ok()
}

/// One condition and those of another, side by side.
fn both(there: Node, added: Node) -> Box<Node> {
    let parts = |node: Node| match node.node {
        Some(NodeEnum::BoolExpr(all)) if all.boolop() == BoolExprType::AndExpr => all.args,
        node => vec![Node { node }],
    };
    let args = [parts(there), parts(added)].concat();
    let all = BoolExpr { boolop: BoolExprType::AndExpr.into(), args, ..Default::default() };
    Box::new(Node { node: Some(NodeEnum::BoolExpr(Box::new(all))) })
}
