//! The constraint that makes a column NOT NULL, which has a name, may not hold for rows that were there before, and may
//! stop at the table (all from 18 on, where `pg_constraint` has it).
//!
//! Its name is part of the state: pg_dump writes it wherever it is not the one that Postgres gives by itself. On a table under
//! another it is that of the parent and cannot be changed, so there it is written where the column is made, and not compared.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, object_name};
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::key::Child;
use crate::kind::statement::{Hazard, Statement};
use crate::kind::table::column::{Column, is_foreign};
use crate::kind::table::lineage;
use crate::kind::{Body, Key, Site};

/// What `pg_constraint` says of a NOT NULL.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NotNull {
    pub name: Carried<Ident>,
    /// The name where it is no parent's.
    pub own_name: Option<Ident>,
    /// Whether it also holds for the rows that were there before it.
    pub validated: bool,
    pub no_inherit: bool,
    pub local: Carried<bool>,
}

impl NotNull {
    /// Whether this is what `NOT NULL` makes without a word more.
    fn is_plain(&self, at: &Site) -> bool {
        self.validated && !self.no_inherit && !self.is_named(at)
    }

    /// Whether Postgres would call it otherwise by itself (`ChooseConstraintName` in `pg_constraint.c`).
    fn is_named(&self, at: &Site) -> bool {
        let table = at.key.on().map_or("", Key::name);
        self.name.0.as_str() != object_name(table, Some(at.key.name()), "not_null")
    }

    /// ADD CONSTRAINT, without a look at the rows unless `validated`.
    fn addition(&self, at: &Site, validated: bool) -> String {
        let (name, column) = (&self.name.0, Ident::new(at.key.name()));
        let alone = if self.no_inherit { " NO INHERIT" } else { "" };
        let rows = if validated { "" } else { " NOT VALID" };
        format!("ALTER {} ADD CONSTRAINT {name} NOT NULL {column}{alone}{rows}", at.on_object())
    }

    /// ADD CONSTRAINT without a look at the rows, and the look.
    pub fn in_two(&self, at: &Site) -> [Statement; 2] {
        [Statement::new(self.addition(at, false)), Statement::new(self.validation(at))]
    }

    fn validation(&self, at: &Site) -> String {
        format!("ALTER {} VALIDATE CONSTRAINT {}", at.on_object(), self.name.0)
    }
}

impl Column {
    /// ` NOT NULL` as the definition of a column has it; nothing where it can only be added after.
    pub(super) fn not_null_clause(&self, at: &Site) -> String {
        match &self.not_null_constraint {
            _ if !self.not_null => String::new(),
            Some(constraint) if !constraint.validated => String::new(),
            Some(constraint) => {
                let named = constraint.is_named(at) || is_name_in_use(at);
                let name = if named { format!(" CONSTRAINT {}", constraint.name.0) } else { String::new() };
                let alone = if constraint.no_inherit { " NO INHERIT" } else { "" };
                format!("{name} NOT NULL{alone}")
            }
            None => " NOT NULL".to_owned(),
        }
    }

    /// Whether an identity, whose column is NOT NULL by itself, says all that there is to say.
    pub(super) fn is_plainly_not_null(&self, at: &Site) -> bool {
        let plain = |constraint: &NotNull| constraint.is_plain(at) && !is_name_in_use(at);
        self.not_null && self.not_null_constraint.as_ref().is_none_or(plain)
    }

    /// Makes the column NOT NULL.
    pub(super) fn made_not_null(&self, at: &Site) -> Statement {
        let constraint = self.not_null_constraint.as_ref().filter(|constraint| !constraint.is_plain(at));
        let statement = match constraint {
            Some(constraint) => Statement::new(constraint.addition(at, constraint.validated)),
            None => Statement::new(self.clause_of(at, "SET NOT NULL")),
        };
        if is_foreign(at) || constraint.is_some_and(|constraint| !constraint.validated) {
            return statement;
        }
        looks_at_rows(statement)
    }

