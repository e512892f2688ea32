//! A base type: functions, usually in C, that read and write its values.
//!
//! The type needs its functions and they name the type, so they are made and dropped together: a type without a
//! definition first, then the functions, then the definition. A few settings change in place; for the rest the type is
//! replaced, and the values of columns move over by way of text.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, literal};
use crate::kind::carried::Carried;
use crate::kind::data_type::type_slots;
use crate::kind::facts::Facts;
use crate::kind::key::{Scoped, Signature};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BaseType {
    pub input: String,
    pub output: String,
    pub receive: Option<String>,
    pub send: Option<String>,
    pub typmod_in: Option<String>,
    pub typmod_out: Option<String>,
    pub analyze: Option<String>,
    pub subscript: Option<String>,
    /// In bytes; below zero for one that varies.
    pub length: i32,
    pub by_value: bool,
    /// `pg_type.typalign`.
    pub alignment: String,
    /// `pg_type.typstorage`.
    pub storage: String,
    pub category: String,
    pub preferred: bool,
    pub delimiter: String,
    pub collatable: bool,
    pub element: Option<String>,
    pub default: Option<String>,
    /// Those that are made and dropped with it.
    pub functions: Carried<Vec<Signature>>,
}

impl Kind for BaseType {
    const LABEL: &'static str = "base type";
    const QUERY: &'static str = include_str!("base_type.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(format!("CREATE TYPE {}", at.sql()));
        for key in self.functions.0.iter().cloned().map(Key::Function).filter(|key| at.absorbed.contains(key)) {
            statements.extend(at.here.get(&key).into_iter().flat_map(|function| function.create(&at.of(&key))));
        }
        statements.push(Statement::new(self.definition(at)));
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        vec![drop_with_functions(&at.sql())]
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        if self.fixed() != to.fixed() {
            return Alter::replace("the representation of a base type cannot be changed");
        }
        if self.storage != "p" && to.storage == "p" {
            return Alter::replace("the storage of a base type cannot become plain");
        }
        let (from, to_settings) = (self.settings(), to.settings());
        let changed = from.iter().zip(&to_settings).filter(|(from, to)| from != to).map(|(_, to)| to);
        let changed: Vec<String> =
            changed.map(|(name, value)| format!("{name} = {}", value.unwrap_or("NONE"))).collect();
        if changed.is_empty() {
            return Alter::Equivalent;
        }
        let mut statements = one(format!("ALTER TYPE {} SET ({})", at.sql(), changed.join(", ")));
        if self.storage != to.storage {
            statements.extend(columns_follow(at, storage_word(&to.storage)));
        }
        Alter::in_place(statements)
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        type_slots(at.key)
    }

    fn object(&self, at: &Site) -> String {
        format!("TYPE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TYPE", at.key, to)
    }

    /// The functions that do not take the type keep their signatures, which the new type's must be free to take.
    fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
        let here = at.sql();
        let keeps_signature = |function: &&Signature| function.args.split(", ").all(|argument| argument != here);
        let mut renames = Vec::new();
        for function in self.functions.0.iter().filter(keeps_signature).cloned() {
            let name: String = function.name.as_str().chars().take(40).collect();
            let to = Ident::new(format!("{name}__replaced"));
            renames.push(Statement::new(format!("ALTER FUNCTION {} RENAME TO {to}", Key::Function(function).sql())));
        }
        renames.push(Statement::new(format!("ALTER TYPE {here} RENAME TO {}", Ident::new(aside))));
        Some((renames, drop_with_functions(&at.key.renamed(aside).sql())))
    }
}

