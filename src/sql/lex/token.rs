//! A token of SQL text.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A keyword or an identifier without quotes.
    Word,
    /// An identifier in double quotes, `U&"..."` too.
    Quoted,
    /// A string literal of any sort but dollar-quoted.
    Text,
    /// A dollar-quoted string.
    Dollar,
    Number,
    /// `$1`.
    Parameter,
    /// One character of punctuation or of an operator.
    Symbol,
    Comment,
}

/// A token and its bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: Kind,
    pub at: Range<usize>,
    /// Whether the text ended before the token did.
    pub open: bool,
}

impl Token {
    /// The token as it is written.
    pub fn text<'a>(&self, sql: &'a str) -> &'a str {
        &sql[self.at.clone()]
    }

    /// Whether it is this word without quotes, in any case.
    pub fn is_word(&self, sql: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.text(sql).eq_ignore_ascii_case(word)
    }

    pub fn is_symbol(&self, sql: &str, symbol: u8) -> bool {
        self.kind == Kind::Symbol && sql.as_bytes().get(self.at.start) == Some(&symbol)
    }
}
