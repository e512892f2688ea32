//! As whom a role, or everybody, logs in at a foreign server. It stands on the server and has the role's name.
//!
//! The password is an option too, and as a secret is not read; see `foreign_options`. To those whom a mapping does not
//! concern Postgres shows no options, so what they see of it is no fact.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::foreign_options::{ForeignOptions, Secrets, change, clause, loss};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UserMapping {
    /// Whether it is for everybody who has none of his own.
    pub public: bool,
    pub options: ForeignOptions,
    pub secrets: Secrets,
}

impl Kind for UserMapping {
    const LABEL: &'static str = "user mapping";
    const QUERY: &'static str = include_str!("user_mapping.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE {}{}", self.object(at), clause(&self.options)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP {}", self.object(at)))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { public: _, options, secrets: _ } = to;
        let change = change(&self.options, options);
        Alter::in_place(change.map(|change| one(format!("ALTER {} {change}", self.object(at)))).unwrap_or_default())
    }

    /// DROP SERVER does not take it along.
    fn dropped_with(&self, _at: &Site, _dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        None
    }

    fn object(&self, at: &Site) -> String {
        let role = if self.public { "PUBLIC".to_owned() } else { Ident::new(at.key.name()).to_string() };
        format!("USER MAPPING FOR {role} SERVER {}", at.key.on().map(Key::sql).unwrap_or_default())
    }

    fn loses(&self, at: &Site) -> Option<String> {
        loss(&self.secrets, &format!("the mapping of {}", at.key.name()))
    }
}
