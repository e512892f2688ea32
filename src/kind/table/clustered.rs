//! The index that CLUSTER without a name would sort the table by. Marking it sorts nothing.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::replica_identity::backing;
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clustered {
    /// The index by its bare name.
    pub index: Ident,
}

impl Kind for Clustered {
    const LABEL: &'static str = "cluster mark";
    const QUERY: &'static str = include_str!("clustered.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} CLUSTER ON {}", at.on_object(), self.index))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} SET WITHOUT CLUSTER", at.on_object()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { index } = to;
        if *index == self.index { Alter::Equivalent } else { Alter::in_place(to.create(at)) }
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        at.key.on().map(|table| backing(at, table, &self.index)).unwrap_or_default()
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().cloned().into_iter().chain(self.requires(at)).find(|key| dropped(key))
    }
}
