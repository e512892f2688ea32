//! Owners and default privileges on a scratch database, where what nobody gave away belongs to the role that loads it.

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::kind::owner::Owner;
use crate::kind::{Body, Key, default_privileges};

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
    let own: Vec<(Key, Owner)> = catalog.facts.iter().filter_map(|(key, body)| loaders(key, body, loader)).collect();
    for (key, owner) in own {
        catalog.facts.insert(key, Body::Owner(Owner { role: Ident::new(role), ..owner }));
    }
    default_privileges::adopt(&mut catalog.facts, loader, role);
}

fn loaders(key: &Key, body: &Body, loader: &str) -> Option<(Key, Owner)> {
    match body {
        Body::Owner(owner) if owner.is(loader) => Some((key.clone(), owner.clone())),
        _ => None,
    }
}
