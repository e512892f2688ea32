//! What a column that is exchanged takes along, and what stands in the way.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::key::Attached;
use crate::kind::{Body, Key};
use crate::plan::dependency::Dependencies;
use crate::strategy::expand::is_ours;

/// What is on columns of one table.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The indexes and constraints that are exchanged with them.
    pub along: BTreeSet<Key>,
    /// The primary key, of which there is one: it goes over to the new column, and an index stays with the old one.
    pub key: Option<Key>,
    /// Sequences that they own: these change with the contract, when their old default is gone.
    pub sequences: BTreeSet<Key>,
}

/// What a user of a column does when that is exchanged.
enum Fit {
    Along,
    Key,
    /// Names the column by what it is called: a foreign key of another table, the sequence of a default.
    Stays,
}

/// What is on these columns of one table.
///
/// # Errors
/// Why that cannot be, for a person.
pub fn reach(columns: &BTreeSet<Key>, state: &Catalog, other: &Catalog) -> Result<Reach, String> {
    let uses = Dependencies::of(state, &other.facts);
    let mut reach = Reach::default();
    for column in columns {
        itself(column, state)?;
        for user in uses.used_by(column).filter(|user| !is_said_of(user, column)) {
            match fits(user, columns, state, other, &uses)? {
                Fit::Along => drop(reach.along.insert(user.clone())),
                Fit::Key => reach.key = Some(user.clone()),
                Fit::Stays => reach.sequences.extend(user.on().filter(|on| matches!(on, Key::Sequence(_))).cloned()),
            }
        }
    }
    Ok(reach)
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
) -> Result<Fit, String> {
    let table = columns.first().and_then(Key::on);
    let foreign = |key: &Key| {
        let other = key.on() != table;
        other && matches!(state.facts.get(key), Some(Body::Constraint(body)) if body.contype == "f")
    };
    let fit = match state.facts.get(user) {
        Some(Body::OwnedBy(_)) => return Ok(Fit::Stays),
        Some(Body::Constraint(_)) if foreign(user) => return Ok(Fit::Stays),
        // What a run that was cut short has built in the place of the primary key.
        Some(Body::Index(index)) if index.unique && index.valid && user.name().ends_with("__old") => Fit::Stays,
        Some(Body::Index(index)) if !index.on_materialized_view && index.valid => Fit::Along,
        Some(Body::Constraint(body)) if body.contype == "p" && !body.deferrable => Fit::Key,
        Some(Body::Constraint(body)) if body.contype == "f" && body.references().as_ref() == table => {
            return Err(format!("{user} refers to its own table"));
        }
        Some(Body::Constraint(body)) if matches!(body.contype.as_str(), "c" | "u" | "f") => Fit::Along,
        _ => return Err(format!("{user} needs it")),
    };
    let said = Key::Comment(Attached::new(user.clone()));
    let refers = |key: &Key| matches!(fit, Fit::Key | Fit::Stays) && foreign(key);
    if let Some(key) = uses.used_by(user).find(|key| **key != said && !refers(key)) {
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
        None => Ok(fit),
    }
}
