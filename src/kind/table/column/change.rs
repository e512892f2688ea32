//! The ALTER COLUMN statements that lead from one column to another.

use crate::base::name::Ident;
use crate::kind::data_type::conversion::conversion;
use crate::kind::statement::{Change, Disturbs, Hazard, Statement, one};
use crate::kind::table::column::definition::compression_name;
use crate::kind::table::column::{Column, is_foreign};
use crate::kind::{Key, Site, options};

impl Column {
    /// The statements in place that lead from this column to that one.
    pub fn changes(&self, to: &Self, at: &Site) -> Change {
        let Self {
            position: _,
            type_name,
            collation,
            not_null,
            not_null_constraint: _,
            generated: _,
            is_virtual: _,
            storage: _,
            type_storage: _,
            compression: _,
            statistics,
            options: to_options,
            inherited: _,
            local: _,
        } = to;
        let (mut change, mut from) = (Change::default(), self.clone());
        if *not_null != self.not_null && !not_null {
            change.statements.push(Statement::new(self.clause_of(at, "DROP NOT NULL")));
        }
        if *type_name != self.type_name || *collation != self.collation {
            let way = conversion(at, &Ident::new(at.key.name()).to_string(), &self.type_name, type_name);
            let typed = to.type_change(at, way.using.as_deref(), &way.fails);
            change.statements.extend(typed.statements);
            change.disturbs = typed.disturbs;
            from.lose_storage();
        }
        if *not_null != self.not_null && *not_null {
            change.statements.extend(to.freed_below(at));
            change.statements.push(to.made_not_null(at));
        }
        if *not_null && self.not_null {
            change.statements.extend(self.not_null_changes(to, at));
        }
        let mut alone = from.storage_changes(to);
        if *statistics != self.statistics {
            alone.push(format!("SET STATISTICS {}", statistics.unwrap_or(-1)));
        }
        alone.extend(options::changes(&self.options, to_options));
        change.statements.extend(alone_on(at, &alone));
        change
    }

    /// A column that gets another type is stored as values of that are (`ATExecAlterColumnType` in `tablecmds.c`).
    pub(super) fn lose_storage(&mut self) {
        self.storage = None;
        self.compression = None;
    }

    fn storage_changes(&self, to: &Self) -> Vec<String> {
        let mut clauses = Vec::new();
        if to.storage != self.storage {
            let name = storage_name(to.storage.as_deref().unwrap_or(&to.type_storage.0));
            clauses.push(format!("SET STORAGE {name}"));
        }
        if to.compression != self.compression {
            let name = to.compression.as_deref().map_or("default", compression_name);
            clauses.push(format!("SET COMPRESSION {name}"));
        }
        clauses
    }

    /// What brings back how this column is stored, once it has a new type.
    pub(super) fn stored_again(&self, at: &Site) -> Vec<Statement> {
        let mut from = self.clone();
        from.lose_storage();
        alone_on(at, &from.storage_changes(self)).collect()
    }

    /// ALTER COLUMN TYPE to this column's type, by a cast of this expression where one has to be written; `fails` says
    /// what becomes of values that do not fit.
    pub(super) fn type_change(&self, at: &Site, value: Option<&str>, fails: &str) -> Change {
        let mut clause = format!("TYPE {}", self.type_name);
        if let Some(collation) = &self.collation {
            clause.push_str(&format!(" COLLATE {collation}"));
        }
        if is_foreign(at) {
            return Change { statements: one(self.clause_of(at, &clause)), disturbs: Disturbs::TypeDependents };
        }
        if let Some(value) = value.filter(|_| self.generated.is_none()) {
            clause.push_str(&format!(" USING {value}::{}", self.type_name));
        }
        let statement = Statement::new(self.clause_of(at, &clause))
            .hazard(Hazard::Rewrites("the values are converted unless the types are binary compatible".to_owned()))
            .hazard(Hazard::DependsOnData(fails.to_owned()));
        Change { statements: vec![statement], disturbs: Disturbs::TypeDependents }
    }

    pub(super) fn clause_of(&self, at: &Site, clause: &str) -> String {
        format!("ALTER {} ALTER COLUMN {} {clause}", at.on_object(), Ident::new(at.key.name()))
    }
}

/// Statements about the column of this table only, and none under it.
fn alone_on<'a>(at: &Site, clauses: &'a [String]) -> impl Iterator<Item = Statement> + use<'a> {
    let table = at.key.on().map(Key::sql).unwrap_or_default();
    let column = Ident::new(at.key.name());
    clauses.iter().map(move |clause| Statement::new(format!("ALTER TABLE ONLY {table} ALTER COLUMN {column} {clause}")))
}

fn storage_name(code: &str) -> &'static str {
    match code {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        _ => "EXTENDED",
    }
}
