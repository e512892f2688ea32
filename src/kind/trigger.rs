//! A trigger on a table, view or foreign table; constraint triggers among them.
//!
//! CREATE OR REPLACE TRIGGER changes an ordinary trigger in place and turns it on again, so its enabled state is set
//! after it, and so is that of the copies that partitions have (see `trigger/copy`). A constraint trigger cannot be
//! replaced that way.

pub mod copy;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::rule::Enabled;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trigger {
    /// As `pg_get_triggerdef` prints it.
    pub definition: String,
    pub constraint: bool,
    pub enabled: Enabled,
}

impl Kind for Trigger {
    const LABEL: &'static str = "trigger";
    const QUERY: &'static str = include_str!("trigger.sql");
    const PRINTS: bool = true;
    /// Its WHEN reads columns, and even a column that UPDATE OF merely names cannot change its type.
    const STANDS_ON_TYPE: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(&self.definition);
        if self.enabled != Enabled::Origin {
            statements.push(enable(at.key, self.enabled));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP {}", self.object(at)))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { definition, constraint, enabled } = to;
        let mut statements = Vec::new();
        if *definition != self.definition || *constraint != self.constraint {
            if *constraint || self.constraint {
                return Alter::replace("a constraint trigger cannot be changed");
            }
            statements.push(Statement::new(definition.replacen("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1)));
        }
        let now = if statements.is_empty() { self.enabled } else { Enabled::Origin };
        if *enabled != now {
            statements.push(enable(at.key, *enabled));
        }
        if !statements.is_empty() {
            statements.extend(copies_again(at));
        }
        Alter::in_place(statements)
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        let within = |on: &Key| Slot::Within(Box::new(on.clone()), format!("trigger {}", at.key.name()));
        at.key.on().map(within).into_iter().collect()
    }

    fn object(&self, at: &Site) -> String {
        format!("TRIGGER {} ON {}", Ident::new(at.key.name()), at.key.on().map(Key::sql).unwrap_or_default())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER {} RENAME TO {}", self.object(at), Ident::new(to.name())))
    }
}

/// ALTER TABLE for the state of the trigger with this key.
pub fn enable(trigger: &Key, enabled: Enabled) -> Statement {
    let table = trigger.on().map(Key::sql).unwrap_or_default();
    Statement::new(format!("ALTER TABLE {table} {} TRIGGER {}", enabled.verb(), Ident::new(trigger.name())))
}

/// The state of the copies that keep one of their own, which any change of the trigger sets to the trigger's.
fn copies_again(at: &Site) -> Vec<Statement> {
    let copies = at.here.iter().filter(|(_, body)| matches!(body, Body::TriggerCopy(copy) if copy.root() == *at.key));
    copies
        .filter(|(key, body)| at.there.get(key) == Some(body))
        .filter_map(|(key, body)| match body {
            Body::TriggerCopy(copy) => Some(enable(key, copy.enabled)),
            _ => None,
        })
        .collect()
}
