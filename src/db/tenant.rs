//! A schema that is one of several alike: files and migrations name the template, and the server has the tenant's.

use sha2::{Digest, Sha256};

use crate::base::name::{Ident, MAX_IDENT_BYTES, literal};
use crate::sql::rename::Names;

/// The schema of the books, and the one of the rows that are kept, where there are no tenants.
pub const BOOKS: &str = "pgplumb";
const KEPT: &str = "pgplumb_kept";

/// What the names of those of tenants begin with, where the schema's own name follows, and where a short form does.
const OF: &str = "of";
const AS: &str = "as";

/// How every query over all schemas leaves out those of the system.
pub const NOT_THE_SYSTEM: &str = "nspname !~ '^pg_'";

/// How many hexadecimal digits of a hash tell short forms apart.
const DIGITS: usize = 12;

/// One tenant, and how the names of it come and go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tenant {
    template: String,
    schema: String,
    books: String,
    there: Names,
    /// The part of them that is ours.
    own: Names,
    back: Names,
}

impl Tenant {
    /// # Errors
    /// What is wrong with one of the names, to stand behind it.
    pub fn new(template: &str, schema: &str) -> Result<Self, &'static str> {
        may_be(schema)?;
        let (books, kept) = (beside(BOOKS, schema), beside(KEPT, schema));
        let own = Names::default().and_own(BOOKS, &books).and_own(KEPT, &kept);
        let there = own.clone().and(template, schema);
        let back = Names::default().and(schema, template);
        Ok(Self { template: template.to_owned(), schema: schema.to_owned(), books, there, own, back })
    }

    /// What the files call the schema.
    pub fn template(&self) -> &str {
        &self.template
    }

    /// What the server calls it.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The schema of its own books.
    pub fn books(&self) -> &str {
        &self.books
    }

    /// A query over all schemas but the system's, for this one alone.
    pub fn narrowed(&self, query: &str) -> String {
        query.replace(NOT_THE_SYSTEM, &format!("nspname = {}", literal(&self.schema)))
    }

    /// From our names to those of the server.
    pub fn there(&self) -> &Names {
        &self.there
    }

    /// The same for the schemas of the books alone.
    pub fn own(&self) -> &Names {
        &self.own
    }

    /// From the schema of the server to the template.
    pub fn back(&self) -> &Names {
        &self.back
    }
}

/// Names that stand before a dot in SQL of our own, in which a template could not be told from them.
const ALIASES: &[&str] = &[
    "activity", "asked", "audit", "begin", "books", "chain", "child", "columns", "counted", "database", "excluded",
    "failed", "filled", "growth", "health", "here", "history", "journal", "keys", "largest", "last", "lock", "locked",
    "locks", "made", "named", "new", "ocn", "old", "one", "opn", "other", "parent", "part", "plan", "records",
    "repair", "report", "report_1", "role", "runs", "said", "seed", "sequence", "sessions", "size", "standard",
    "standbys", "state", "tab", "taken", "there", "things", "toast", "tree", "waits", "wanted", "whole",
];

/// Whether a schema of this name can be what the files are written for: nothing of our own SQL is called so, and it is a name
/// without quotes.
pub fn may_be_template(name: &str) -> bool {
    let is_plain = Ident::new(name).to_string() == name;
    is_plain && name.len() > 2 && !ALIASES.contains(&name) && may_be(name).is_ok()
}

/// Whether a schema of this name can be a tenant.
fn may_be(schema: &str) -> Result<(), &'static str> {
    let ours = schema == BOOKS || is_of_tenant(schema) || schema == KEPT;
    match schema {
        "" => Err("it is empty"),
        _ if schema.len() > MAX_IDENT_BYTES => {
            Err("it is longer than 63 bytes, which is all that Postgres keeps of a name")
        }
        _ if schema.contains('\\') || schema.chars().any(char::is_control) => {
            Err("it has a backslash or a control character")
        }
        "public" => Err("other objects than those of a tenant are in there"),
        "information_schema" => Err("it is a schema of the system"),
        _ if schema.starts_with("pg_") => Err("it is a schema of the system"),
        _ if ours => Err("it holds the books of pgplumb"),
        _ => Ok(()),
    }
}

