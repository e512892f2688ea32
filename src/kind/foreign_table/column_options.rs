//! What a foreign-data wrapper is told about a column of a foreign table.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::foreign_options::{ForeignOptions, Secrets, change, loss};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ColumnOptions {
    pub options: ForeignOptions,
    pub secrets: Secrets,
}

impl Kind for ColumnOptions {
    const LABEL: &'static str = "options";
    const QUERY: &'static str = include_str!("column_options.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        from_to(&ForeignOptions::new(), &self.options, at)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        from_to(&self.options, &ForeignOptions::new(), at)
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { options, secrets: _ } = to;
        Alter::in_place(from_to(&self.options, options, at))
    }

    fn loses(&self, at: &Site) -> Option<String> {
        loss(&self.secrets, &at.sql())
    }
}

fn from_to(from: &ForeignOptions, to: &ForeignOptions, at: &Site) -> Vec<Statement> {
    let column = at.key.on();
    let table = column.and_then(Key::on).map(Key::sql).unwrap_or_default();
    let column = Ident::new(column.map(Key::name).unwrap_or_default());
    let alter = |change| one(format!("ALTER FOREIGN TABLE {table} ALTER COLUMN {column} {change}"));
    change(from, to).map(alter).unwrap_or_default()
}
