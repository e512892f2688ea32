//! The owner of an object. Every object has one, so there is nothing to drop: where the desired state says none, any
//! will do.

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
}

impl Kind for Owner {
    const LABEL: &'static str = "owner";
    const QUERY: &'static str = include_str!("owner.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} OWNER TO {}", at.on_object(), self.role))
    }

    fn drop(&self, _at: &Site) -> Vec<Statement> {
        Vec::new()
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { role, follows_table } = to;
        if *role == self.role || (self.follows_table.0 && follows_table.0) {
            return Alter::Equivalent;
        }
        Alter::in_place(to.create(at))
    }
}

/// The declared owner of the object with this key.
pub fn owner_of<'a>(facts: &'a Facts, object: &Key) -> Option<&'a Ident> {
    match facts.get(&Key::Owner(Attached::new(object.clone())))? {
        Body::Owner(owner) => Some(&owner.role),
        _ => None,
    }
}
