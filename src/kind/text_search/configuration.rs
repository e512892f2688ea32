//! A text search configuration: a parser, and the dictionaries that look at each kind of its tokens.
//!
//! Mappings change in place, the parser does not.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Configuration {
    pub parser: String,
    pub mappings: Vec<Mapping>,
}

/// The dictionaries that a kind of token is shown to, in order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mapping {
    pub token: Ident,
    pub dictionaries: Vec<String>,
}

impl Kind for Configuration {
    const LABEL: &'static str = "text search configuration";
    const QUERY: &'static str = include_str!("configuration.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(format!("CREATE TEXT SEARCH CONFIGURATION {} (PARSER = {})", at.sql(), self.parser));
        statements.extend(map(at, "ADD", self.mappings.iter()));
        statements
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TEXT SEARCH CONFIGURATION {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { parser, mappings } = to;
        if *parser != self.parser {
            return Alter::replace("the parser of a configuration cannot be changed");
        }
        let before = |mapping: &Mapping| self.mappings.iter().find(|old| old.token == mapping.token);
        let gone = self.mappings.iter().filter(|old| !mappings.iter().any(|new| new.token == old.token));
        let gone = gone.map(|mapping| mapping.token.to_string()).collect::<Vec<_>>().join(", ");
        let mut statements = Vec::new();
        if !gone.is_empty() {
            statements.push(Statement::new(format!("{} DROP MAPPING FOR {gone}", alter(at))));
        }
        let changed = mappings.iter().filter(|new| before(new).is_some_and(|old| old != *new));
        statements.extend(map(at, "ALTER", changed));
        statements.extend(map(at, "ADD", mappings.iter().filter(|new| before(new).is_none())));
        Alter::in_place(statements)
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TEXT SEARCH CONFIGURATION", at.key, to)
    }
}

fn alter(at: &Site) -> String {
    format!("ALTER TEXT SEARCH CONFIGURATION {}", at.sql())
}

/// One statement for all tokens that are shown to the same dictionaries.
fn map<'a>(at: &Site, verb: &str, mappings: impl Iterator<Item = &'a Mapping>) -> Vec<Statement> {
    let mut groups: Vec<(Vec<String>, &[String])> = Vec::new();
    for mapping in mappings {
        let token = mapping.token.to_string();
        match groups.iter_mut().find(|(_, dictionaries)| *dictionaries == mapping.dictionaries) {
            Some((tokens, _)) => tokens.push(token),
            None => groups.push((vec![token], &mapping.dictionaries)),
        }
    }
    let sql = |(tokens, dictionaries): (Vec<String>, &[String])| {
        format!("{} {verb} MAPPING FOR {}\n    WITH {}", alter(at), tokens.join(", "), dictionaries.join(", "))
    };
    groups.into_iter().map(sql).map(Statement::new).collect()
}
