//! A column of a table: its type and everything that `pg_attribute` says of it.
//!
//! Its default and its identity are facts of their own, because they depend on other things than the column does. A
//! generated column's expression is part of it: Postgres can neither set nor (before 17) change one, so that is a
//! replacement. An inherited column follows its parent's ADD, TYPE and SET NOT NULL; what differs after that is
//! changed on the child alone. The position of a column in an existing table is no difference.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::carried::Carried;
use crate::kind::data_type::conversion::using;
use crate::kind::facts::Facts;
use crate::kind::key::{Attached, Child};
use crate::kind::statement::{Alter, Change, Disturbs, Hazard, Statement, one};
use crate::kind::table::{inheritance, is_remade, partition};
use crate::kind::{Body, Key, Kind, Site, Slot, options};

#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Column {
    pub position: Carried<i16>,
    pub type_name: String,
    /// Qualified; none where it is that of the type.
    pub collation: Option<String>,
    pub not_null: bool,
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
        let follows = !self.local.0 && !partition::is_detached(at, table, dropped);
        let parents = inherited_from(at, self).into_iter().filter(|_| follows);
        parents.chain(attribute(at)).find(|parent| dropped(parent))
    }

    fn copy_of(&self, at: &Site) -> Vec<Key> {
        let Some(table) = at.key.on() else { return Vec::new() };
        let later = parents(at.there, table);
        let under = |on: &Key| later.contains(on) && !is_remade(at, on);
        let stays = |column: &Key| at.there.contains(column) && column.on().is_some_and(under);
        inherited_from(at, self).into_iter().filter(stays).collect()
    }

    fn copies(&self, at: &Site) -> Vec<Key> {
        let Some(table) = at.key.on() else { return Vec::new() };
        let partitions = partition::partitions_of(at.here, table);
        let below = partitions.iter().filter_map(Key::on).chain(inheritance::child_tables(at.here, table));
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
        Ok(self.type_change(at, Some(&over)))
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

    /// `name type ...` as CREATE TABLE and ADD COLUMN write it, with the default and identity that are absorbed.
    fn definition(&self, at: &Site) -> String {
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
        if self.not_null && !at.absorbed.contains(&Key::Identity(Attached::new(at.key.clone()))) {
            sql.push_str(" NOT NULL");
        }
        sql
    }

    /// Whether ADD COLUMN gives the rows that are there a value.
    fn is_filled(&self, at: &Site) -> bool {
        let on = || Attached::new(at.key.clone());
        [Key::Default(on()), Key::Identity(on())].iter().any(|key| at.absorbed.contains(key))
    }

    /// What cannot be said where the column is created.
    pub fn settings(&self, at: &Site) -> Vec<Statement> {
        let bare = Self { storage: None, statistics: None, options: Vec::new(), ..self.clone() };
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

    /// The statements in place that lead from this column to that one.
    pub fn changes(&self, to: &Self, at: &Site) -> Change {
        let Self {
            position: _,
            type_name,
            collation,
            not_null,
            generated: _,
            is_virtual: _,
            storage,
            type_storage: _,
            compression,
            statistics,
            options: to_options,
            inherited: _,
            local: _,
        } = to;
        let mut change = Change::default();
        if *not_null != self.not_null && !not_null {
            change.statements.push(Statement::new(self.clause_of(at, "DROP NOT NULL")));
        }
        if *type_name != self.type_name || *collation != self.collation {
            let value = using(at, &Ident::new(at.key.name()).to_string(), &self.type_name, type_name);
            let typed = to.type_change(at, value.as_deref());
            change.statements.extend(typed.statements);
            change.disturbs = typed.disturbs;
        }
        if *not_null != self.not_null && *not_null {
            let mut set = Statement::new(self.clause_of(at, "SET NOT NULL"));
            if !is_foreign(at) {
                set = set
                    .hazard(Hazard::Scans("every row is read to see that none is null".to_owned()))
                    .hazard(Hazard::DependsOnData("it fails where a row holds null".to_owned()));
            }
            change.statements.push(set);
        }
        let mut alone = Vec::new();
        if *storage != self.storage {
            let name = storage_name(storage.as_deref().unwrap_or(&to.type_storage.0));
            alone.push(format!("SET STORAGE {name}"));
        }
        if *compression != self.compression {
            let name = compression.as_deref().map_or("default", compression_name);
            alone.push(format!("SET COMPRESSION {name}"));
        }
        if *statistics != self.statistics {
            alone.push(format!("SET STATISTICS {}", statistics.unwrap_or(-1)));
        }
        alone.extend(options::changes(&self.options, to_options));
        let table = at.key.on().map(Key::sql).unwrap_or_default();
        let column = Ident::new(at.key.name());
        change.statements.extend(
            alone.iter().map(|c| Statement::new(format!("ALTER TABLE ONLY {table} ALTER COLUMN {column} {c}"))),
        );
        change
    }

    /// ALTER COLUMN TYPE to this column's type, by a cast of this expression where one has to be written.
    fn type_change(&self, at: &Site, value: Option<&str>) -> Change {
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
            .hazard(Hazard::DependsOnData("it fails where a value does not convert".to_owned()));
        Change { statements: vec![statement], disturbs: Disturbs::TypeDependents }
    }

    fn clause_of(&self, at: &Site, clause: &str) -> String {
        format!("ALTER {} ALTER COLUMN {} {clause}", at.on_object(), Ident::new(at.key.name()))
    }

    /// This column once the changes to the columns that it inherits from have run.
    fn after_parents(&self, at: &Site) -> Self {
        let mut after = self.clone();
        let stays = |parent: &Key| !parent.on().is_some_and(|on| is_remade(at, on));
        for parent in inherited_from(at, self).into_iter().filter(stays) {
            let (Some(Body::Column(from)), Some(Body::Column(to))) = (at.here.get(&parent), at.there.get(&parent))
            else {
                continue;
            };
            let from = from.after_parents(&at.of(&parent));
            if from.type_name != to.type_name || from.collation != to.collation {
                after.type_name.clone_from(&to.type_name);
                after.collation.clone_from(&to.collation);
            }
            if from.not_null != to.not_null {
                after.not_null = to.not_null;
            }
            if from.generated.is_some() && to.generated.is_none() {
                after.generated = None;
            }
        }
        after
    }
}

/// The parents' columns of the same name, in the state that the fact is in.
fn inherited_from(at: &Site, column: &Column) -> Vec<Key> {
    let Some(table) = at.key.on().filter(|_| column.inherited.0) else { return Vec::new() };
    let columns = parents(at.here, table).into_iter().map(|parent| Key::Column(Child::new(parent, at.key.name())));
    columns.filter(|parent| at.here.contains(parent)).collect()
}

fn parents(facts: &Facts, table: &Key) -> Vec<Key> {
    inheritance::parent_tables(facts, table).chain(partition::parent_table(facts, table)).collect()
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

/// The attribute that makes a typed table have this column.
fn attribute(at: &Site) -> Option<Key> {
    let (_, Body::Table(table)) = at.on()? else { return None };
    let of_type = table.of_type.as_ref()?;
    let key = at.here.keys().find(|key| matches!(key, Key::Composite(_)) && key.sql() == *of_type)?;
    Some(Key::Attribute(Child::new(key.clone(), at.key.name())))
}

/// Whether the table had parents before the plan, so that their ADD COLUMN reaches it.
fn was_child(at: &Site) -> bool {
    at.key.on().is_some_and(|table| !parents(at.there, table).is_empty())
}

/// Whether the rows are elsewhere, so that nothing is converted or lost here.
fn is_foreign(at: &Site) -> bool {
    matches!(at.key.on(), Some(Key::ForeignTable(_)))
}

fn storage_name(code: &str) -> &'static str {
    match code {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        _ => "EXTENDED",
    }
}

fn compression_name(code: &str) -> &'static str {
    if code == "l" { "lz4" } else { "pglz" }
}
