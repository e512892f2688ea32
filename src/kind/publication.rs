//! A publication: what it publishes of which changes. Its tables and schemas are facts that stand on it, and are written
//! within CREATE PUBLICATION where order allows. Whether it is for all tables cannot be changed.

pub mod schema;
pub mod table;

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, literal};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a column of the catalog")]
pub struct Publication {
    pub all_tables: bool,
    pub insert: bool,
    pub update: bool,
    pub delete: bool,
    pub truncate: bool,
    pub via_root: bool,
    /// Stored generated columns (18).
    pub generated_columns: bool,
}

impl Kind for Publication {
    const LABEL: &'static str = "publication";
    const QUERY: &'static str = include_str!("publication.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE PUBLICATION {}", at.sql());
        let within = |tables: bool| -> Vec<String> {
            let absorbed = at.here.standing_on(at.key).filter(|(key, _)| at.absorbed.contains(key));
            let wanted = absorbed.filter(|(key, _)| matches!(key, Key::PublicationTable(_)) == tables);
            wanted.filter_map(|(key, body)| body.clause(&at.of(key))).collect()
        };
        let lists = [("TABLE", within(true)), ("TABLES IN SCHEMA", within(false))];
        let objects: Vec<String> = lists
            .iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(what, list)| format!("{what} {}", list.join(", ")))
            .collect();
        if self.all_tables {
            sql.push_str(" FOR ALL TABLES");
        } else if !objects.is_empty() {
            sql.push_str(&format!("\n    FOR {}", objects.join(",\n    ")));
        }
        let plain = Self {
            all_tables: self.all_tables,
            insert: true,
            update: true,
            delete: true,
            truncate: true,
            via_root: false,
            generated_columns: false,
        };
        let settings = plain.settings(self);
        if !settings.is_empty() {
            sql.push_str(&format!("\n    WITH ({})", settings.join(", ")));
        }
        one(sql)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP PUBLICATION {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        if to.all_tables != self.all_tables {
            return Alter::replace("whether a publication is for all tables cannot be changed");
        }
        let settings = self.settings(to);
        if settings.is_empty() {
            return Alter::Equivalent;
        }
        Alter::in_place(one(format!("ALTER PUBLICATION {} SET ({})", at.sql(), settings.join(", "))))
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!("ALTER PUBLICATION {} RENAME TO {}", at.sql(), Ident::new(to.name())))
    }
}

impl Publication {
    /// The parameters that lead from this one to that one.
    fn settings(&self, to: &Self) -> Vec<String> {
        let Self { all_tables: _, insert, update, delete, truncate, via_root, generated_columns } = to;
        let mut settings = Vec::new();
        if (insert, update, delete, truncate) != (&self.insert, &self.update, &self.delete, &self.truncate) {
            let all = [("insert", insert), ("update", update), ("delete", delete), ("truncate", truncate)];
            let published: Vec<&str> = all.iter().filter(|(_, on)| **on).map(|(name, _)| *name).collect();
            settings.push(format!("publish = {}", literal(&published.join(", "))));
        }
        if *via_root != self.via_root {
            settings.push(format!("publish_via_partition_root = {via_root}"));
        }
        if *generated_columns != self.generated_columns {
            let which = if *generated_columns { "stored" } else { "none" };
            settings.push(format!("publish_generated_columns = {which}"));
        }
        settings
    }
}
