//! A column as CREATE TABLE and ADD COLUMN write it, and what has to be said after.

use crate::base::name::Ident;
use crate::kind::key::Attached;
use crate::kind::statement::Statement;
use crate::kind::table::column::Column;
use crate::kind::table::inheritance;
use crate::kind::{Body, Key, Site};

impl Column {
    /// `name type ...` as CREATE TABLE and ADD COLUMN write it, with the default and identity that are absorbed.
    pub(super) fn definition(&self, at: &Site) -> String {
        let mut sql = format!("{} {}", Ident::new(at.key.name()), self.type_name);
        if let Some(method) = self.compression.as_deref() {
            sql.push_str(&format!(" COMPRESSION {}", compression_name(method)));
        }
        if let Some(collation) = &self.collation {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(expression) = &self.generated {
            let how = if self.is_virtual { "VIRTUAL" } else { "STORED" };
            sql.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {how}"));
        }
        for key in [Key::Default(Attached::new(at.key.clone())), Key::Identity(Attached::new(at.key.clone()))] {
            if let Some(body) = at.here.get(&key).filter(|_| at.absorbed.contains(&key)) {
                sql.extend(body.clause(&at.of(&key)).map(|clause| format!(" {clause}")));
            }
        }
        // An identity column is NOT NULL by itself.
        let identity = at.absorbed.contains(&Key::Identity(Attached::new(at.key.clone())));
        if !identity || !self.is_plainly_not_null(at) {
            sql.push_str(&self.not_null_clause(at));
        }
        sql
    }

    /// Whether ADD COLUMN gives the rows that are there a value.
    pub(super) fn is_filled(&self, at: &Site) -> bool {
        let on = || Attached::new(at.key.clone());
        [Key::Default(on()), Key::Identity(on())].iter().any(|key| at.absorbed.contains(key))
    }

    /// What cannot be said where the column is created.
    pub fn settings(&self, at: &Site) -> Vec<Statement> {
        let mut bare = Self { storage: None, statistics: None, options: Vec::new(), ..self.clone() };
        // CREATE TABLE would not leave one NOT VALID.
        bare.not_null &= self.not_null_constraint.as_ref().is_none_or(|constraint| constraint.validated);
        let mut statements = bare.changes(self, at).statements;
        let identity = Key::Identity(Attached::new(at.key.clone()));
        if let Some(Body::Identity(body)) = at.here.get(&identity).filter(|_| at.absorbed.contains(&identity)) {
            statements.extend(body.settings(&at.of(&identity)));
        }
        statements
    }

    /// Whether the column stands in the CREATE TABLE of its table; an inherited one comes from the parent.
    pub fn written_in(&self, table: &Site) -> bool {
        self.local.0 || !self.inherited.0 || inheritance::parents(table).is_empty()
    }
}

pub(super) fn compression_name(code: &str) -> &'static str {
    if code == "l" { "lz4" } else { "pglz" }
}
