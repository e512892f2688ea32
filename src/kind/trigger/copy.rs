//! A partition's copy of its parent's trigger, where it is switched on or off by itself. The copy comes and goes with the
//! parent's trigger; only its state is a fact.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::key::{Attached, Child};
use crate::kind::rule::Enabled;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::partition;
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TriggerCopy {
    pub enabled: Enabled,
}

impl Kind for TriggerCopy {
    const LABEL: &'static str = "trigger state";
    const QUERY: &'static str = include_str!("copy.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        switch(at, &self.enabled)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        let parent = parent_trigger(at).and_then(|key| at.there.get(&key));
        match parent {
            Some(Body::Trigger(trigger)) => switch(at, &trigger.enabled),
            _ => Vec::new(),
        }
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { enabled } = to;
        if *enabled == self.enabled { Alter::Equivalent } else { Alter::in_place(switch(at, enabled)) }
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        let partition = at.key.on().map(|table| Key::Partition(Attached::new(table.clone())));
        parent_trigger(at).into_iter().chain(partition).collect()
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().cloned().into_iter().chain(self.requires(at)).find(|key| dropped(key))
    }
}

fn parent_trigger(at: &Site) -> Option<Key> {
    let table = partition::parent_table(at.here, at.key.on()?)?;
    Some(Key::Trigger(Child::new(table, at.key.name())))
}

fn switch(at: &Site, enabled: &Enabled) -> Vec<Statement> {
    one(format!("ALTER {} {} TRIGGER {}", at.on_object(), enabled.verb(), Ident::new(at.key.name())))
}
