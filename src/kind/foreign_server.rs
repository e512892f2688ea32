//! A foreign server. Its wrapper and its type cannot be changed.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, literal};
use crate::kind::foreign_options::{ForeignOptions, Secrets, change, clause, loss};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForeignServer {
    pub wrapper: Ident,
    #[serde(rename = "type")]
    pub server_type: Option<String>,
    pub version: Option<String>,
    pub options: ForeignOptions,
    pub secrets: Secrets,
}

impl Kind for ForeignServer {
    const LABEL: &'static str = "foreign server";
    const QUERY: &'static str = include_str!("foreign_server.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE SERVER {}", at.sql());
        sql.extend(self.server_type.as_ref().map(|name| format!(" TYPE {}", literal(name))));
        sql.extend(self.version.as_ref().map(|version| format!(" VERSION {}", literal(version))));
        sql.push_str(&format!(" FOREIGN DATA WRAPPER {}", self.wrapper));
        one(sql + &clause(&self.options))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP SERVER {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { wrapper, server_type, version, options, secrets: _ } = to;
        if (wrapper, server_type) != (&self.wrapper, &self.server_type) {
            return Alter::replace("the wrapper and the type of a foreign server cannot be changed");
        }
        let mut clauses = Vec::new();
        if *version != self.version {
            let version = version.as_ref().map_or_else(|| "NULL".to_owned(), |version| literal(version));
            clauses.push(format!("VERSION {version}"));
        }
        clauses.extend(change(&self.options, options));
        if clauses.is_empty() {
            return Alter::Equivalent;
        }
        Alter::in_place(one(format!("ALTER SERVER {} {}", at.sql(), clauses.join(" "))))
    }

    fn object(&self, at: &Site) -> String {
        format!("SERVER {}", at.sql())
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("FOREIGN SERVER {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER SERVER {} RENAME TO {}", at.sql(), Ident::new(to.name())))
    }

    fn loses(&self, at: &Site) -> Option<String> {
        loss(&self.secrets, &at.sql())
    }
}
