//! A cast between two types. Nothing of it can be changed.

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::key::Shape;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

/// Named by its two types.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Types {
    pub from: String,
    pub to: String,
}

impl Shape for Types {
    fn name(&self) -> &str {
        ""
    }
    fn renamed(&self, _name: &str) -> Self {
        self.clone()
    }
    fn sql(&self) -> String {
        format!("({} AS {})", self.from, self.to)
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cast {
    /// `pg_cast.castmethod`: by a function, by text, or binary coercible.
    pub method: String,
    pub function: Option<String>,
    /// `pg_cast.castcontext`.
    pub context: String,
}

impl Kind for Cast {
    const LABEL: &'static str = "cast";
    const QUERY: &'static str = include_str!("cast.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let how = match (self.method.as_str(), &self.function) {
            ("i", _) => "WITH INOUT".to_owned(),
            (_, Some(function)) => format!("WITH FUNCTION {function}"),
            (_, None) => "WITHOUT FUNCTION".to_owned(),
        };
        let when = match self.context.as_str() {
            "a" => " AS ASSIGNMENT",
            "i" => " AS IMPLICIT",
            _ => "",
        };
        one(format!("CREATE CAST {} {how}{when}", at.sql()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP CAST {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { method, function, context } = to;
        let same = (method, function, context) == (&self.method, &self.function, &self.context);
        if same { Alter::Equivalent } else { Alter::replace("a cast cannot be changed") }
    }
}
