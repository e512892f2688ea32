//! A foreign table. Its columns, constraints, triggers and parents are read as those of a table are; what the wrapper is
//! told about a column is in `foreign_table/column_options`. It cannot move to another server.

pub mod column_options;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::foreign_options::{ForeignOptions, Secrets, change, clause, loss};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::{columns, inheritance};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForeignTable {
    pub server: Ident,
    pub options: ForeignOptions,
    pub secrets: Secrets,
}

impl Kind for ForeignTable {
    const LABEL: &'static str = "foreign table";
    const QUERY: &'static str = include_str!("foreign_table.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let absorbed: Vec<_> =
            columns(at.here, at.key).into_iter().filter(|(key, _)| at.absorbed.contains(key)).collect();
        let written = absorbed.iter().filter(|(_, column)| column.written_in(at));
        let elements: Vec<String> = written.filter_map(|(key, column)| Kind::clause(*column, &at.of(key))).collect();
        let body = elements.iter().map(|element| format!("\n    {element}")).collect::<Vec<_>>().join(",");
        let mut sql = format!("CREATE FOREIGN TABLE {} ({body}\n)", at.sql());
        let parents = inheritance::parents(at);
        if !parents.is_empty() {
            sql.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
        }
        sql.push_str(&format!("\nSERVER {}", self.server));
        let mut statements = one(sql + &clause(&self.options));
        for (key, column) in absorbed {
            statements.extend(column.settings(&at.of(key)));
        }
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP FOREIGN TABLE {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { server, options, secrets: _ } = to;
        if *server != self.server {
            return Alter::replace("a foreign table cannot move to another server");
        }
        let change = change(&self.options, options);
        let alter = change.map(|change| one(format!("ALTER FOREIGN TABLE {} {change}", at.sql())));
        Alter::in_place(alter.unwrap_or_default())
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        Slot::of_relation(at.key)
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("TABLE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("FOREIGN TABLE", at.key, to)
    }

    fn loses(&self, at: &Site) -> Option<String> {
        loss(&self.secrets, &at.sql())
    }
}
