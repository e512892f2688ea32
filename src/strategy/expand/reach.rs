//! What a column that is exchanged takes along, and what stands in the way.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::key::Attached;
use crate::kind::{Body, Key};
use crate::plan::dependency::Dependencies;
use crate::strategy::expand::is_ours;

/// The indexes and constraints on these columns of one table, which are exchanged with them.
///
/// # Errors
/// Why that cannot be, for a person.
pub fn taken_along(columns: &BTreeSet<Key>, state: &Catalog, other: &Catalog) -> Result<BTreeSet<Key>, String> {
    let uses = Dependencies::of(state, &other.facts);
    let mut along = BTreeSet::new();
    for column in columns {
        itself(column, state)?;
        for user in uses.used_by(column).filter(|user| !is_said_of(user, column)) {
            fits(user, columns, state, other, &uses)?;
            along.insert(user.clone());
        }
    }
    Ok(along)
}

/// Whether the table and the column are plain.
fn itself(column: &Key, state: &Catalog) -> Result<(), String> {
    let facts = &state.facts;
    let (Some(table), Some(Body::Column(body))) = (column.on(), facts.get(column)) else {
        return Err("it is no column of a table".to_owned());
    };
    let plain = matches!(facts.get(table), Some(Body::Table(table)) if table.partition_by.is_none());
    let alone = facts.attachments(table).next().is_none() && !body.inherited.0;
    if !plain || !alone {
        return Err("its table has partitions, children or a parent".to_owned());
    }
    let own = |key: &&Key| matches!(key, Key::Trigger(_) | Key::Rule(_)) && !is_ours(key);
    if let Some(key) = facts.standing_on(table).map(|(key, _)| key).find(own) {
        return Err(format!("{key} would be set off by the filling"));
    }
    match &body.generated {
        Some(_) => Err("it is generated".to_owned()),
        None => Ok(()),
    }
}

/// Its default and its comment come from either state as they are.
fn is_said_of(user: &Key, column: &Key) -> bool {
    matches!(user, Key::Default(_) | Key::Comment(_)) && user.on() == Some(column)
}

/// Whether this can be made beside, on the other column.
fn fits(
    user: &Key,
    columns: &BTreeSet<Key>,
    state: &Catalog,
    other: &Catalog,
    uses: &Dependencies,
) -> Result<(), String> {
    let table = columns.first().and_then(Key::on);
    let own = match state.facts.get(user) {
        Some(Body::Index(index)) => !index.on_materialized_view && index.valid,
        Some(Body::Constraint(body)) if body.contype == "p" => {
            return Err(format!("it is in {user}, of which a table has but one"));
        }
        Some(Body::Constraint(body)) => user.on() == table && matches!(body.contype.as_str(), "c" | "u" | "f"),
        _ => false,
    };
    if !own {
        return Err(format!("{user} needs it"));
    }
    let said = Key::Comment(Attached::new(user.clone()));
    if let Some(key) = uses.used_by(user).find(|key| **key != said) {
        return Err(format!("{key} needs {user}"));
    }
    // What is on another column as well must find that one as it was.
    let of_table = |key: &&Key| matches!(key, Key::Column(_)) && key.on() == table && !columns.contains(*key);
    let type_of = |facts: &Catalog, key: &Key| match facts.facts.get(key) {
        Some(Body::Column(column)) => Some((column.type_name.clone(), column.collation.clone())),
        _ => None,
    };
    match uses.uses(user).filter(of_table).find(|key| type_of(state, key) != type_of(other, key)) {
        Some(key) => Err(format!("{user} is on {key} too, which changes otherwise")),
        None => Ok(()),
    }
}
