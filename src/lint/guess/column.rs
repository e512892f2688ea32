//! What adding a column does, and giving it another type.

use pg_query::NodeEnum;
use pg_query::protobuf::{ColumnDef, ConstrType, Constraint, Node};

use crate::lint::guess::constraint;
use crate::lint::guess::known::Known;
use crate::lint::guess::types::{Sort, full_name, is_column, keeps, sort};
use crate::lint::guess::volatile::volatile;
use crate::lint::guess::work::{Sure, Why, Work};
use crate::lint::tree::{Name, type_name};
use crate::observe::lock::Lock;

/// `ADD COLUMN`. Rows stay as they are where the column is NULL in them, or the same in all (`ATExecAddColumn`).
pub(super) fn added(column: &ColumnDef, table: &Name, known: &Known) -> Work {
    let strong = Lock::AccessExclusive;
    let mut work = Work::of(strong);
    match column.type_name.as_ref().map(|name| sort(name, known)) {
        Some(Sort::Serial) => work = Work::rewriting(strong, Sure::Yes, Why::Identity),
        Some(Sort::Constrained) => work = Work::rewriting(strong, Sure::Yes, Why::Domain),
        Some(Sort::Unknown) => work = Work::rewriting(strong, Sure::Maybe, Why::Domain),
        Some(Sort::Plain) | None => {}
    }
    let constraints: Vec<&Constraint> = constraints(column).collect();
    let default = constraints.iter().find(|constraint| constraint.contype() == ConstrType::ConstrDefault);
    let default = default.and_then(|constraint| constraint.raw_expr.as_deref());
    for constraint in constraints {
        let strong = Work::of(strong);
        work = work.and(match constraint.contype() {
            ConstrType::ConstrDefault => {
                let sure = constraint.raw_expr.as_deref().map(volatile).unwrap_or_default();
                Work::rewriting(Lock::AccessExclusive, sure, Why::Default)
            }
            ConstrType::ConstrIdentity => Work::rewriting(Lock::AccessExclusive, Sure::Yes, Why::Identity),
            // A virtual one is computed when it is read.
            ConstrType::ConstrGenerated if constraint.generated_kind != "v" => {
                Work::rewriting(Lock::AccessExclusive, Sure::Yes, Why::Generated)
            }
            // NULL refers to nothing, so there is nothing to look up.
            ConstrType::ConstrForeign => {
                strong.and(constraint::foreign(&keyed(constraint, column), table, default.is_some_and(|d| !is_null(d))))
            }
            // No row can break it: the default is the same in all, or there are none.
            ConstrType::ConstrNotnull => strong,
            ConstrType::ConstrPrimary => {
                let built = constraint::added(&keyed(constraint, column), table, known);
                Work { checks: Sure::No, ..built }
            }
            _ => constraint::added(&keyed(constraint, column), table, known),
        });
    }
    work
}

/// With the column that it stands in.
fn keyed(constraint: &Constraint, column: &ColumnDef) -> Constraint {
    let text = pg_query::protobuf::String { sval: column.colname.clone() };
    let key = vec![Node { node: Some(NodeEnum::String(text)) }];
    match constraint.contype() {
        ConstrType::ConstrForeign => Constraint { fk_attrs: key, ..constraint.clone() },
        _ => Constraint { keys: key, ..constraint.clone() },
    }
}

pub(super) fn constraints(column: &ColumnDef) -> impl Iterator<Item = &Constraint> {
    column.constraints.iter().filter_map(|node| match &node.node {
        Some(NodeEnum::Constraint(constraint)) => Some(constraint.as_ref()),
        _ => None,
    })
}

fn is_null(node: &Node) -> bool {
    match &node.node {
        Some(NodeEnum::AConst(constant)) => constant.isnull,
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().is_some_and(is_null),
        _ => false,
    }
}

/// `ALTER COLUMN ... TYPE`. What the column was is told by what made it; else nobody knows.
pub(super) fn retyped(name: &str, column: &ColumnDef, table: &Name, known: &Known) -> Work {
    let strong = Lock::AccessExclusive;
    let Some(to) = &column.type_name else { return Work::rewriting(strong, Sure::Maybe, Why::Type) };
    if column.raw_default.as_deref().is_some_and(|using| !is_column(using, name)) {
        return Work::rewriting(strong, Sure::Yes, Why::Type);
    }
    let from = known.type_of(table, name);
    let domain = sort(to, known) == Sort::Constrained;
    let sure = match from {
        Some(from) if keeps(from, to) && full_name(from) == full_name(to) => Sure::No,
        Some(from) if keeps(from, to) && !domain => Sure::No,
        // Of a type of one's own making it cannot be told whether it is a domain over the other.
        Some(from) if sort(from, known) == Sort::Plain && sort(to, known) == Sort::Plain => Sure::Yes,
        _ if matches!(type_name(to), "int4" | "int8" | "float4" | "float8" | "uuid" | "jsonb" | "bool" | "date") => {
            Sure::Yes
        }
        _ => Sure::Maybe,
    };
    Work::rewriting(strong, sure, Why::Type)
}
