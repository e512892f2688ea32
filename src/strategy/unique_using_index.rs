//! UNIQUE and PRIMARY KEY on a table in use, from an index that was built concurrently.
//!
//! 1. `CREATE UNIQUE INDEX CONCURRENTLY`, outside a transaction: SHARE UPDATE EXCLUSIVE. It goes before the old key is
//!    dropped, so that there is no moment without one; where the name is still taken, under another.
//! 2. `ADD CONSTRAINT ... USING INDEX`, in the transaction that drops the old key: ACCESS EXCLUSIVE, a catalog change
//!    only when a primary key's columns are NOT NULL already, which the plan sees to first. It renames the index.
//!
//! Not for DEFERRABLE constraints and partitioned tables, which Postgres cannot build that way.

use crate::base::name::Ident;
use crate::kind::statement::Statement;
use crate::kind::table::constraint::Constraint;
use crate::kind::table::index_attachment::index_parent;
use crate::kind::{Body, Key, Site, options};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::in_use;
use crate::strategy::index_concurrently::{is_taken, short};

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
    let name = Ident::new(at.key.name());
    let index = if is_taken(at) { Ident::new(short(name.as_str(), "_new")) } else { name.clone() };
    let (word, build) = parts(constraint, table, &index)?;
    let attach = format!("ALTER {} ADD CONSTRAINT {name} {word} USING INDEX {index}", at.on_object());
    Some(Phases { prepare: vec![Statement::new(build).outside()], then: vec![vec![Statement::new(attach)]] })
}

/// The constraint's word, and the CREATE INDEX that stands for the rest of its definition.
fn parts(constraint: &Constraint, table: &Key, name: &Ident) -> Option<(&'static str, String)> {
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
    let mut sql = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {} {columns}{distinct}", table.sql());
    if !constraint.options.is_empty() {
        sql.push_str(&format!(" WITH ({})", options::list(&constraint.options)));
    }
    if let Some(tablespace) = &constraint.tablespace {
        sql.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    Some((word, sql))
}
