//! An event trigger. It would fire on the plan's own statements: it is created when everything else is done, and dropped
//! first. Only whether it is enabled can be changed.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, literal};
use crate::kind::rule::Enabled;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EventTrigger {
    pub event: String,
    /// Qualified.
    pub function: String,
    /// Command tags; empty for all.
    pub tags: Vec<String>,
    pub enabled: Enabled,
}

impl Kind for EventTrigger {
    const LABEL: &'static str = "event trigger";
    const QUERY: &'static str = include_str!("event_trigger.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE EVENT TRIGGER {} ON {}", at.sql(), self.event);
        if !self.tags.is_empty() {
            let tags: Vec<String> = self.tags.iter().map(|tag| literal(tag)).collect();
            sql.push_str(&format!("\n    WHEN TAG IN ({})", tags.join(", ")));
        }
        let mut statements = one(format!("{sql}\n    EXECUTE FUNCTION {}()", self.function));
        if self.enabled != Enabled::Origin {
            statements.push(self.enable(at));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP EVENT TRIGGER {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { event, function, tags, enabled } = to;
        if (event, function, tags) != (&self.event, &self.function, &self.tags) {
            return Alter::replace("the event, the tags and the function of an event trigger cannot be changed");
        }
        Alter::in_place(if *enabled == self.enabled { Vec::new() } else { vec![to.enable(at)] })
    }

    fn follows(&self, at: &Site) -> Vec<Key> {
        at.here.keys().filter(|key| !matches!(key.root(), Key::EventTrigger(_))).cloned().collect()
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER EVENT TRIGGER {} RENAME TO {}", at.sql(), Ident::new(to.name())))
    }
}

impl EventTrigger {
    fn enable(&self, at: &Site) -> Statement {
        Statement::new(format!("ALTER EVENT TRIGGER {} {}", at.sql(), self.enabled.verb()))
    }
}
