//! Extended statistics. Postgres changes nothing of them in place but the target.
//!
//! They go with their table, and with any of its columns that they are about.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::key::{Child, Scoped};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Statistics {
    /// As `pg_get_statisticsobjdef` prints it.
    pub definition: String,
    /// None for that of the columns.
    pub target: Option<i32>,
    pub table_schema: Ident,
    pub table_name: Ident,
    /// Those that are not in an expression.
    pub columns: Vec<Ident>,
}

impl Kind for Statistics {
    const LABEL: &'static str = "statistics";
    const QUERY: &'static str = include_str!("statistics.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(&self.definition);
        if self.target.is_some() {
            statements.push(self.set_target(at));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP STATISTICS {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { definition, target, table_schema, table_name, columns } = to;
        let same = (definition, table_schema, table_name, columns)
            == (&self.definition, &self.table_schema, &self.table_name, &self.columns);
        if !same {
            return Alter::replace("what statistics are about cannot be changed");
        }
        Alter::in_place(if *target == self.target { Vec::new() } else { vec![to.set_target(at)] })
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        self.relations().into_iter().filter(|table| at.here.contains(table)).collect()
    }

    fn dropped_with(&self, _at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let column = |table: &Key| {
            let columns = self.columns.iter().map(|column| Key::Column(Child::new(table.clone(), column.as_str())));
            columns.into_iter().find(|column| dropped(column))
        };
        self.relations().into_iter().find_map(|table| if dropped(&table) { Some(table) } else { column(&table) })
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("STATISTICS", at.key, to)
    }
}

impl Statistics {
    fn set_target(&self, at: &Site) -> Statement {
        let target = self.target.unwrap_or(-1);
        Statement::new(format!("ALTER STATISTICS {} SET STATISTICS {target}", at.sql()))
    }

    /// What the relation they are on may be.
    fn relations(&self) -> Vec<Key> {
        let name = Scoped::new(self.table_schema.as_str(), self.table_name.as_str());
        vec![Key::Table(name.clone()), Key::ForeignTable(name.clone()), Key::MaterializedView(name)]
    }
}
