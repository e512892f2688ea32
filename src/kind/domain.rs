//! A domain: a type with a default and constraints. Its checks are facts of their own (`Constraint`).
//!
//! Postgres changes the default and NOT NULL in place. Another base type or collation is a replacement.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, object_name};
use crate::kind::data_type::{is_contained, set_aside, type_slots};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Hazard, Statement, one};
use crate::kind::stub::{Stub, names_type};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Domain {
    pub base_type: String,
    /// Qualified; none where it is that of the base type.
    pub collation: Option<String>,
    pub not_null: bool,
    /// What the constraint is called that makes it NOT NULL, which is a constraint from version 17 on. pg_dump writes a name
    /// that is not the one which Postgres gives by itself.
    pub not_null_name: Option<Ident>,
    pub default: Option<String>,
}

impl Domain {
    /// ` NOT NULL`, with its name where that has to be written.
    fn not_null_clause(&self, is_written: impl Fn(&Ident) -> bool) -> String {
        let name = self.not_null_name.as_ref().filter(|name| is_written(name));
        name.map_or_else(|| " NOT NULL".to_owned(), |name| format!(" CONSTRAINT {name} NOT NULL"))
    }
}

/// Whether Postgres would call it otherwise by itself (`ChooseConstraintName` in `pg_constraint.c`).
fn is_chosen(at: &Site, name: &Ident) -> bool {
    name.as_str() != object_name(at.key.name(), None, "not_null")
}

impl Kind for Domain {
    const LABEL: &'static str = "domain";
    const QUERY: &'static str = include_str!("domain.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut sql = format!("CREATE DOMAIN {} AS {}", at.sql(), self.base_type);
        if let Some(collation) = &self.collation {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(default) = &self.default {
            sql.push_str(&format!(" DEFAULT {default}"));
        }
        if self.not_null {
            // While the domain that this one replaces is there, Postgres would choose another name.
            let replaces = matches!(at.there.get(at.key), Some(Body::Domain(other)) if other.not_null_name.is_some());
            sql.push_str(&self.not_null_clause(|name| replaces || is_chosen(at, name)));
        }
        for (key, body) in at.here.standing_on(at.key).filter(|(key, _)| at.absorbed.contains(key)) {
            sql.extend(body.clause(&at.of(key)).map(|clause| format!("\n    {clause}")));
        }
        one(sql)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP DOMAIN {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { base_type, collation, not_null, not_null_name, default } = to;
        if *base_type != self.base_type {
            return Alter::replace("the type that a domain stands on cannot be changed");
        }
        if *collation != self.collation {
            return Alter::replace("the collation of a domain cannot be changed");
        }
        if !self.not_null && *not_null && is_contained(at.here, &at.sql()) {
            return Alter::replace("NOT NULL cannot be set while columns hold its values inside arrays or other types");
        }
        let mut statements = Vec::new();
        let alter = |clause: &str| Statement::new(format!("ALTER DOMAIN {} {clause}", at.sql()));
        if *default != self.default {
            statements.push(match default {
                Some(default) => alter(&format!("SET DEFAULT {default}")),
                None => alter("DROP DEFAULT"),
            });
        }
        if self.not_null && !not_null {
            statements.push(alter("DROP NOT NULL"));
        }
        if !self.not_null && *not_null {
            let every = "every row of every table that uses the domain is read to see that none is null";
            let fails = "it fails where a row holds null";
            let named = to.not_null_clause(|name| is_chosen(at, name));
            let clause = if named.starts_with(" CONSTRAINT") { format!("ADD{named}") } else { format!("SET{named}") };
            statements.push(
                alter(&clause).hazard(Hazard::Scans(every.to_owned())).hazard(Hazard::DependsOnData(fails.to_owned())),
            );
        }
        if let (Some(from), Some(name)) = (&self.not_null_name, not_null_name)
            && from != name
        {
            statements.push(alter(&format!("RENAME CONSTRAINT {from} TO {name}")));
        }
        Alter::in_place(statements)
    }

    /// Without its default, which may call a function that takes or returns the domain.
    fn stub(&self, at: &Site) -> Option<Stub> {
        let default = self.default.as_ref()?;
        let alter = |clause: &str| one(format!("ALTER DOMAIN {} {clause}", at.sql()));
        Some(Stub {
            create: Self { default: None, ..self.clone() }.create(at),
            release: alter("DROP DEFAULT"),
            complete: alter(&format!("SET DEFAULT {default}")),
        })
    }

    fn stub_needs(&self, _at: &Site, used: &Key) -> bool {
        matches!(used, Key::Schema(_) | Key::Collation(_)) || names_type(&self.base_type, used)
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        type_slots(at.key)
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("DOMAIN", at.key, to)
    }

    /// By way of the base type, whose own casts are the right ones; another domain or enum may be replaced as well, so
    /// their values go by way of text.
    fn carried_over(&self, _at: &Site, value: &str, array: &str) -> String {
        let through = if self.base_type.contains('.') { "text" } else { &self.base_type };
        format!("{value}::{through}{array}")
    }

    fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
        Some(set_aside("DOMAIN", at, aside))
    }
}
