//! What stands in the way of building a table beside.

use crate::catalog::Catalog;
use crate::kind::table::{columns, inheritance};
use crate::kind::{Body, Key};

/// Whether a table that both states have can be built beside.
///
/// # Errors
/// Why not, for a person.
pub fn fits(table: &Key, live: &Catalog, desired: &Catalog) -> Result<(), String> {
    for state in [live, desired] {
        itself(table, state)?;
        published(table, state)?;
    }
    let Some(Body::Table(old)) = live.facts.get(table) else { return Err("it is not there".to_owned()) };
    if old.partition_by.is_some() {
        return Err("it has partitions, whose names those of the new one would need".to_owned());
    }
    let partitioned = matches!(desired.facts.get(table), Some(Body::Table(new)) if new.partition_by.is_some());
    let refers = |body: &Body| matches!(body, Body::Constraint(key) if key.references().as_ref() == Some(table));
    match desired.facts.standing_on(table).find(|(_, body)| refers(body)) {
        Some((key, _)) if partitioned => Err(format!("{key} refers to its own table, which becomes partitioned")),
        _ => Ok(()),
    }
}

fn itself(table: &Key, state: &Catalog) -> Result<(), String> {
    let facts = &state.facts;
    let Some(Body::Table(body)) = facts.get(table) else { return Err("it is no table of both states".to_owned()) };
    if body.partition || inheritance::parent_tables(facts, table).next().is_some() {
        return Err("it is a partition, or has a parent".to_owned());
    }
    if inheritance::child_tables(facts, table).next().is_some() {
        return Err("other tables inherit from it".to_owned());
    }
    if body.force_row_security {
        return Err("row security is forced on its owner too, who could not copy all rows".to_owned());
    }
    for (key, body) in facts.standing_on(table) {
        match body {
            Body::Rule(_) => return Err(format!("{key} may turn a write into another one")),
            // It holds at the end of a statement, and the rows are written one after the other.
            Body::Constraint(body) if body.has_index() && body.deferrable => {
                return Err(format!("{key} can be deferred: rows may break it for a while"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What publishes every table would publish the one that is built beside, of which a subscriber knows nothing.
fn published(table: &Key, state: &Catalog) -> Result<(), String> {
    let schema = table.schema().map(|schema| schema.as_str().to_owned()).unwrap_or_default();
    let of_all = |(key, body): &(&Key, &Body)| match body {
        Body::Publication(publication) => publication.all_tables,
        Body::PublicationSchema(_) => key.name() == schema,
        _ => false,
    };
    match state.facts.iter().find(of_all) {
        Some((key, _)) => Err(format!("{} would publish the table that is built beside", key.on().unwrap_or(key))),
        None => Ok(()),
    }
}

/// Whether anything of the table differs, its order of columns included.
pub fn differs(table: &Key, live: &Catalog, desired: &Catalog) -> bool {
    let order = |state: &Catalog| -> Vec<String> {
        let columns = columns(&state.facts, table);
        columns.into_iter().map(|(key, _)| key.name().to_owned()).collect()
    };
    let mut keys = live.facts.keys().chain(desired.facts.keys()).filter(|key| key.root() == table);
    order(live) != order(desired) || keys.any(|key| live.facts.get(key) != desired.facts.get(key))
}

/// The table with this name, written with its schema or, in `public`, without.
pub fn named(state: &Catalog, name: &str) -> Option<Key> {
    let tables = state.facts.keys().filter(|key| matches!(key, Key::Table(_)));
    let called = |key: &&Key| {
        let schema = key.schema().map(|schema| schema.as_str().to_owned()).unwrap_or_default();
        let bare = if schema == "public" { vec![key.name().to_owned()] } else { Vec::new() };
        let sql = key.sql();
        let short = sql.strip_prefix("public.").map(str::to_owned);
        [sql, format!("{schema}.{}", key.name())].into_iter().chain(bare).chain(short).any(|known| known == name)
    };
    tables.into_iter().find(called).cloned()
}
