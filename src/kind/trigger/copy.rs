//! A partition's copy of a trigger that is not enabled as the trigger is which it is a copy of. That is all a copy can
//! have of its own; the others come, change and go with that trigger and are no facts.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::key::{Attached, Child};
use crate::kind::rule::Enabled;
use crate::kind::statement::{Alter, Statement};
use crate::kind::table::table_key;
use crate::kind::trigger::enable;
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TriggerCopy {
    pub enabled: Enabled,
    pub parent_enabled: Carried<Enabled>,
    /// The trigger that somebody created.
    pub root_schema: Ident,
    pub root_table: Ident,
    pub root_name: Ident,
}

impl Kind for TriggerCopy {
    const LABEL: &'static str = "copy of a trigger";
    const QUERY: &'static str = include_str!("copy.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        vec![enable(at.key, self.enabled)]
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        vec![enable(at.key, self.parent_enabled.0)]
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { enabled, parent_enabled: _, root_schema: _, root_table: _, root_name: _ } = to;
        Alter::in_place(if *enabled == self.enabled { Vec::new() } else { to.create(at) })
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        let partition = at.key.on().map(|table| Key::Partition(Attached::new(table.clone())));
        partition.into_iter().chain([self.root()]).collect()
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().cloned().into_iter().chain(self.requires(at)).find(|key| dropped(key))
    }
}

impl TriggerCopy {
    /// The trigger at the top of the partitioned tables.
    pub fn root(&self) -> Key {
        let table = table_key(self.root_schema.as_str(), self.root_table.as_str());
        Key::Trigger(Child::new(table, self.root_name.as_str()))
    }
}
