//! A conversion between two encodings. Postgres changes nothing of it but its name, schema and owner.

use serde::{Deserialize, Serialize};

use crate::base::name::literal;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conversion {
    pub default: bool,
    pub from: String,
    pub to: String,
    pub function: String,
}

impl Kind for Conversion {
    const LABEL: &'static str = "conversion";
    const QUERY: &'static str = include_str!("conversion.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let Self { default, from, to, function } = self;
        let default = if *default { "DEFAULT " } else { "" };
        let (from, to) = (literal(from), literal(to));
        one(format!("CREATE {default}CONVERSION {} FOR {from} TO {to} FROM {function}", at.sql()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP CONVERSION {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { default, from, to, function } = to;
        let same = (default, from, to, function) == (&self.default, &self.from, &self.to, &self.function);
        if same { Alter::Equivalent } else { Alter::replace("a conversion cannot be changed") }
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("CONVERSION", at.key, to)
    }
}
