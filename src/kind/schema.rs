//! A schema: a name, nothing else. Its owner, comment and privileges are facts of their own.
//!
//! `public` exists in every new database, so it is read like any other, and where it has to be created it is made as
//! initdb makes it; `pg_*` and `information_schema` are the system's.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::comment::comment_on;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Schema {
    /// For the schema of that name.
    pub public: Carried<Option<Public>>,
}

/// What initdb gives the schema public beyond its name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Public {
    /// None for whoever creates it.
    pub owner: Option<Ident>,
    /// What everybody may do.
    pub privileges: Vec<String>,
    pub comment: String,
}

impl Kind for Schema {
    const LABEL: &'static str = "schema";
    const QUERY: &'static str = include_str!("schema.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(format!("CREATE SCHEMA {}", at.sql()));
        if let Some(public) = &self.public.0 {
            let owner = public.owner.iter().map(|owner| format!("ALTER SCHEMA public OWNER TO {owner}"));
            let grant = format!("GRANT {} ON SCHEMA public TO PUBLIC", public.privileges.join(", "));
            let comment = comment_on("SCHEMA public", Some(&public.comment));
            statements.extend(owner.chain([grant, comment]).map(Statement::new));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP SCHEMA {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { public: _ } = to;
        Alter::Equivalent
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER SCHEMA {} RENAME TO {}", at.sql(), to.sql()))
    }
}
