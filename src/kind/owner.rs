//! The owner of an object. Every object has one, so there is nothing to drop: where the desired state says none, any
//! will do. Only the schema public has one by itself, who is not said, and whom it goes back to.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::key::Attached;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Owner {
    pub role: Ident,
    /// Whether it is the sequence of a column, which goes along when the owner of the table changes.
    pub follows_table: Carried<bool>,
    /// Whom initdb gives it to.
    #[serde(default)]
    pub standard: Carried<Option<Ident>>,
}

impl Kind for Owner {
    const LABEL: &'static str = "owner";
    const QUERY: &'static str = include_str!("owner.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} OWNER TO {}", at.on_object(), self.role))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        let standard = self.standard.0.iter();
        standard.flat_map(|role| one(format!("ALTER {} OWNER TO {role}", at.on_object()))).collect()
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { role, follows_table, standard: _ } = to;
        if *role == self.role || (self.follows_table.0 && follows_table.0) {
            return Alter::Equivalent;
        }
        Alter::in_place(to.create(at))
    }
}

impl Owner {
    /// Whether this role is it.
    pub fn is(&self, role: &str) -> bool {
        self.role.as_str() == role
    }
}

/// The declared owner of the object with this key.
pub fn owner_of<'a>(facts: &'a Facts, object: &Key) -> Option<&'a Ident> {
    match facts.get(&Key::Owner(Attached::new(object.clone())))? {
        Body::Owner(owner) => Some(&owner.role),
        _ => None,
    }
}

/// Gives to this role what the loader of a scratch database has there.
pub fn adopt(facts: &mut Facts, loader: &str, role: &str) {
    let loaders = |(key, body): (&Key, &Body)| match body {
        Body::Owner(owner) if owner.is(loader) => Some((key.clone(), owner.clone())),
        _ => None,
    };
    let own: Vec<(Key, Owner)> = facts.iter().filter_map(loaders).collect();
    for (key, owner) in own {
        facts.insert(key, Body::Owner(Owner { role: Ident::new(role), ..owner }));
    }
}
