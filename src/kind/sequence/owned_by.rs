//! The column that owns a sequence, as that of a serial column: the sequence is dropped along with it.
//!
//! A fact of its own because the column's default needs the sequence, and the owner is the column.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::key::{Attached, Child, Scoped};
use crate::kind::sequence::position::{go_on, numbering, numbers};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OwnedBy {
    pub table_schema: Ident,
    pub table_name: Ident,
    pub column_name: Ident,
}

impl Kind for OwnedBy {
    const LABEL: &'static str = "owning column";
    const QUERY: &'static str = include_str!("owned_by.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let Self { table_schema, table_name, column_name } = self;
        let mut statements =
            one(format!("ALTER SEQUENCE {} OWNED BY {table_schema}.{table_name}.{column_name}", at.sql()));
        statements.extend(self.go_on(at));
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER SEQUENCE {} OWNED BY NONE", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { table_schema, table_name, column_name } = to;
        let same = (table_schema, table_name, column_name) == (&self.table_schema, &self.table_name, &self.column_name);
        if same { Alter::Equivalent } else { Alter::in_place(to.create(at)) }
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        self.column(at).into_iter().collect()
    }

    /// The sequence and the table must have the same owner.
    fn follows(&self, at: &Site) -> Vec<Key> {
        let table = self.column(at).and_then(|column| column.on().cloned());
        at.key.on().cloned().into_iter().chain(table).map(|of| Key::Owner(Attached::new(of))).collect()
    }

    /// What numbered the column before is gone by then, and its position kept.
    fn slots(&self, at: &Site) -> Vec<Slot> {
        self.column(at).map(numbers).into_iter().collect()
    }

    /// A sequence that stays when its column goes is set free first.
    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|sequence| dropped(sequence)).cloned()
    }
}

impl OwnedBy {
    /// Where the sequence is new, and numbers the rows of a column that is not.
    fn go_on(&self, at: &Site) -> Option<Statement> {
        let (sequence, column) = (at.key.on()?, self.column(at)?);
        let new = !at.there.contains(sequence) && numbering(at, &column).is_some_and(|of| of.key == *sequence);
        new.then(|| go_on(at, &column)).flatten()
    }

    /// The column's fact, in the state that this one is in.
    pub fn column(&self, at: &Site) -> Option<Key> {
        let table = Scoped::new(self.table_schema.as_str(), self.table_name.as_str());
        let column = |table| Key::Column(Child::new(table, self.column_name.as_str()));
        [Key::Table(table.clone()), Key::ForeignTable(table)].map(column).into_iter().find(|key| at.here.contains(key))
    }
}
