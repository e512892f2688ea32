//! How a procedural language sees values of a type. CREATE OR REPLACE changes all of it.

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::key::Shape;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

/// Named by its type and language.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct ForLanguage {
    pub type_name: String,
    pub language: Ident,
}

impl Shape for ForLanguage {
    fn name(&self) -> &str {
        ""
    }
    fn renamed(&self, _name: &str) -> Self {
        self.clone()
    }
    fn sql(&self) -> String {
        format!("FOR {} LANGUAGE {}", self.type_name, self.language)
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transform {
    pub from_sql: Option<String>,
    pub to_sql: Option<String>,
}

impl Kind for Transform {
    const LABEL: &'static str = "transform";
    const QUERY: &'static str = include_str!("transform.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE {}", self.definition(at)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TRANSFORM {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        if to == self {
            Alter::Equivalent
        } else {
            Alter::in_place(one(format!("CREATE OR REPLACE {}", to.definition(at))))
        }
    }
}

impl Transform {
    fn definition(&self, at: &Site) -> String {
        let Self { from_sql, to_sql } = self;
        let from = from_sql.as_ref().map(|function| format!("FROM SQL WITH FUNCTION {function}"));
        let to = to_sql.as_ref().map(|function| format!("TO SQL WITH FUNCTION {function}"));
        let functions: Vec<String> = from.into_iter().chain(to).collect();
        format!("TRANSFORM {} ({})", at.sql(), functions.join(", "))
    }
}
