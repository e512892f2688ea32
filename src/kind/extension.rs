//! An extension and the schema it is in. What it brought along belongs to it and is not looked at.
//!
//! Its version is carried, not compared: which one there is depends on the server, and an update is asked for by
//! whoever declares a version.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::key::Global;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extension {
    pub schema: Ident,
    pub version: Carried<String>,
    /// Whether Postgres can move it to another schema.
    pub relocatable: Carried<bool>,
    /// Whether it keeps rows of the user's in tables of its own (`pg_extension.extconfig`).
    pub keeps_rows: Carried<bool>,
}

impl Kind for Extension {
    const LABEL: &'static str = "extension";
    const QUERY: &'static str = include_str!("extension.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE EXTENSION {} WITH SCHEMA {}", at.sql(), self.schema))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP EXTENSION {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { schema, version: _, relocatable: _, keeps_rows: _ } = to;
        if *schema == self.schema {
            return Alter::Equivalent;
        }
        if !self.relocatable.0 {
            return Alter::replace("the extension cannot be moved to another schema");
        }
        Alter::in_place(one(format!("ALTER EXTENSION {} SET SCHEMA {schema}", at.sql())))
    }

    fn requires(&self, _at: &Site) -> Vec<Key> {
        vec![Key::Schema(Global { name: self.schema.clone() })]
    }

    fn loses(&self, at: &Site) -> Option<String> {
        self.keeps_rows.0.then(|| format!("the rows in the tables of extension {}", at.sql()))
    }
}
