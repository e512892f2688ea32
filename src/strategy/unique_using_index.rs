//! UNIQUE and PRIMARY KEY on a table in use, from an index that was built concurrently.
//!
//! 1. `CREATE UNIQUE INDEX CONCURRENTLY`, outside a transaction: SHARE UPDATE EXCLUSIVE.
//! 2. `ADD CONSTRAINT ... USING INDEX`: ACCESS EXCLUSIVE, a catalog change only when a primary key's columns are NOT
//!    NULL already, which the plan sees to first.
//!
//! Not for DEFERRABLE constraints and partitioned tables, which Postgres cannot build that way.

use crate::base::name::Ident;
use crate::kind::statement::Statement;
use crate::kind::table::constraint::{Constraint, index_parent};
use crate::kind::{Body, Key, Site, options};
use crate::plan::action::{Action, Verb};
use crate::plan::change::Changes;
use crate::strategy::{Phases, in_use};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Constraint(constraint) = at.here.get(&action.key)? else { return None };
    let table = at.key.on()?;
    let fits = action.verb == Verb::Create
        && matches!(constraint.contype.as_str(), "p" | "u")
        && !constraint.deferrable
        && in_use(table, changes)
        && matches!(at.here.get(table), Some(Body::Table(body)) if body.partition_by.is_none())
        && index_parent(at).is_none();
    if !fits {
        return None;
    }
    let (word, index) = parts(constraint, at, table)?;
    let name = Ident::new(at.key.name());
    let attach = format!("ALTER {} ADD CONSTRAINT {name} {word} USING INDEX {name}", at.on_object());
    Some(vec![Vec::new(), vec![Statement::new(index).outside()], vec![Statement::new(attach)]])
}

/// The constraint's word, and the CREATE INDEX that stands for the rest of its definition.
fn parts(constraint: &Constraint, at: &Site, table: &Key) -> Option<(&'static str, String)> {
    let definition = constraint.definition.as_str();
    let (word, rest) = if let Some(rest) = definition.strip_prefix("PRIMARY KEY ") {
        ("PRIMARY KEY", rest)
    } else {
        ("UNIQUE", definition.strip_prefix("UNIQUE ")?)
    };
    let (distinct, columns) = match rest.strip_prefix("NULLS NOT DISTINCT ") {
        Some(columns) => (" NULLS NOT DISTINCT", columns),
        None => ("", rest),
    };
    // WITHOUT OVERLAPS (18) is no plain unique index.
    if columns.contains(" WITHOUT OVERLAPS") {
        return None;
    }
    let name = Ident::new(at.key.name());
    let mut sql = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {} {columns}{distinct}", table.sql());
    if !constraint.options.is_empty() {
        sql.push_str(&format!(" WITH ({})", options::list(&constraint.options)));
    }
    if let Some(tablespace) = &constraint.tablespace {
        sql.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    Some((word, sql))
}
