//! An identity column's generator: ALWAYS or BY DEFAULT, and the sequence behind it, which has a name, options,
//! privileges and a comment of its own.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, MAX_IDENT_BYTES, Qualified};
use crate::kind::sequence::position::{go_on, is_taken_over, keep, numbers};
use crate::kind::sequence::values::type_bounds;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    pub always: bool,
    pub sequence_schema: Ident,
    pub sequence_name: Ident,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
    pub cache: i64,
    pub cycle: bool,
    pub data_type: String,
    pub unlogged: bool,
}

impl Kind for Identity {
    const LABEL: &'static str = "identity";
    const QUERY: &'static str = include_str!("identity.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(self.addition(at));
        statements.extend(self.settings(at));
        statements.extend(at.key.on().and_then(|column| go_on(at, column)));
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        let kept = at.key.on().and_then(|column| keep(at, at.key, column));
        kept.into_iter().chain(one(alter_column(at, "DROP IDENTITY"))).collect()
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self {
            always,
            sequence_schema,
            sequence_name,
            start,
            increment,
            min,
            max,
            cache,
            cycle,
            data_type,
            unlogged,
        } = to;
        let mut clauses = Vec::new();
        if *always != self.always {
            clauses.push(format!("SET GENERATED {}", to.word()));
        }
        let mut statements = Vec::new();
        let mut name = self.sequence();
        if *sequence_name != self.sequence_name {
            statements.push(Statement::new(format!("ALTER SEQUENCE {name} RENAME TO {sequence_name}")));
            name.name = sequence_name.clone();
        }
        if *sequence_schema != self.sequence_schema {
            return Alter::replace("the sequence of an identity column lives in the schema of its table");
        }
        if *unlogged != self.unlogged {
            let word = if *unlogged { "UNLOGGED" } else { "LOGGED" };
            statements.push(Statement::new(format!("ALTER SEQUENCE {name} SET {word}")));
        }
        // The bounds follow the column's type by themselves where they are the type's own.
        let (from_min, from_max) = self.bounds_in(data_type);
        if *increment != self.increment {
            clauses.push(format!("SET INCREMENT BY {increment}"));
        }
        if *min != from_min {
            clauses.push(format!("SET MINVALUE {min}"));
        }
        if *max != from_max {
            clauses.push(format!("SET MAXVALUE {max}"));
        }
        if *start != self.start {
            clauses.push(format!("SET START WITH {start}"));
        }
        if *cache != self.cache {
            clauses.push(format!("SET CACHE {cache}"));
        }
        if *cycle != self.cycle {
            clauses.push(format!("SET {}CYCLE", if *cycle { "" } else { "NO " }));
        }
        if !clauses.is_empty() {
            statements.push(Statement::new(alter_column(at, &clauses.join(" "))));
        }
        if *data_type != self.data_type {
            let sql = format!("ALTER SEQUENCE {name} AS {data_type}");
            statements.insert(0, Statement::new(sql));
        }
        Alter::in_place(statements)
    }

    fn created_with(&self, at: &Site, created: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().filter(|column| created(column)).cloned()
    }

    fn clause(&self, at: &Site) -> Option<String> {
        Some(self.generated(at))
    }

    fn object(&self, _at: &Site) -> String {
        format!("SEQUENCE {}", self.sequence())
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        let sequence = Slot::Relation(self.sequence_schema.clone(), self.sequence_name.clone());
        at.key.on().cloned().map(numbers).into_iter().chain([sequence]).collect()
    }

    fn loses(&self, at: &Site) -> Option<String> {
        let taken_over = at.key.on().is_some_and(|column| is_taken_over(at, at.key, column));
        (!taken_over).then(|| format!("the position of sequence {}", self.sequence()))
    }
}

impl Identity {
    pub fn sequence(&self) -> Qualified {
        Qualified { schema: self.sequence_schema.clone(), name: self.sequence_name.clone() }
    }

    /// The statement that makes a column an identity.
    pub fn addition(&self, at: &Site) -> String {
        alter_column(at, &format!("ADD {}", self.generated(at)))
    }

    fn word(&self) -> &'static str {
        if self.always { "ALWAYS" } else { "BY DEFAULT" }
    }

    fn generated(&self, at: &Site) -> String {
        let column = at.key.on();
        let table = column.and_then(Key::on).map(Key::name).unwrap_or_default();
        let expected = implied_name(table, column.map(Key::name).unwrap_or_default());
        let mut options = Vec::new();
        if self.sequence_name.as_str() != expected {
            options.push(format!("SEQUENCE NAME {}", self.sequence()));
        }
        let made = self.as_made(at);
        let (min, max) = type_bounds(&made.data_type, made.increment);
        let start = if made.increment > 0 { made.min } else { made.max };
        let differing = [
            (made.start != start, format!("START WITH {}", made.start)),
            (made.increment != 1, format!("INCREMENT BY {}", made.increment)),
            (made.min != min, format!("MINVALUE {}", made.min)),
            (made.max != max, format!("MAXVALUE {}", made.max)),
            (made.cache != 1, format!("CACHE {}", made.cache)),
            (made.cycle, "CYCLE".to_owned()),
        ];
        options.extend(differing.into_iter().filter(|(differs, _)| *differs).map(|(_, option)| option));
        let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
        format!("GENERATED {} AS IDENTITY{options}", self.word())
    }

    /// The sequence that the clause can make: one of the column's type. LIKE and ALTER SEQUENCE can make others.
    fn as_made(&self, at: &Site) -> Self {
        let column = at.key.on().and_then(|key| at.here.get(key));
        let data_type = match column {
            Some(Body::Column(column)) => column.type_name.clone(),
            _ => self.data_type.clone(),
        };
        if data_type == self.data_type {
            return self.clone();
        }
        let (min, max) = type_bounds(&data_type, self.increment);
        let start = if (min..=max).contains(&self.start) { self.start } else { min };
        Self { data_type, min, max, start, ..self.clone() }
    }

    /// What cannot be said where the column is created.
    pub fn settings(&self, at: &Site) -> Vec<Statement> {
        match self.as_made(at).alter(self, at) {
            Alter::InPlace(change) => change.statements,
            _ => Vec::new(),
        }
    }

    /// The bounds after ALTER SEQUENCE ... AS: those of the old type become those of the new one, others stay.
    fn bounds_in(&self, data_type: &str) -> (i64, i64) {
        let (old_min, old_max) = type_bounds(&self.data_type, self.increment);
        let (new_min, new_max) = type_bounds(data_type, self.increment);
        (if self.min == old_min { new_min } else { self.min }, if self.max == old_max { new_max } else { self.max })
    }
}

/// The name that Postgres gives the sequence of an identity column when it is free (`makeObjectName` in `indexcmds.c`).
fn implied_name(table: &str, column: &str) -> String {
    let full = format!("{table}_{column}_seq");
    if full.len() <= MAX_IDENT_BYTES { full } else { String::new() }
}

fn alter_column(at: &Site, clause: &str) -> String {
    let column = at.key.on();
    let table = column.and_then(Key::on).map(Key::sql).unwrap_or_default();
    format!("ALTER TABLE {table} ALTER COLUMN {} {clause}", Ident::new(column.map(Key::name).unwrap_or_default()))
}
