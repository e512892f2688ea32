//! A table in a publication, with the columns and the rows of it that are published.
//!
//! There is no statement that changes one table of a publication: it leaves and comes back in one go.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, Qualified};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::table_key;
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicationTable {
    pub table_schema: Ident,
    pub table_name: Ident,
    /// None for all columns.
    pub columns: Option<BTreeSet<Ident>>,
    /// As `pg_get_expr` prints it.
    pub filter: Option<String>,
}

impl Kind for PublicationTable {
    const LABEL: &'static str = "published table";
    const QUERY: &'static str = include_str!("table.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} ADD TABLE {}", at.on_object(), self.written()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} DROP TABLE {}", at.on_object(), self.table()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { table_schema: _, table_name: _, columns, filter } = to;
        if (columns, filter) == (&self.columns, &self.filter) {
            return Alter::Equivalent;
        }
        let mut statements = self.drop(at);
        statements.extend(to.create(at));
        Alter::in_place(statements)
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let table = table_key(self.table_schema.as_str(), self.table_name.as_str());
        at.key.on().cloned().into_iter().chain([table]).find(|key| dropped(key))
    }

    fn folds_into(&self, at: &Site) -> Option<Key> {
        at.key.on().cloned()
    }

    fn clause(&self, _at: &Site) -> Option<String> {
        Some(self.written())
    }

    /// The type of a column that is named here cannot be changed.
    fn stands_on_type(&self) -> bool {
        self.columns.is_some() || self.filter.is_some()
    }
}

impl PublicationTable {
    fn table(&self) -> Qualified {
        Qualified { schema: self.table_schema.clone(), name: self.table_name.clone() }
    }

    /// The table itself and not its children, which are members of their own.
    fn written(&self) -> String {
        let mut sql = format!("ONLY {}", self.table());
        if let Some(columns) = &self.columns {
            let columns: Vec<String> = columns.iter().map(Ident::to_string).collect();
            sql.push_str(&format!(" ({})", columns.join(", ")));
        }
        sql.extend(self.filter.as_ref().map(|filter| format!(" WHERE ({filter})")));
        sql
    }
}
