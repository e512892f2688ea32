//! The first form of a fact that closes a loop: others can stand on it before what it needs itself is there.
//!
//! Postgres lets CREATE OR REPLACE close loops that no order of plain CREATEs makes: a view calls a function that takes
//! the row of another view, which calls one that takes the row of the first. One member is first made without what
//! closes the loop, and gets its own definition when the others are there. Taken down, it lets go in the same way.

use crate::kind::Key;
use crate::kind::statement::Statement;

/// The statements of a fact that is made, or let go of, in two parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stub {
    /// Makes it without what it needs.
    pub create: Vec<Statement>,
    /// Makes one that is there need nothing any more.
    pub release: Vec<Statement>,
    /// Gives what `create` made its definition.
    pub complete: Vec<Statement>,
}

/// Whether the text, which is made of types as `format_type` prints them, names the type of this fact.
pub fn names_type(text: &str, key: &Key) -> bool {
    let name = key.sql();
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '.');
    text.match_indices(&name).any(|(at, found)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::key::Scoped;

    #[test]
    fn a_type_is_named_by_its_whole_name_only() {
        let key = Key::View(Scoped::new("public", "a"));
        for text in ["public.a", "SETOF public.a[]", "x integer, y public.a"] {
            assert!(names_type(text, &key), "{text}");
        }
        for text in ["", "public.ab", "xpublic.a", "public.a.b", "other.public.a", "public.\"a\""] {
            assert!(!names_type(text, &key), "{text}");
        }
    }
}
