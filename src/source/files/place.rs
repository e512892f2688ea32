//! Where in the user's files a fact is declared, found by names: the table, the line of its column, the view.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::place::Place;
use crate::kind::Key;
use crate::source::files::script::{Item, Script};
use crate::sql::defined::{Defined, defined};
use crate::sql::file::SqlFile;
use crate::sql::lex::unquoted;
use crate::sql::words::{Words, begins};

/// All statements by what they make or change.
#[derive(Debug, Default)]
pub struct Places {
    files: Vec<File>,
    statements: Vec<Statement>,
    /// By family and name.
    makers: BTreeMap<(String, String), Vec<usize>>,
}

#[derive(Debug)]
struct File {
    text: Arc<SqlFile>,
    /// Where each line ends.
    ends: Vec<usize>,
}

#[derive(Debug)]
struct Statement {
    file: usize,
    at: usize,
    sql: String,
    makes: Defined,
}

impl Places {
    pub fn new(scripts: &[Script], items: &[Item]) -> Self {
        let file = |script: &Script| File {
            text: Arc::clone(&script.file),
            ends: script.file.text.match_indices('\n').map(|(at, _)| at).collect(),
        };
        let mut places = Self { files: scripts.iter().map(file).collect(), ..Self::default() };
        for item in items {
            let Some(makes) = defined(&item.sql).or_else(|| altered(&item.sql)) else { continue };
            let place = places.statements.len();
            places.makers.entry((family(&makes.kind).to_owned(), makes.name.clone())).or_default().push(place);
            places.statements.push(Statement { file: item.script, at: item.at, sql: item.sql.clone(), makes });
        }
        places
    }

    /// Everything that the statements make.
    pub fn made(&self) -> impl Iterator<Item = &Defined> {
        self.statements.iter().map(|statement| &statement.makes)
    }

    /// Where this fact is declared: its own place where it has one, else that of what it stands on.
    pub fn of(&self, key: &Key) -> Option<Place> {
        let Some(on) = key.on() else { return self.object(key) };
        if key.name().is_empty() {
            return self.of(on);
        }
        self.inside(key, on).or_else(|| self.of(on))
    }

    fn object(&self, key: &Key) -> Option<Place> {
        let family = family(key.label());
        let statement = self.makers(family, key).next()?;
        Some(self.place(statement, statement.makes.at.start))
    }

    fn makers<'a>(&'a self, family: &str, key: &'a Key) -> impl Iterator<Item = &'a Statement> {
        let made = self.makers.get(&(family.to_owned(), key.name().to_owned()));
        let here = |made: &Defined| match (&made.schema, key.schema()) {
            (Some(schema), Some(wanted)) => schema == wanted.as_str(),
            _ => true,
        };
        made.into_iter().flatten().filter_map(|place| self.statements.get(*place)).filter(move |s| here(&s.makes))
    }

    /// What has a name within another: a column in CREATE TABLE, a constraint there or in ALTER TABLE, a trigger that
    /// has a statement of its own and names its table in it.
    fn inside(&self, key: &Key, on: &Key) -> Option<Place> {
        let own = self.makers(family(key.label()), key).find(|statement| mentions(&statement.sql, on.name()));
        if let Some(statement) = own {
            return Some(self.place(statement, statement.makes.at.start));
        }
        let table = family(on.label());
        self.makers(table, on).chain(self.makers("altered", on)).find_map(|statement| {
            let at = element(&statement.sql, key.name(), key.label())?;
            Some(self.place(statement, at))
        })
    }

    fn place(&self, statement: &Statement, inside: usize) -> Place {
        let file = &self.files[statement.file];
        let line = 1 + file.ends.partition_point(|end| *end < statement.at + inside);
        Place { file: file.text.path.clone(), line }
    }
}

/// What ALTER TABLE changes, as a thing of the kind `altered`.
fn altered(sql: &str) -> Option<Defined> {
    if !begins(sql, &["ALTER", "TABLE|DOMAIN|FOREIGN"]) {
        return None;
    }
    let mut words = Words::of(sql).skip(2).skip_while(|(word, _)| {
        ["table", "only", "if", "exists"].iter().any(|before| before.eq_ignore_ascii_case(word))
    });
    let mut at = words.next()?.1;
    let mut schema = None;
    let mut name = unquoted(&sql[at.clone()]);
    while let Some((".", _)) = words.next() {
        at = words.next()?.1;
        schema = Some(std::mem::replace(&mut name, unquoted(&sql[at.clone()])));
    }
    Some(Defined { kind: "altered".to_owned(), schema, name, at })
}

/// Kinds whose names are looked for together: people and Postgres call them by several words.
fn family(label: &str) -> &str {
    match label.rsplit(' ').next().unwrap_or(label) {
        "function" | "procedure" | "aggregate" | "routine" => "routine",
        "enum" | "range" | "type" => "type",
        last => last,
    }
}

fn mentions(sql: &str, name: &str) -> bool {
    Words::of(sql).any(|(_, at)| unquoted(&sql[at]) == name)
}

/// Where an element of this name begins in a statement: at the head of a list item, or after CONSTRAINT or COLUMN.
fn element(sql: &str, name: &str, label: &str) -> Option<usize> {
    let column = label == "column";
    let mut depth = 0;
    let mut before = "";
    for (word, at) in Words::of(sql) {
        let heads = column && depth == 1 && ["(", ","].contains(&before);
        let announced = if column { "column" } else { "constraint" };
        if (heads || before.eq_ignore_ascii_case(announced)) && unquoted(&sql[at.clone()]) == name {
            return Some(at.start);
        }
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        before = word;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::key::{Attached, Child, Global, Scoped};

    fn line(text: &str, key: &Key) -> Option<usize> {
        let script = Script { file: Arc::new(SqlFile::new("a.sql", text)), settings: Vec::new() };
        let mut items = Vec::new();
        let mut at = 0;
        for sql in text.split_inclusive(';') {
            items.push(Item { script: 0, at, sql: sql.to_owned(), settings: 0, part: false });
            at += sql.len();
        }
        Places::new(&[script], &items).of(key).map(|place| place.line)
    }

    #[test]
    fn points_at_the_line_of_a_table_and_what_is_in_it() {
        let text = "-- first\nCREATE TABLE a.t (\n  id int,\n  \"Size\" numeric(4, 2)\n    CHECK (id > 0),\n  \
                    CONSTRAINT c CHECK (true)\n);\nALTER TABLE ONLY a.t\n  ADD CONSTRAINT k UNIQUE (id),\n  \
                    ADD COLUMN late int;\nCREATE TABLE b.t (id int);\nCREATE INDEX i\n ON a.t (id);";
        let table = Key::Table(Scoped::new("a", "t"));
        let other = Key::Table(Scoped::new("b", "t"));
        let within = |name: &str| Key::Column(Child::new(table.clone(), name));
        let constraint = |name: &str| Key::Constraint(Child::new(table.clone(), name));
        let cases = [
            (table.clone(), Some(2)),
            (other.clone(), Some(11)),
            (Key::Column(Child::new(other, "id")), Some(11)),
            (within("id"), Some(3)),
            (within("Size"), Some(4)),
            (within("late"), Some(10)),
            (Key::Default(Attached::new(within("Size"))), Some(4)),
            (constraint("c"), Some(6)),
            (constraint("k"), Some(9)),
            (constraint("t_Size_check"), Some(2)),
            (Key::Index(Scoped::new("a", "i")), Some(12)),
            (Key::Schema(Global { name: "a".into() }), None),
        ];
        for (key, expected) in cases {
            assert_eq!(line(text, &key), expected, "{key}");
        }
    }
}