    /// Takes away what tables below declare themselves and shall only inherit: once the parent has it, nobody can any more.
    pub(super) fn freed_below(&self, at: &Site) -> Vec<Statement> {
        let reaches = self.not_null_constraint.as_ref().is_some_and(|constraint| !constraint.no_inherit);
        let Some(table) = at.key.on().filter(|_| reaches) else { return Vec::new() };
        let constraint = |facts: &Facts, key: &Key| match facts.get(key) {
            Some(Body::Column(column)) => column.not_null_constraint.clone(),
            _ => None,
        };
        let below = lineage::below(at.here, table).intersection(&lineage::below(at.there, table)).cloned().collect();
        let columns =
            |tables: BTreeSet<Key>| tables.into_iter().map(|table| Key::Column(Child::new(table, at.key.name())));
        let goes = |key: &Key| {
            constraint(at.here, key).is_some_and(|own| own.own_name.is_some())
                && constraint(at.there, key).is_some_and(|own| own.own_name.is_none() && !own.local.0)
        };
        columns(below).filter(goes).map(|key| Statement::new(self.clause_of(&at.of(&key), "DROP NOT NULL"))).collect()
    }

    /// What leads from one NOT NULL to another.
    pub(super) fn not_null_changes(&self, to: &Self, at: &Site) -> Vec<Statement> {
        let (Some(from), Some(into)) = (&self.not_null_constraint, &to.not_null_constraint) else { return Vec::new() };
        let mut statements = Vec::new();
        if from.validated && !into.validated {
            // Postgres takes back no validation.
            return vec![Statement::new(self.clause_of(at, "DROP NOT NULL")), to.made_not_null(at)];
        }
        let mut renamed = from.clone();
        // What comes under a parent has its name before that.
        let wanted = into.own_name.as_ref().or(from.own_name.as_ref().map(|_| &into.name.0));
        if let Some(name) = wanted.filter(|name| **name != from.name.0 && self.is_renamed_below(at)) {
            let alter = format!("ALTER {} RENAME CONSTRAINT {} TO {name}", at.on_object(), from.name.0);
            statements.push(Statement::new(alter));
            renamed.name.0.clone_from(name);
        }
        if from.no_inherit != into.no_inherit {
            let word = if into.no_inherit { "NO INHERIT" } else { "INHERIT" };
            let alter = format!("ALTER {} ALTER CONSTRAINT {} {word}", at.on_object(), renamed.name.0);
            statements.push(Statement::new(alter));
        }
        if into.validated && !from.validated {
            statements.push(looks_at_rows(Statement::new(renamed.validation(at))));
        }
        statements
    }

    /// Whether RENAME CONSTRAINT can do it: it also renames that of each table under this one, and looks for it by name.
    fn is_renamed_below(&self, at: &Site) -> bool {
        let Some(table) = at.key.on() else { return true };
        let own = self.not_null_constraint.as_ref();
        let mut below = lineage::children(at.here, table)
            .filter_map(|child| at.here.get(&Key::Column(Child::new(child.clone(), at.key.name()))));
        below.all(|body| match (body, own) {
            (Body::Column(column), Some(own)) => {
                column.not_null_constraint.as_ref().is_none_or(|other| own.no_inherit || other.name.0 == own.name.0)
            }
            _ => true,
        })
    }

    /// Follows the parent's NOT NULL from one state to the next.
    pub(super) fn follow_not_null(&mut self, from: &Self, to: &Self) {
        let reaches =
            |column: &Self| column.not_null_constraint.as_ref().is_none_or(|constraint| !constraint.no_inherit);
        let (was, will) = (from.not_null && reaches(from), to.not_null && reaches(to));
        match &mut self.not_null_constraint {
            // What the table declares itself stays and is its own, and so does what the parent keeps for itself from then on.
            Some(own) if was && !will && (own.local.0 || to.not_null) => {
                own.own_name = Some(own.name.0.clone());
                own.local = Carried(true);
            }
            Some(own) if will => {
                own.own_name = None;
                own.validated |= to.not_null_constraint.as_ref().is_some_and(|parents| parents.validated);
            }
            _ if was != will => {
                self.not_null = will;
                self.not_null_constraint = to.not_null_constraint.clone().filter(|_| will).map(|parents| NotNull {
                    own_name: None,
                    local: Carried(false),
                    ..parents
                });
            }
            _ => {}
        }
    }
}

/// Whether another table may have a constraint of the name by the time that this one is made, so that Postgres would choose
/// another: the table that it replaces, with those that were under that, or one under it that is made before.
fn is_name_in_use(at: &Site) -> bool {
    let Some(table) = at.key.on() else { return false };
    let replaces = matches!(at.there.get(at.key), Some(Body::Column(other)) if other.not_null_constraint.is_some());
    replaces || lineage::children(at.here, table).any(|child| child < table)
}

fn looks_at_rows(statement: Statement) -> Statement {
    statement
        .hazard(Hazard::Scans("every row is read to see that none is null".to_owned()))
        .hazard(Hazard::DependsOnData("it fails where a row holds null".to_owned()))
}
