//! A column's default. Created with the column where the column is created, so that existing rows get it.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::key::{Attached, Child};
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::table::{inheritance, partition};
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Default {
    pub expression: String,
    /// Whether it calls a volatile function, so that every row has a value of its own.
    #[serde(default)]
    pub volatile: Carried<bool>,
}

impl Kind for Default {
    const LABEL: &'static str = "default";
    const QUERY: &'static str = include_str!("default.sql");
    const PRINTS: bool = true;
    /// Postgres casts a default to the column's new type, which is not what was declared.
    const STANDS_ON_TYPE: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(alter_column(at, &format!("SET DEFAULT {}", self.expression)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(alter_column(at, "DROP DEFAULT"))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { expression, volatile: _ } = to;
        if *expression == self.expression {
            return Alter::Equivalent;
        }
        Alter::in_place(one(alter_column(at, &format!("SET DEFAULT {expression}"))))
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let column = at.key.on()?;
        let Body::Column(body) = at.here.get(column)? else { return None };
        if !created(column) {
            return None;
        }
        let table = column.on()?;
        let from_parent = body.inherited.0 && !(body.local.0 && created(table));
        let parents: Vec<Key> = inheritance::parent_tables(at.here, table)
            .chain(partition::parent_table(at.here, table).filter(|_| !created(table)))
            .map(|parent| Key::Default(Attached::new(Key::Column(Child::new(parent, column.name())))))
            .collect();
        if !from_parent || parents.is_empty() {
            return Some(column.clone());
        }
        let same = |key: &Key| matches!(at.here.get(key), Some(Body::Default(parent)) if parent == self);
        parents.iter().any(same).then(|| column.clone())
    }

    fn clause(&self, _at: &Site) -> Option<String> {
        Some(format!("DEFAULT {}", self.expression))
    }

    /// Without a parenthesis nothing is called.
    fn runs_routines(&self) -> bool {
        self.expression.contains('(')
    }
}

fn alter_column(at: &Site, clause: &str) -> String {
    let column = at.key.on();
    let table = column.and_then(Key::on).map(Key::sql).unwrap_or_default();
    format!("ALTER TABLE ONLY {table} ALTER COLUMN {} {clause}", Ident::new(column.map(Key::name).unwrap_or_default()))
}
