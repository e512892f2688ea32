//! Whether a statement does the same for some rows that it does for all of them together. Only Postgres knows what is an
//! aggregate: its plan says so.

use serde_json::Value;

use crate::db::connection::Connection;
use crate::db::error::DbError;

/// The plan nodes that make of many rows others.
const NOT_ROW_BY_ROW: [&str; 6] = ["Aggregate", "Group", "WindowAgg", "Unique", "SetOp", "Limit"];

/// # Errors
/// What the server says against the statement.
pub(super) fn is_row_by_row(connection: &mut Connection, sql: &str) -> Result<bool, DbError> {
    let rows = connection.query_with(&format!("EXPLAIN (FORMAT JSON, COSTS off) {sql}"), &[])?;
    let Some(row) = rows.first() else { return Ok(true) };
    let plans: Value = row.try_get(0)?;
    Ok(plans.pointer("/0/Plan").is_none_or(row_by_row))
}

/// From the top down to where rows are read or joined: what is below, and what a subquery does, is the same each time.
fn row_by_row(node: &Value) -> bool {
    let kind = node.get("Node Type").and_then(Value::as_str).unwrap_or_default();
    if NOT_ROW_BY_ROW.contains(&kind) {
        return false;
    }
    let children = node.get("Plans").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let through = |child: &&Value| {
        ["Outer", "Subquery", "Member"]
            .contains(&child.get("Parent Relationship").and_then(Value::as_str).unwrap_or_default())
    };
    let joins = kind.contains("Join") || kind == "Nested Loop";
    joins || children.iter().filter(through).all(row_by_row)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_counts_rows_is_found_above_the_joins_alone() {
        let node =
            |kind: &str, below: &[Value]| json!({"Node Type": kind, "Parent Relationship": "Outer", "Plans": below});
        let scan = node("Seq Scan", &[]);
        assert!(row_by_row(&node("ModifyTable", &[node("Sort", std::slice::from_ref(&scan))])));
        assert!(!row_by_row(&node(
            "ModifyTable",
            &[node("Gather", &[node("Aggregate", std::slice::from_ref(&scan))])]
        )));
        assert!(row_by_row(&node(
            "ModifyTable",
            &[node("Nested Loop", &[scan.clone(), node("Aggregate", std::slice::from_ref(&scan))])]
        )));
        let subplan = json!({"Node Type": "Aggregate", "Parent Relationship": "SubPlan", "Plans": [scan]});
        assert!(row_by_row(&node("ModifyTable", &[node("Seq Scan", &[subplan])])));
    }
}
