//! A rewrite rule on a table or view.
//!
//! CREATE OR REPLACE RULE changes everything about one but whether it is enabled, which it leaves as it is.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// As `pg_get_ruledef` prints it, without the closing semicolon.
    pub definition: String,
    pub enabled: Enabled,
}

/// When a rule or trigger fires, as `session_replication_role` stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Enabled {
    #[serde(rename = "O")]
    Origin,
    #[serde(rename = "D")]
    Disabled,
    #[serde(rename = "R")]
    Replica,
    #[serde(rename = "A")]
    Always,
}

impl Enabled {
    /// The verb of ALTER TABLE.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Origin => "ENABLE",
            Self::Disabled => "DISABLE",
            Self::Replica => "ENABLE REPLICA",
            Self::Always => "ENABLE ALWAYS",
        }
    }
}

impl Kind for Rule {
    const LABEL: &'static str = "rule";
    const QUERY: &'static str = include_str!("rule.sql");
    const STANDS_ON_TYPE: bool = true;
    const PRINTS: bool = true;

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
        let Self { definition, enabled } = to;
        let mut statements = Vec::new();
        if *definition != self.definition {
            statements.push(Statement::new(definition.replacen("CREATE RULE", "CREATE OR REPLACE RULE", 1)));
        }
        if *enabled != self.enabled {
            statements.push(to.enable(at));
        }
        Alter::in_place(statements)
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        at.key
            .on()
            .map(|on| Slot::Within(Box::new(on.clone()), format!("rule {}", at.key.name())))
            .into_iter()
            .collect()
    }

    fn object(&self, at: &Site) -> String {
        format!("RULE {} ON {}", Ident::new(at.key.name()), at.key.on().map(Key::sql).unwrap_or_default())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER {} RENAME TO {}", self.object(at), Ident::new(to.name())))
    }
}

impl Rule {
    fn enable(&self, at: &Site) -> Statement {
        let table = at.key.on().map(Key::sql).unwrap_or_default();
        Statement::new(format!("ALTER TABLE {table} {} RULE {}", self.enabled.verb(), Ident::new(at.key.name())))
    }
}
