//! A column that keeps its old name beside the new one: what stands in the way, and whether it is done.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::kind::{Body, Key};
use crate::plan::dependency::Dependencies;
use crate::plan::rename::Rename;
use crate::propose::Request;
use crate::propose::expand::{Change, default, index_of};
use crate::sql::directive::After;
use crate::strategy::backfill::is_marked;
use crate::strategy::expand::kept::trigger_of;
use crate::strategy::expand::reach::{Reach, reach};

/// Columns of one table that keep their old names.
pub(super) struct Columns {
    pub(super) change: Change,
    /// Whether nothing of it is left to do but the contract.
    pub(super) settled: bool,
    pub(super) after: After,
}

/// What this rename keeps; none where there is nothing that was renamed.
///
/// # Errors
/// Why that cannot be, for a person.
pub(super) fn kept(rename: &Rename, request: &Request) -> Result<Option<Columns>, String> {
    let (live, desired) = (request.live, request.desired);
    let (old, new) = (&rename.from, &rename.to);
    let Some(after) = rename.keep else { return Ok(None) };
    let (Some(Body::Column(from)), Some(Body::Column(to))) = (live.facts.get(old), desired.facts.get(new)) else {
        return Ok(None);
    };
    if live.facts.contains(new) && !live.facts.contains(&trigger_of(new)) {
        return Ok(None);
    }
    if desired.facts.contains(old) {
        return Err(format!("{old} has that name"));
    }
    if (&from.type_name, &from.collation) != (&to.type_name, &to.collation) {
        return Err("its type changes too".to_owned());
    }
    let (had, has) = (default(live, old), default(desired, new));
    let sets = |default: Option<(&str, bool)>| default.map(|(expression, _)| expression.to_owned());
    if sets(had) != sets(has) {
        return Err("its default changes too".to_owned());
    }
    let volatile = has.is_some_and(|(_, volatile)| volatile);
    if volatile && !(from.not_null && to.not_null) {
        let why = "its default is another one each time, so nobody can tell NULL from a column that was not named";
        return Err(why.to_owned());
    }
    if let Some(domain) = given_by_domain(desired, &to.type_name) {
        return Err(format!("{domain} has a default"));
    }
    let mut on_old = reach(&BTreeSet::from([old.clone()]), live, desired)?;
    let on_new = reach(&BTreeSet::from([new.clone()]), desired, live)?;
    let begun = |key: &Key| live.facts.contains(&index_of(key));
    on_old.key = on_old.key.or_else(|| on_new.key.clone().filter(begun));
    on_old.sequences.extend(on_new.sequences.iter().cloned());
    let filled = live.facts.contains(new) && !is_marked(&live.facts, new) && not_null(live, new) == to.not_null;
    let settled = filled && is_built(new, &on_new, live, desired);
    if settled {
        // Under the name that only this plan gives, which looks as if a primary key went over.
        let uses = Dependencies::of(live, &desired.facts);
        let index = |key: &&Key| matches!(key, Key::Index(_));
        on_old.along.extend(uses.used_by(old).filter(index).cloned());
    }
    let columns = BTreeMap::from([(old.clone(), new.clone())]);
    Ok(Some(Columns {
        change: Change { columns, live: on_old, desired: on_new, enums: BTreeSet::new() },
        settled,
        after,
    }))
}

/// Whether all is there that is on the new column, or refers to it. A default that is another one each time comes with the
/// contract.
fn is_built(new: &Key, on_new: &Reach, live: &Catalog, desired: &Catalog) -> bool {
    let uses = Dependencies::of(desired, &live.facts);
    let there = |key: &Key| matches!(key, Key::Default(_)) || live.facts.get(key) == desired.facts.get(key);
    on_new.along.iter().chain(&on_new.key).chain([new]).flat_map(|key| uses.used_by(key)).all(there)
}

fn not_null(state: &Catalog, column: &Key) -> bool {
    matches!(state.facts.get(column), Some(Body::Column(column)) if column.not_null)
}

/// The domain that gives a value of its own to what is not written.
fn given_by_domain<'a>(state: &'a Catalog, type_name: &str) -> Option<&'a Key> {
    let last = type_name.rsplit('.').next().unwrap_or(type_name);
    let is = |key: &Key| Ident::new(key.name()).to_string() == last;
    let gives = |fact: &(&Key, &Body)| matches!(fact.1, Body::Domain(domain) if domain.default.is_some()) && is(fact.0);
    state.facts.iter().find(gives).map(|(key, _)| key)
}
