//! Schemas under other names in SQL text: for the server, that is to see a tenant's schema where the text names the
//! template, and for what the server printed, the other way round.
//!
//! It goes by tokens, not by text, and follows names into strings and bodies that hold SQL. Where a token cannot be told
//! from something else of the same name it leaves it alone and says so: a `Doubt`.

mod context;
#[cfg(test)]
mod tests;
mod walk;

use std::ops::Range;

use crate::base::name::Ident;
use crate::sql::rename::walk::Walk;

/// Schemas, each with the name that takes the place of its own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    names: Vec<Name>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Name {
    from: String,
    to: String,
    /// Whether it is ours alone: nobody else calls anything by it, but for settings of these names.
    own: bool,
    /// Whether it is the name of something only where it is quoted.
    reserved: bool,
}

/// A text with its names exchanged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Renamed {
    pub text: String,
    /// How many names were exchanged.
    pub count: usize,
    pub doubts: Vec<Doubt>,
    edits: Vec<Edit>,
}

/// A name that may be that of the schema and may be another's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubt {
    /// The token in the text, as bytes; of one inside a string or body, the whole of that.
    pub at: Range<usize>,
    pub why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The name stands alone, or behind a dot: a table, a column, an alias, a role.
    Alone,
    /// In a string that is not known to hold SQL or the name of an object.
    Text,
    /// In a body, where it is compared as it is written, in another spelling.
    Spelling,
}

/// What took the place of what, in characters.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Edit {
    /// Where it begins in the given text.
    at: usize,
    given: usize,
    made: usize,
}

impl Names {
    /// Adds a schema whose name the user chose.
    #[must_use]
    pub fn and(self, from: &str, to: &str) -> Self {
        self.with(from, to, false)
    }

    /// Adds one that is ours.
    #[must_use]
    pub fn and_own(self, from: &str, to: &str) -> Self {
        self.with(from, to, true)
    }

    fn with(mut self, from: &str, to: &str, own: bool) -> Self {
        let reserved = Ident::new(from).to_string() != from;
        self.names.push(Name { from: from.to_owned(), to: to.to_owned(), own, reserved });
        self
    }

    /// The text with the names exchanged.
    pub fn rename(&self, text: &str) -> Renamed {
        // Most texts of most databases name none of them.
        if !self.names.iter().any(|name| holds(text, &name.from)) {
            return Renamed { text: text.to_owned(), count: 0, doubts: Vec::new(), edits: Vec::new() };
        }
        Walk::over(self, text, 0).done()
    }

    /// A name of a schema by itself.
    pub fn name<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.iter().find(|one| one.from == name).map_or(name, |one| one.to.as_str())
    }
}

impl Renamed {
    /// Where in the given text a character of this one stands, both counted from one, as the server does.
    pub fn given(&self, position: u32) -> u32 {
        let made = usize::try_from(position).unwrap_or_default().saturating_sub(1);
        let (mut shift, mut at) = (0_isize, made);
        for edit in &self.edits {
            let begins = edit.at.saturating_add_signed(shift);
            if begins > made {
                break;
            }
            let change = edit.made.cast_signed() - edit.given.cast_signed();
            if made < begins + edit.made {
                // Within the name itself it is the name.
                at = edit.at;
                return u32::try_from(at + 1).unwrap_or(position);
            }
            shift += change;
            at = made.saturating_add_signed(-shift);
        }
        u32::try_from(at + 1).unwrap_or(position)
    }
}

/// Whether the letters are there at all, in any case.
fn holds(text: &str, name: &str) -> bool {
    let (text, name) = (text.as_bytes(), name.as_bytes());
    let Some(first) = name.first() else { return false };
    // In an escaped string or a quoted name a quote is doubled, so only the part before the first one is looked for.
    let plain = name.iter().position(|byte| matches!(byte, b'"' | b'\'')).unwrap_or(name.len()).max(1);
    let name = &name[..plain];
    text.windows(name.len()).any(|part| part[0].eq_ignore_ascii_case(first) && part.eq_ignore_ascii_case(name))
}
