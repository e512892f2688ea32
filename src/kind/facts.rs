//! All facts of one state, by key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::base::name::Ident;
use crate::kind::key::Global;
use crate::kind::{Body, Key};

/// Types of which the first is cast to the second by an entry of `pg_cast`, and whether that happens where a
/// value is assigned.
pub type Casts = BTreeSet<(String, String, bool)>;

/// Facts by key, with the way from a fact to those that stand on it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    by_key: BTreeMap<Key, Body>,
    casts: Casts,
    standing: OnceLock<BTreeMap<Key, Vec<Key>>>,
    attached: OnceLock<BTreeMap<Key, Vec<Key>>>,
}

impl Facts {
    pub fn get(&self, key: &Key) -> Option<&Body> {
        self.by_key.get(key)
    }

    pub fn contains(&self, key: &Key) -> bool {
        self.by_key.contains_key(key)
    }

    /// Adds a fact; the one that had the key before, if any.
    pub fn insert(&mut self, key: Key, body: Body) -> Option<Body> {
        self.forget();
        self.by_key.insert(key, body)
    }

    pub fn remove(&mut self, key: &Key) -> Option<Body> {
        self.forget();
        self.by_key.remove(key)
    }

    /// Makes the version of an extension count, where there is one of this name. `updates` says where the server can update
    /// it to from a version; nothing where it was not asked.
    pub fn pin(&mut self, extension: &str, updates: &dyn Fn(&str) -> Option<Vec<String>>) {
        let key = Key::Extension(Global { name: Ident::new(extension) });
        if let Some(Body::Extension(extension)) = self.by_key.get_mut(&key) {
            extension.pin(updates);
        }
    }

    fn forget(&mut self) {
        self.standing.take();
        self.attached.take();
    }

    /// With what is known of casts, those that come with Postgres included. It is no part of the state.
    #[must_use]
    pub fn with_casts(mut self, casts: Casts) -> Self {
        self.casts = casts;
        self
    }

    pub fn casts(&self) -> &Casts {
        &self.casts
    }

    /// Whether the first type is cast to the second, be it only where that is written.
    pub fn has_cast(&self, from: &str, to: &str) -> bool {
        self.assigns(from, to) || self.casts.contains(&(from.to_owned(), to.to_owned(), false))
    }

    /// Whether it is cast where a value is assigned.
    pub fn assigns(&self, from: &str, to: &str) -> bool {
        self.casts.contains(&(from.to_owned(), to.to_owned(), true))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Body)> {
        self.by_key.iter()
    }

    /// The facts with this key or a later one.
    pub fn from(&self, key: &Key) -> impl Iterator<Item = (&Key, &Body)> {
        self.by_key.range(key..)
    }

    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.by_key.keys()
    }

    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The facts that stand directly on this one, in key order.
    pub fn standing_on(&self, key: &Key) -> impl Iterator<Item = (&Key, &Body)> {
        let standing = self.standing.get_or_init(|| {
            let mut map: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
            for key in self.by_key.keys() {
                if let Some(on) = key.on() {
                    map.entry(on.clone()).or_default().push(key.clone());
                }
            }
            map
        });
        standing.get(key).into_iter().flatten().filter_map(|key| self.by_key.get_key_value(key))
    }

    /// The attachments that name this fact, in key order: those of partitions, their indexes and other children to this
    /// table, or those of this partition's indexes.
    pub fn attachments(&self, key: &Key) -> impl Iterator<Item = (&Key, &Body)> {
        let attached = self.attached.get_or_init(|| {
            let mut map: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
            for (key, body) in &self.by_key {
                let named = match body {
                    Body::Partition(body) => vec![body.parent_table()],
                    Body::Inheritance(body) => vec![body.parent_table()],
                    Body::IndexAttachment(body) => vec![body.parent_table(), body.partition()],
                    _ => continue,
                };
                for name in named {
                    map.entry(name).or_default().push(key.clone());
                }
            }
            map
        });
        attached.get(key).into_iter().flatten().filter_map(|key| self.by_key.get_key_value(key))
    }
}

impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.by_key == other.by_key
    }
}

impl FromIterator<(Key, Body)> for Facts {
    fn from_iter<I: IntoIterator<Item = (Key, Body)>>(iter: I) -> Self {
        Self { by_key: iter.into_iter().collect(), ..Self::default() }
    }
}
