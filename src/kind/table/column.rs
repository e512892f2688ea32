//! A column of a table: its type and everything that `pg_attribute` says of it.
//!
//! Its default and its identity are facts of their own, because they depend on other things than the column does. A
//! generated column's expression is part of it: Postgres can neither set nor (before 17) change one, so that is a
//! replacement. An inherited column follows its parent's ADD, TYPE and SET NOT NULL; what differs after that is
//! changed on the child alone. The position of a column in an existing table is no difference.

mod change;
mod definition;
mod inherited;
pub mod not_null;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::key::Child;
use crate::kind::statement::{Alter, Change, Hazard, Statement, one};
use crate::kind::table::column::inherited::{attribute, inherited_from, was_child};
use crate::kind::table::column::not_null::NotNull;
use crate::kind::table::{is_remade, lineage};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Column {
    pub position: Carried<i16>,
    pub type_name: String,
    /// Qualified; none where it is that of the type.
    pub collation: Option<String>,
    /// `pg_attribute.attnotnull`, which is also true of one that is not validated.
    pub not_null: bool,
    /// From 18 on of every column that is NOT NULL. Left out where there is none, so that a fingerprint is what it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null_constraint: Option<NotNull>,
    /// The expression of a generated column.
    pub generated: Option<String>,
    /// Computed when read instead of when written (18).
    #[serde(rename = "virtual")]
    pub is_virtual: bool,
    /// `pg_attribute.attstorage`; none where it is that of the type.
    pub storage: Option<String>,
    /// `pg_type.typstorage`.
    pub type_storage: Carried<String>,
    /// `pg_attribute.attcompression`.
    pub compression: Option<String>,
    pub statistics: Option<i32>,
    pub options: Vec<String>,
    pub inherited: Carried<bool>,
    pub local: Carried<bool>,
}

