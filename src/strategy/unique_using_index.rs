//! UNIQUE and PRIMARY KEY on a table in use, from an index that was built concurrently.
//!
//! 1. `CREATE UNIQUE INDEX CONCURRENTLY`, outside a transaction: SHARE UPDATE EXCLUSIVE. It goes before the old key is
//!    dropped, so that there is no moment without one; where the name is still taken, under another.
//! 2. `ADD CONSTRAINT ... USING INDEX`, in the transaction that drops the old key: ACCESS EXCLUSIVE, a catalog change
//!    only when a primary key's columns are NOT NULL already, which the plan sees to first. It renames the index.
//!
//! A partitioned table has no rows: there the constraint comes first, ON ONLY it, and each partition's is made in these
//! two steps and attached (`ALTER INDEX ... ATTACH PARTITION`); the parent's is valid with the last of them.
//!
//! A failed build leaves an INVALID index, which the next plan drops; one that was built whole is what the next plan goes
//! on with. Not for DEFERRABLE constraints, which Postgres cannot make from an index.

use crate::base::name::Ident;
use crate::kind::key::Scoped;
use crate::kind::statement::Statement;
use crate::kind::table::constraint::Constraint;
use crate::kind::table::index::Index;
use crate::kind::{Body, Key, Site, options};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::in_use;
use crate::strategy::index_concurrently::{is_taken, online};
use crate::strategy::leftover::{Beside, beside, is_ready};

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let Body::Constraint(constraint) = at.here.get(&action.key)? else { return None };
    if action.verb != Verb::Create || !fits(constraint, at, changes) {
        return None;
    }
    let name = Ident::new(at.key.name());
    let (word, wanted, tail) = parts(constraint, at)?;
    let own = Key::Index(Scoped::new(at.key.schema().map(Ident::as_str).unwrap_or_default(), at.key.name()));
    let place = match is_taken(at) {
        true if is_ready(at, &own, &wanted) => Beside::Ready(own),
        true => beside(at, &wanted),
        false => Beside::Free(own),
    };
    let (index, build) = match place {
        Beside::Ready(index) => (index, Vec::new()),
        Beside::Free(index) => {
            let (name, table) = (Ident::new(index.name()), at.key.on()?.sql());
            (index, vec![online(&format!("CREATE UNIQUE INDEX {name} ON {table} {tail}"))])
        }
    };
    let attach =
        format!("ALTER {} ADD CONSTRAINT {name} {word} USING INDEX {}", at.on_object(), Ident::new(index.name()));
    Some(Phases { prepare: build, then: vec![vec![Statement::new(attach)]] })
}

/// Whether the action that makes this constraint uses an index that is there, instead of building it.
pub fn goes_on_with(at: &Site, leftover: &Key, changes: &Changes) -> bool {
    let Some(Body::Constraint(constraint)) = at.here.get(at.key) else { return false };
    if !matches!(leftover, Key::Index(_)) || !fits(constraint, at, changes) {
        return false;
    }
    let Some((_, wanted, _)) = parts(constraint, at) else { return false };
    if leftover.name() == at.key.name() {
        return is_ready(at, leftover, &wanted);
    }
    is_taken(at) && matches!(beside(at, &wanted), Beside::Ready(ready) if ready == *leftover)
}

fn fits(constraint: &Constraint, at: &Site, changes: &Changes) -> bool {
    let Some(table) = at.key.on() else { return false };
    matches!(constraint.contype.as_str(), "p" | "u")
        && !constraint.deferrable
        && in_use(table, changes)
        && matches!(at.here.get(table), Some(Body::Table(body)) if body.partition_by.is_none())
}

/// The constraint's word; the index that stands for the rest of its definition, under the constraint's name; and how
/// that index is made, from its columns on.
fn parts(constraint: &Constraint, at: &Site) -> Option<(&'static str, Index, String)> {
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
    let (name, table) = (Ident::new(at.key.name()), at.key.on()?);
    let mut tail = format!("{columns}{distinct}");
    if !constraint.options.is_empty() {
        tail.push_str(&format!(" WITH ({})", options::list(&constraint.options)));
    }
    let definition = format!("CREATE UNIQUE INDEX {name} ON {} USING btree {tail}", table.sql());
    if let Some(tablespace) = &constraint.tablespace {
        tail.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    let index = Index {
        on_materialized_view: false,
        table: Ident::new(table.name()),
        definition,
        predicate: None,
        unique: true,
        partitioned: false,
        valid: true,
        options: constraint.options.clone(),
        tablespace: constraint.tablespace.clone(),
        evaluates: false,
        statistics: None,
    };
    Some((word, index, tail))
}
