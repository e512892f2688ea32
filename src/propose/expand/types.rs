//! What the old column is of, between the two migrations: an enum that is replaced under its own name is exchanged like the
//! column, and what the desired state does not have any more stays until the contract.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::Key;
use crate::plan::dependency::Dependencies;
use crate::propose::expand::{Change, type_of};
use crate::strategy::swap::beside;

/// The enums of these columns that are replaced and keep their name.
///
/// # Errors
/// Why a column cannot stand beside one of the new type, for a person.
pub(super) fn exchanged(columns: &BTreeSet<Key>, [live, desired]: [&Catalog; 2]) -> Result<BTreeSet<Key>, String> {
    let uses = Dependencies::of(live, &desired.facts);
    let mut enums = BTreeSet::new();
    for column in columns {
        let same_name = type_of(live, column) == type_of(desired, column);
        let changes = |key: &&Key| {
            let (before, after) = (live.facts.get(key), desired.facts.get(key));
            after.is_some() && before != after
        };
        for key in uses.uses(column).filter(|key| is_type(key)).filter(changes) {
            match key {
                Key::Enum(_) if same_name => drop(enums.insert(key.clone())),
                _ => return Err(format!("{key} changes as well")),
            }
        }
    }
    Ok(enums)
}

/// Takes away what cannot be because of an enum that something else needs too, and says why.
pub(super) fn settle(along: &mut Vec<Change>, [live, desired]: [&Catalog; 2]) -> Vec<String> {
    let mut said = Vec::new();
    let users = [Dependencies::of(live, &desired.facts), Dependencies::of(desired, &live.facts)];
    loop {
        let carried: BTreeSet<&Key> = along.iter().flat_map(Change::carried).collect();
        let other = |key: &Key| {
            let mut all = users.iter().flat_map(|uses| uses.used_by(key));
            all.find(|user| !user.on().is_some_and(|on| on == key || carried.contains(on)) && !carried.contains(user))
        };
        let stuck = along.iter().enumerate().find_map(|(place, change)| {
            change.enums.iter().find_map(|key| Some((place, format!("{} needs {key}", other(key)?))))
        });
        let Some((place, why)) = stuck else { return said };
        let change = along.remove(place);
        said.push(super::not_expanded(change.columns.keys(), &why));
    }
}

/// What old columns stand on, at any remove, that the desired state does not have.
pub(super) fn held<'a>(columns: impl Iterator<Item = &'a Key>, live: &Catalog, desired: &Catalog) -> BTreeSet<Key> {
    let uses = Dependencies::of(live, &desired.facts);
    let (mut held, mut open) = (BTreeSet::new(), columns.cloned().collect::<Vec<_>>());
    while let Some(key) = open.pop() {
        for used in uses.uses(&key).filter(|used| !desired.facts.contains(used)) {
            if held.insert(used.clone()) {
                open.push(used.clone());
            }
        }
    }
    held
}

/// The name of a type while an enum of it has this suffix.
pub(super) fn under(name: &str, enums: &BTreeSet<Key>, suffix: &str) -> String {
    let renamed = enums.iter().find_map(|key| {
        let rest = name.strip_prefix(&key.sql())?;
        (rest.is_empty() || rest.starts_with('[')).then(|| format!("{}{rest}", beside(key, suffix).sql()))
    });
    renamed.unwrap_or_else(|| name.to_owned())
}

const fn is_type(key: &Key) -> bool {
    matches!(key, Key::Enum(_) | Key::Domain(_) | Key::Composite(_) | Key::Range(_) | Key::BaseType(_))
}
