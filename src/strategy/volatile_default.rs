//! ADD COLUMN with a volatile default (`gen_random_uuid()`, `nextval()`) on a table in use, filled in batches.
//!
//! In one statement Postgres writes the whole table anew under ACCESS EXCLUSIVE, because each row gets a value of its own.
//!
//! 1. `ADD COLUMN` without the default, `SET DEFAULT`, and a comment that marks the column as unfinished, in one
//!    transaction: ACCESS EXCLUSIVE, catalog changes only. New rows get their value from here on.
//! 2. The rows that were there are filled, outside a transaction: ROW EXCLUSIVE, each batch locks its rows.
//! 3. The mark is taken away. A column that is NOT NULL becomes that as any other does: a CHECK, validated in a transaction
//!    of its own under SHARE UPDATE EXCLUSIVE, proves it.
//!
//! If step 2 fails or is cut short, the column is there and the mark says that it is not filled; the next plan goes on
//! with step 2. Not for a table with triggers or rules that an update would set off, which the plain form does not; not for
//! one with partitions or children; and not for a column whose type is a domain with constraints, where even the plain
//! ADD COLUMN writes the table anew: there is no online form of that.

use crate::base::name::Ident;
use crate::kind::comment::comment_on;
use crate::kind::key::Attached;
use crate::kind::statement::Statement;
use crate::kind::table::column::Column;
use crate::kind::{Body, Key, Kind, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::backfill::{MARK, backfill, is_plain, mark};
use crate::strategy::in_use;
use crate::strategy::not_null_not_valid::in_steps;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    match at.here.get(&action.key)? {
        Body::Column(column) if action.verb == Verb::Create => added(column, action, at, changes),
        Body::Comment(comment) if matches!(action.verb, Verb::Drop | Verb::Alter) => {
            (comment.text.as_deref() == Some(MARK)).then(|| finished(action, at)).flatten()
        }
        _ => None,
    }
}

fn added(column: &Column, action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let table = at.key.on()?;
    let default = Key::Default(Attached::new(at.key.clone()));
    let Body::Default(body) = at.here.get(&default)? else { return None };
    let alone = action.with.iter().all(|key| *key == action.key || *key == default);
    let fits = body.volatile.0
        && column.generated.is_none()
        && action.with.contains(&default)
        && alone
        && in_use(table, changes)
        && !is_constrained(column, at)
        && is_plain(table, at);
    if !fits {
        return None;
    }
    let nullable = Column { not_null: false, ..column.clone() };
    let mut first: Vec<Statement> = nullable.create(at);
    first.extend(body.create(&at.of(&default)));
    first.push(mark(column, at));
    let name = Ident::new(at.key.name());
    let fill = backfill(&table.sql(), &name);
    let done = Statement::new(comment_on(&column.object(at), None)).commit_before();
    let mut then = vec![first, vec![fill], vec![done]];
    if column.not_null {
        let set = format!("ALTER {} ALTER COLUMN {name} SET NOT NULL", at.on_object());
        then.extend(in_steps(at, set).into_iter().filter(|statements| !statements.is_empty()));
    }
    Some(Phases::of(then))
}

/// What is left to do for a column with the mark.
fn finished(action: &Action, at: &Site) -> Option<Phases> {
    let column = at.key.on()?;
    let stays = matches!(at.there.get(column), Some(Body::Column(_)));
    let default = at.there.contains(&Key::Default(Attached::new(column.clone())));
    if !stays || !default {
        return None;
    }
    let fill = backfill(&column.on()?.sql(), &Ident::new(column.name()));
    Some(Phases { prepare: vec![fill], then: vec![action.statements.clone()] })
}

/// Whether the type is a domain with a constraint of its own or of one below.
fn is_constrained(column: &Column, at: &Site) -> bool {
    let named = |name: &str| at.here.iter().find(|(key, _)| matches!(key, Key::Domain(_)) && key.sql() == name);
    let mut name = column.type_name.clone();
    while let Some((key, Body::Domain(domain))) = named(&name) {
        if domain.not_null || at.here.standing_on(key).any(|(key, _)| matches!(key, Key::Constraint(_))) {
            return true;
        }
        name = domain.base_type.clone();
    }
    false
}