impl Kind for Column {
    const LABEL: &'static str = "column";
    const QUERY: &'static str = include_str!("column.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let (table, clause) = (at.on_object(), self.definition(at));
        let mut statements = one(format!("ALTER {table} ADD COLUMN {clause}"));
        if self.generated.is_some() && !self.is_virtual {
            let why = "a stored generated column is computed for every row";
            statements[0].hazards.push(Hazard::Rewrites(why.to_owned()));
        }
        if self.not_null && self.generated.is_none() && !is_foreign(at) && !self.is_filled(at) {
            let why = "a row that is there already has no value for it";
            statements[0].hazards.push(Hazard::DependsOnData(why.to_owned()));
        }
        statements.extend(self.settings(at));
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} DROP COLUMN {}", at.on_object(), Ident::new(at.key.name())))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let from = self.after_parents(at);
        if from.generated.is_some() && to.generated.is_none() && from.type_name == to.type_name {
            let mut plain = from.clone();
            plain.generated = None;
            let mut change = plain.changes(to, at);
            change.statements.insert(0, Statement::new(from.clause_of(at, "DROP EXPRESSION")));
            return Alter::InPlace(change);
        }
        if from.generated != to.generated || from.is_virtual != to.is_virtual {
            let why = match from.generated {
                Some(_) => "the expression of a generated column cannot be changed",
                None => "a plain column cannot become generated",
            };
            return Alter::replace(why);
        }
        if let Some(why) = moves_key(at) {
            return Alter::replace(why);
        }
        let change = from.changes(to, at);
        if change.statements.is_empty() { Alter::Equivalent } else { Alter::InPlace(change) }
    }

    fn remakes(&self, at: &Site) -> Option<String> {
        moves_key(&Site { here: at.there, there: at.here, ..*at })
    }

    fn follows(&self, at: &Site) -> Vec<Key> {
        inherited_from(at, self)
    }

    /// DROP NOT NULL reaches what is under the table, also columns that are to stay NOT NULL there.
    fn reaches(&self, at: &Site) -> Vec<Key> {
        let below = at.key.on().map(|table| lineage::below(at.here, table)).unwrap_or_default();
        below.into_iter().map(|table| Key::Column(Child::new(table, at.key.name()))).collect()
    }

    /// A column that is declared here as well stays, inherited no more, when the parent's is dropped.
    fn outlives(&self, at: &Site) -> Vec<Key> {
        inherited_from(at, self)
    }

    /// A generated column reads the columns of its expression.
    fn stands_on_type(&self) -> bool {
        self.generated.is_some()
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let table = at.key.on()?;
        if created(table) {
            return Some(table.clone());
        }
        // The ADD COLUMN of a parent reaches what is under it, which nothing is where the parent itself is new.
        let reaches = |parent: &Key| was_child(at) && !parent.on().is_some_and(created);
        let parents = inherited_from(at, self).into_iter().filter(reaches);
        parents.chain(attribute(at)).find(|parent| created(parent))
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        let table = at.key.on()?;
        if dropped(table) {
            return Some(table.clone());
        }
        let follows = !self.local.0 && !lineage::is_detached(at, table, dropped);
        let parents = inherited_from(at, self).into_iter().filter(|_| follows);
        parents.chain(attribute(at)).find(|parent| dropped(parent))
    }

    fn copy_of(&self, at: &Site) -> Vec<Key> {
        let Some(table) = at.key.on().filter(|table| !is_remade(at, table)) else { return Vec::new() };
        let later: Vec<Key> = lineage::parents(at.there, table).collect();
        let under = |on: &Key| later.contains(on) && !is_remade(at, on);
        let stays = |column: &Key| at.there.contains(column) && column.on().is_some_and(under);
        inherited_from(at, self).into_iter().filter(stays).collect()
    }

    fn copies(&self, at: &Site) -> Vec<Key> {
        let Some(table) = at.key.on() else { return Vec::new() };
        let below = lineage::children(at.here, table);
        let columns = below.map(|child| Key::Column(Child::new(child.clone(), at.key.name())));
        let copy = |key: &Key| at.here.get(key).is_some_and(|body| body.copy_of(&at.of(key)).contains(at.key));
        columns.filter(copy).collect()
    }

    fn clause(&self, at: &Site) -> Option<String> {
        Some(self.definition(at))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        at.key.on().map(|on| Slot::Within(Box::new(on.clone()), at.key.name().to_owned())).into_iter().collect()
    }

    fn object(&self, at: &Site) -> String {
        format!("COLUMN {}", at.sql())
    }

    fn grant_object(&self, at: &Site) -> String {
        format!("TABLE {}", at.key.on().map(Key::sql).unwrap_or_default())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        one(format!(
            "ALTER {} RENAME COLUMN {} TO {}",
            at.on_object(),
            Ident::new(at.key.name()),
            Ident::new(to.name())
        ))
    }

    fn retype(&self, at: &Site, used: &Key) -> Result<Change, String> {
        let keyed = match at.key.on().and_then(|table| at.there.get(table)) {
            Some(Body::Table(table)) => table.partition_columns.iter().flatten().any(|c| c.as_str() == at.key.name()),
            _ => false,
        };
        if keyed {
            return Err(format!("its partition key reads column {}, whose type is replaced", at.key.name()));
        }
        let column = Ident::new(at.key.name()).to_string();
        let over = match at.there.get(used) {
            Some(body) => {
                let array = if self.type_name.ends_with("[]") { "[]" } else { "" };
                body.carried_over(&Site { key: used, here: at.there, there: at.here, ..*at }, &column, array)
            }
            None => format!("{column}::text"),
        };
        let fails = format!("it fails where the new type has no value like one of {}", used.sql());
        let mut change = self.type_change(at, Some(&over), &fails);
        change.statements.extend(self.stored_again(at));
        Ok(change)
    }

    fn runs_routines(&self) -> bool {
        self.generated.is_some()
    }

    fn loses(&self, at: &Site) -> Option<String> {
        (self.generated.is_none() && !is_foreign(at)).then(|| format!("the values of column {}", at.sql()))
    }
}

impl Column {
    /// A column of this type with nothing else to say.
    pub fn of_type(type_name: &str) -> Self {
        Self { type_name: type_name.to_owned(), ..Self::default() }
    }
}

/// Why a change of this column makes its table another one, where it does: the partition key reads the column.
fn moves_key(at: &Site) -> Option<String> {
    match at.on() {
        Some((table, Body::Table(body))) if at.there.contains(table) => {
            body.key_moves(&at.of(table), Some(at.key.name()))
        }
        _ => None,
    }
}

/// Whether the rows are elsewhere, so that nothing is converted or lost here.
fn is_foreign(at: &Site) -> bool {
    matches!(at.key.on(), Some(Key::ForeignTable(_)))
}