impl BaseType {
    /// What only a new type can have otherwise; destructured, so that no setting is forgotten.
    fn fixed(&self) -> impl PartialEq + use<'_> {
        let Self {
            input,
            output,
            receive: _,
            send: _,
            typmod_in: _,
            typmod_out: _,
            analyze: _,
            subscript: _,
            length,
            by_value,
            alignment,
            storage: _,
            category,
            preferred,
            delimiter,
            collatable,
            element,
            default,
            functions: _,
        } = self;
        let layout = (length, by_value, alignment, element);
        (input, output, layout, category, preferred, delimiter, collatable, default)
    }

    /// What ALTER TYPE can set, by its name.
    fn settings(&self) -> [(&'static str, Option<&str>); 7] {
        [
            ("RECEIVE", self.receive.as_deref()),
            ("SEND", self.send.as_deref()),
            ("TYPMOD_IN", self.typmod_in.as_deref()),
            ("TYPMOD_OUT", self.typmod_out.as_deref()),
            ("ANALYZE", self.analyze.as_deref()),
            ("SUBSCRIPT", self.subscript.as_deref()),
            ("STORAGE", Some(storage_word(&self.storage))),
        ]
    }

    fn definition(&self, at: &Site) -> String {
        let length = if self.length < 0 { "variable".to_owned() } else { self.length.to_string() };
        let mut options = vec![format!("INPUT = {}", self.input), format!("OUTPUT = {}", self.output)];
        options.extend(self.settings().iter().filter_map(|(name, value)| Some(format!("{name} = {}", (*value)?))));
        options.push(format!("INTERNALLENGTH = {length}"));
        options.push(format!("ALIGNMENT = {}", alignment_word(&self.alignment)));
        options.extend((self.category != "U").then(|| format!("CATEGORY = {}", literal(&self.category))));
        options.extend(self.preferred.then(|| "PREFERRED = true".to_owned()));
        options.extend((self.delimiter != ",").then(|| format!("DELIMITER = {}", literal(&self.delimiter))));
        options.extend(self.collatable.then(|| "COLLATABLE = true".to_owned()));
        options.extend(self.element.as_ref().map(|element| format!("ELEMENT = {element}")));
        options.extend(self.default.as_ref().map(|default| format!("DEFAULT = {default}")));
        options.extend(self.by_value.then(|| "PASSEDBYVALUE".to_owned()));
        format!("CREATE TYPE {} (\n    {}\n)", at.sql(), options.join(",\n    "))
    }
}

/// The base type that this function is a part of, when that is made or dropped by the same plan.
pub fn made_of(facts: &Facts, function: &Key, in_plan: &dyn Fn(&Key) -> bool) -> Option<Key> {
    let Key::Function(signature) = function else { return None };
    let first = Key::BaseType(Scoped::new("", ""));
    let types = facts.from(&first).take_while(|(key, _)| matches!(key, Key::BaseType(_)));
    let part = |body: &Body| matches!(body, Body::BaseType(of) if of.functions.0.contains(signature));
    types.filter(|(key, body)| part(body) && in_plan(key)).map(|(key, _)| key.clone()).next()
}

/// The functions need the type as the type needs them, so only CASCADE drops them. Whatever else the plan knows is gone
/// by then; what it does not know must not go along, so that is looked for first.
fn drop_with_functions(type_sql: &str) -> Statement {
    let message = literal(&format!("other objects still use the type {}", type_sql.replace('%', "%%")));
    let name = literal(type_sql);
    Statement::new(format!(
        "DO $drop$
BEGIN
    IF EXISTS (
        SELECT
          FROM pg_catalog.pg_type AS t
          JOIN pg_catalog.pg_depend AS d
            ON d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (t.oid, t.typarray)
            OR d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND d.refobjid IN (t.typinput, t.typoutput, t.typreceive, t.typsend)
         WHERE t.oid = {name}::pg_catalog.regtype
           AND d.objid NOT IN (t.oid, t.typarray, t.typinput, t.typoutput, t.typreceive, t.typsend)
    ) THEN
        RAISE EXCEPTION {message};
    END IF;
    DROP TYPE {type_sql} CASCADE;
END
$drop$"
    ))
}

/// ALTER TYPE changes what new columns get. Those that are there follow, where nobody said otherwise.
fn columns_follow(at: &Site, storage: &str) -> Vec<Statement> {
    let here = at.sql();
    let of_type = |name: &str| name == here || name.strip_prefix(&here).is_some_and(|rest| rest.starts_with('('));
    let follows = |body: &Body| match body {
        Body::Column(column) => of_type(&column.type_name) && column.storage.is_none(),
        Body::RelationColumn(column) => of_type(&column.type_name.0) && column.storage.is_none(),
        _ => false,
    };
    let stored = |on: &Key| matches!(on, Key::Table(_) | Key::ForeignTable(_) | Key::MaterializedView(_));
    let mut statements = Vec::new();
    for (key, _) in at.here.iter().filter(|(key, body)| follows(body) && at.there.get(key).is_some_and(follows)) {
        let Some(table) = key.on().filter(|on| stored(on)).map(Key::sql) else { continue };
        let column = Ident::new(key.name());
        let sql = format!("ALTER TABLE ONLY {table} ALTER COLUMN {column} SET STORAGE {}", storage.to_uppercase());
        statements.push(Statement::new(sql));
    }
    statements
}

fn alignment_word(code: &str) -> &'static str {
    match code {
        "c" => "char",
        "s" => "int2",
        "d" => "double",
        _ => "int4",
    }
}

fn storage_word(code: &str) -> &'static str {
    match code {
        "p" => "plain",
        "e" => "external",
        "m" => "main",
        _ => "extended",
    }
}