/// Whether the schema of this name is where pgplumb keeps the books of a tenant, or its rows.
pub fn is_of_tenant(schema: &str) -> bool {
    let forms = [BOOKS, KEPT].into_iter().flat_map(|base| [OF, AS].map(|form| format!("{base}_{form}_")));
    forms.into_iter().any(|form| schema.starts_with(&form))
}

/// The schema that stands beside that of a tenant: its name behind ours where it needs no quotes and there is room for it, or
/// else the letters of it with a part of its hash, under another beginning, so that the two cannot meet.
fn beside(base: &str, schema: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let whole = format!("{base}_{OF}_{schema}");
    if schema.chars().all(is_plain) && whole.len() <= MAX_IDENT_BYTES {
        return whole;
    }
    let hash: String = Sha256::digest(schema).iter().map(|byte| format!("{byte:02x}")).collect();
    let lower = schema.to_lowercase();
    let letters = lower.chars().map(|c| if is_plain(c) { c } else { '_' });
    let start = format!("{base}_{AS}_");
    let room = MAX_IDENT_BYTES - start.len() - DIGITS - 1;
    let letters: String = letters.take(room).collect();
    format!("{start}{letters}_{}", hash.get(..DIGITS).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::PathBuf;

    use super::*;
    use crate::sql::lex::{Kind, Lexer, Token, unquoted};

    #[test]
    fn books_have_names_of_their_own_that_need_no_quotes() {
        let books = |schema: &str| Tenant::new("shop", schema).unwrap().books;
        assert_eq!(books("acme"), "pgplumb_of_acme");
        assert_eq!(books("Acme Ltd"), "pgplumb_as_acme_ltd_0f72986d73ff");
        assert_ne!(books("Acme Ltd"), books("acme ltd"));
        let long = "é".repeat(31);
        assert!(books(&long).len() <= 63 && books(&long).is_ascii());
        assert_ne!(books(&"x".repeat(63)), books(&"x".repeat(62)));
        for schema in ["acme", "Acme Ltd", &long] {
            assert!(is_of_tenant(&books(schema)));
        }
    }

    /// Whoever adds one to our SQL adds it to the list.
    #[test]
    fn no_alias_of_ours_is_a_template() {
        let mut folders = vec![
            concat!(env!("CARGO_MANIFEST_DIR"), "/src").into(),
            concat!(env!("CARGO_MANIFEST_DIR"), "/generated").into(),
        ];
        let (mut count, mut found) = (0, BTreeSet::new());
        while let Some(folder) = folders.pop() {
            let folder: PathBuf = folder;
            for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "sql") && !entry.ends_with("bad.sql") {
                    let text = fs::read_to_string(&entry).unwrap();
                    let tokens: Vec<Token> = Lexer::new(&text).filter(|token| token.kind != Kind::Comment).collect();
                    for three in tokens.windows(3) {
                        let [before, name, dot] = three else { continue };
                        let is_dot = |token: &Token| token.is_symbol(&text, b'.');
                        if is_dot(dot) && !is_dot(before) && matches!(name.kind, Kind::Word | Kind::Quoted) {
                            let name = unquoted(name.text(&text));
                            count += 1;
                            if may_be_template(&name) && !entry.components().any(|part| part.as_os_str() == "rule") {
                                found.insert(name);
                            }
                        }
                    }
                }
            }
        }
        assert_eq!(found, BTreeSet::new());
        assert!(count > 1000 && may_be_template("shop"));
    }

    #[test]
    fn some_schemas_are_no_tenants() {
        for schema in
            ["", "public", "pg_toast", "information_schema", "pgplumb", "pgplumb_of_acme", "pgplumb_kept", "a\nb"]
        {
            assert!(Tenant::new("shop", schema).is_err(), "{schema}");
        }
        assert!(Tenant::new("shop", &"x".repeat(64)).is_err());
    }
}
