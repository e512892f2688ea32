//! Owners and default privileges on a scratch database, where what nobody gave away belongs to the role that loads it.

use crate::catalog::Catalog;
use crate::kind::{Body, Key, default_privileges, owner};

/// Takes out the owners that only say who loaded the state. The schema public is there before that: where the loader has
/// it, it was made anew or given away.
pub fn drop_owners(catalog: &mut Catalog, loader: &str) {
    let loaded = |body: &Body| matches!(body, Body::Owner(owner) if owner.is(loader) && owner.standard.0.is_none());
    let gone: Vec<Key> = catalog.facts.iter().filter(|(_, body)| loaded(body)).map(|(key, _)| key.clone()).collect();
    for key in gone {
        catalog.facts.remove(&key);
    }
}

/// Reads a scratch state as this role of the live server would, who is the one to apply what is planned.
pub fn act_for(catalog: &mut Catalog, loader: &str, role: &str) {
    drop_owners(catalog, loader);
    owner::adopt(&mut catalog.facts, loader, role);
    default_privileges::adopt(&mut catalog.facts, loader, role);
}
