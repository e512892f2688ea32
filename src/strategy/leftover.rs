//! What a run that was cut short left behind, and names that are free beside it.
//!
//! An index that was built under a helping name, whole and as it is wanted, is not built a second time: the plan goes on
//! from there. One that is not valid, or other than it is wanted, is dropped like any index that the desired state does
//! not have, and the build takes another name.

use crate::base::name::{Ident, with_suffix};
use crate::kind::key::Scoped;
use crate::kind::table::index::Index;
use crate::kind::{Body, Key, Site, Slot};
use crate::plan::change::Changes;
use crate::strategy::index_concurrently;
use crate::strategy::unique_using_index;

/// Where an index stands that takes its own name later.
pub enum Beside {
    /// Nothing has this name in either state.
    Free(Key),
    /// It is there already.
    Ready(Key),
}

/// The place beside the index or key `at` stands for, for an index with this definition under its own name.
pub fn beside(at: &Site, wanted: &Index) -> Beside {
    let schema = at.key.schema().map(Ident::as_str).unwrap_or_default();
    let key = |suffix: &str| Key::Index(Scoped::new(schema, with_suffix(at.key.name(), suffix)));
    let first = key("_new");
    if is_ready(at, &first, wanted) {
        return Beside::Ready(first);
    }
    let mut numbered = std::iter::once(first.clone()).chain((2..100).map(|n| key(&format!("_new_{n}"))));
    Beside::Free(numbered.find(|key| !is_name_taken(at, key)).unwrap_or(first))
}

/// Whether the live state has this index, the desired one has not, and it is what is wanted but for its name.
pub fn is_ready(at: &Site, beside: &Key, wanted: &Index) -> bool {
    let Some(Body::Index(found)) = at.there.get(beside) else { return false };
    let (have, own) = (Ident::new(beside.name()), Ident::new(at.key.name()));
    let definition = found.definition.replacen(&format!("INDEX {have} ON"), &format!("INDEX {own} ON"), 1);
    let found = Index { definition, evaluates: wanted.evaluates, ..found.clone() };
    let bare = at.there.standing_on(beside).next().is_none();
    found == *wanted && found.valid && bare && !at.here.contains(beside)
}

/// Whether an index that is to go is what another action of the plan goes on with. `at` looks from the live state.
pub fn is_gone_on_with(at: &Site, changes: &Changes) -> bool {
    let same_schema = |key: &&Key| key.schema() == at.key.schema();
    changes.created.iter().filter(same_schema).any(|key| {
        let next = Site { key, here: at.there, there: at.here, absorbed: at.absorbed };
        match key {
            Key::Index(_) => index_concurrently::goes_on_with(&next, at.key, changes),
            Key::Constraint(_) => unique_using_index::goes_on_with(&next, at.key, changes),
            _ => false,
        }
    })
}

/// Whether a relation has this name in either state.
pub fn is_name_taken(at: &Site, name: &Key) -> bool {
    let Some(schema) = name.schema() else { return false };
    let slot = Slot::Relation(schema.clone(), Ident::new(name.name()));
    [at.here, at.there].into_iter().any(|facts| {
        let site = |key| Site { key, here: facts, there: facts, absorbed: at.absorbed };
        facts.iter().any(|(key, body)| key.schema() == Some(schema) && body.slots(&site(key)).contains(&slot))
    })
}
