//! A schema: a name, nothing else. Its owner, comment and privileges are facts of their own.
//!
//! `public` exists in every new database, so it is read like any other; `pg_*` and `information_schema` are the system's.

use serde::{Deserialize, Serialize};

use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Schema {}

impl Kind for Schema {
    const LABEL: &'static str = "schema";
    const QUERY: &'static str = include_str!("schema.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE SCHEMA {}", at.sql()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP SCHEMA {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self {} = to;
        Alter::Equivalent
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER SCHEMA {} RENAME TO {}", at.sql(), to.sql()))
    }
}
