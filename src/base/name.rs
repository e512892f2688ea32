//! Identifiers and qualified names, printed quoted only where Postgres would quote them.
//!
//! The rule is that of `quote_identifier` in `ruleutils.c`: lower case letters, digits and underscores, not starting with
//! a digit, and not a keyword other than an unreserved one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::door;

/// The longest identifier Postgres keeps, in bytes (`NAMEDATALEN - 1`).
pub const MAX_IDENT_BYTES: usize = 63;

/// One identifier, as the catalog stores it. `Display` quotes it where SQL needs that.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ident(String);

impl Ident {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The bare name, unquoted.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Ident {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain(&self.0) { f.write_str(&self.0) } else { write!(f, "\"{}\"", self.0.replace('"', "\"\"")) }
    }
}

/// A name in a schema.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Qualified {
    pub schema: Ident,
    pub name: Ident,
}

impl Qualified {
    pub fn new(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self { schema: Ident::new(schema), name: Ident::new(name) }
    }
}

impl fmt::Display for Qualified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// The name with something behind it, cut so that Postgres keeps all of that.
pub fn with_suffix(name: &str, suffix: &str) -> String {
    let room = name.len().min(MAX_IDENT_BYTES.saturating_sub(suffix.len()));
    let end = (0..=room).rfind(|end| name.is_char_boundary(*end)).unwrap_or_default();
    format!("{}{suffix}", &name[..end])
}

/// `makeObjectName` in `indexcmds.c`: the longer of the two names is cut until all fits.
pub fn object_name(first: &str, second: Option<&str>, label: &str) -> String {
    let overhead = label.len() + 1 + second.map_or(0, |_| 1);
    let (mut first, mut second) = (first.to_owned(), second.map(str::to_owned));
    while first.len() + second.as_ref().map_or(0, String::len) + overhead > MAX_IDENT_BYTES {
        match &mut second {
            Some(second) if second.len() >= first.len() => second.pop(),
            _ => first.pop(),
        };
    }
    let second = second.map(|second| format!("_{second}")).unwrap_or_default();
    format!("{first}{second}_{label}")
}

/// A string as an SQL literal, safe whatever `standard_conforming_strings` says.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// The text as a person says it: what is in `public` goes without saying so. For reading only, never for SQL.
pub fn without_public(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("public.") {
        let before = rest[..at].chars().next_back().or_else(|| said.chars().next_back());
        let inside_word = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '.'));
        said.push_str(&rest[..at]);
        if inside_word {
            said.push_str("public.");
        }
        rest = &rest[at + "public.".len()..];
    }
    said.push_str(rest);
    said
}

fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    let starts = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_');
    starts && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && !is_reserved(name)
}

/// Whether the scanner takes this word for a keyword that cannot stand as any kind of name.
fn is_reserved(word: &str) -> bool {
    thread_local! {
        /// What the scanner said before. Names are printed so often that threads would wait for each other here.
        static SEEN: RefCell<BTreeMap<String, bool>> = const { RefCell::new(BTreeMap::new()) };
    }
    if let Some(reserved) = SEEN.with_borrow(|seen| seen.get(word).copied()) {
        return reserved;
    }
    let door = door::alone();
    let reserved = pg_query::scan(word).is_ok_and(|scan| scan.tokens.first().is_some_and(|t| t.keyword_kind > 1));
    drop(door);
    SEEN.with_borrow_mut(|seen| seen.insert(word.to_owned(), reserved));
    reserved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_is_put_behind_it() {
        assert_eq!(with_suffix("shop", "_old"), "shop_old");
        let long = with_suffix(&"ä".repeat(32), "_old");
        assert!(long.ends_with("ä_old") && long.len() <= MAX_IDENT_BYTES, "{long}");
    }

    #[test]
    fn quotes_only_what_needs_it() {
        let cases = [
            ("orders", "orders"),
            ("order", "\"order\""),
            ("Orders", "\"Orders\""),
            ("a\"b", "\"a\"\"b\""),
            ("name", "name"),
            ("1st", "\"1st\""),
            ("between", "\"between\""),
            ("", "\"\""),
        ];
        for (name, printed) in cases {
            assert_eq!(Ident::new(name).to_string(), printed);
        }
    }

    #[test]
    fn public_goes_without_saying() {
        assert_eq!(without_public("column public.orders.status"), "column orders.status");
        assert_eq!(
            without_public("public.f(public.mood, a.public.x, nonpublic.y)"),
            "f(mood, a.public.x, nonpublic.y)"
        );
    }

    #[test]
    fn literals_survive_backslashes_and_quotes() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\b"), "E'a\\\\b'");
    }
}
