//! A trigger on a table, view or foreign table; constraint triggers among them.
//!
//! CREATE OR REPLACE TRIGGER changes an ordinary trigger in place and turns it on again, so its enabled state is set
//! after it. A constraint trigger cannot be replaced that way. The copies that partitions have are not facts: they
//! follow the trigger of the parent.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::rule::Enabled;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

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
    /// Its WHEN reads columns, and even a column that UPDATE OF merely names cannot change its type.
    const STANDS_ON_TYPE: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(&self.definition);
        if self.enabled != Enabled::Origin {
            statements.push(self.enable(at));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP {}", self.object(at)))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { definition, constraint, enabled } = to;
        if *definition == self.definition && *constraint == self.constraint {
            return Alter::in_place(if *enabled == self.enabled { Vec::new() } else { vec![to.enable(at)] });
        }
        if *constraint || self.constraint {
            return Alter::replace("a constraint trigger cannot be changed");
        }
        let mut statements = one(definition.replacen("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1));
        if *enabled != Enabled::Origin {
            statements.push(to.enable(at));
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

impl Trigger {
    fn enable(&self, at: &Site) -> Statement {
        let table = at.key.on().map(Key::sql).unwrap_or_default();
        Statement::new(format!("ALTER TABLE {table} {} TRIGGER {}", self.enabled.verb(), Ident::new(at.key.name())))
    }
}
