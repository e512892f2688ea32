//! The tokens of SQL text, by byte, from a scanner that never fails: what is never closed is a token to the end.
//!
//! The rules are those of Postgres' `scan.l` with `standard_conforming_strings` on. sqlparser's tokenizer is not used
//! here: it copies every token, knows lines and columns only, and stops at what it does not know. pg_query's scanner,
//! which is the authority, stops at the first unclosed quote and knows nothing of psql; the tests hold this one to it.

mod quotes;
mod token;

pub use crate::sql::lex::quotes::{inside, unquoted};
pub use crate::sql::lex::token::{Kind, Token};

/// The tokens of a text in order, from a byte on; white space is between them.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self::starting(text, 0)
    }

    /// Begins at this byte, which must be between two tokens.
    pub fn starting(text: &'a str, at: usize) -> Self {
        Self { text, at }
    }

    /// The byte behind the last token.
    pub fn at(&self) -> usize {
        self.at
    }

    /// Goes on at this byte.
    pub fn jump(&mut self, at: usize) {
        self.at = at;
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// What stands here, passing over it, and whether it was closed.
    fn scan(&mut self, first: u8) -> (Kind, bool) {
        match (first, self.peek(1)) {
            (b'-', Some(b'-')) => {
                self.skip_while(|byte| byte != b'\n' && byte != b'\r');
                (Kind::Comment, true)
            }
            (b'/', Some(b'*')) => (Kind::Comment, self.block_comment()),
            (b'\'', _) => (Kind::Text, self.quoted(b'\'', false)),
            (b'"', _) => (Kind::Quoted, self.quoted(b'"', false)),
            (b'$', Some(b'0'..=b'9')) => {
                self.at += 1;
                self.skip_while(|byte| byte.is_ascii_digit());
                (Kind::Parameter, true)
            }
            (b'$', _) => self.dollar(),
            // The second point of `1..2` begins no number.
            (b'.', Some(b'0'..=b'9')) if !self.text[..self.at].ends_with('.') => {
                self.number();
                (Kind::Number, true)
            }
            (b'0'..=b'9', _) => {
                self.number();
                (Kind::Number, true)
            }
            _ if starts_word(first) => self.word(),
            _ => {
                self.at += 1;
                (Kind::Symbol, true)
            }
        }
    }

    /// A word, or the string or identifier that it is the prefix of.
    fn word(&mut self) -> (Kind, bool) {
        let start = self.at;
        self.skip_while(continues_word);
        let one = self.at == start + 1;
        let prefix = self.text.as_bytes().get(start).copied().unwrap_or_default().to_ascii_lowercase();
        match (prefix, self.peek(0), self.peek(1)) {
            (b'e', Some(b'\''), _) if one => (Kind::Text, self.escaped()),
            (b'n', Some(b'\''), _) if one => (Kind::Text, self.quoted(b'\'', false)),
            (b'b' | b'x', Some(b'\''), _) if one => (Kind::Text, self.bits()),
            (b'u', Some(b'&'), Some(b'\'')) if one => {
                self.at += 1;
                (Kind::Text, self.quoted(b'\'', false))
            }
            (b'u', Some(b'&'), Some(b'"')) if one => {
                self.at += 1;
                (Kind::Quoted, self.quoted(b'"', false))
            }
            _ => (Kind::Word, true),
        }
    }

    /// `E'...'`. A further string on a line below belongs to it, and takes backslashes as well.
    fn escaped(&mut self) -> bool {
        loop {
            if !self.quoted(b'\'', true) {
                return false;
            }
            let end = self.at;
            self.skip_while(is_space);
            if !(self.text[end..self.at].contains(['\n', '\r']) && self.peek(0) == Some(b'\'')) {
                self.at = end;
                return true;
            }
        }
    }

    /// `B'...'` and `X'...'`, in which no quote is doubled.
    fn bits(&mut self) -> bool {
        self.at += 1;
        self.skip_while(|byte| byte != b'\'');
        let closed = self.peek(0).is_some();
        self.at += usize::from(closed);
        closed
    }

    fn quoted(&mut self, quote: u8, escapes: bool) -> bool {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            if escapes && byte == b'\\' {
                self.at = self.text.len().min(self.at + 1);
            } else if byte == quote {
                if self.peek(0) != Some(quote) {
                    return true;
                }
                self.at += 1;
            }
        }
        false
    }

    fn block_comment(&mut self) -> bool {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return true;
                    }
                }
                _ => self.at += 1,
            }
        }
        false
    }

    fn dollar(&mut self) -> (Kind, bool) {
        let start = self.at;
        self.at += 1;
        if self.peek(0).is_some_and(starts_word) {
            self.skip_while(|byte| byte != b'$' && continues_word(byte));
        }
        if self.peek(0) != Some(b'$') {
            self.at = start + 1;
            return (Kind::Symbol, true);
        }
        self.at += 1;
        let tag = &self.text[start..self.at];
        match self.text[self.at..].find(tag) {
            Some(found) => {
                self.at += found + tag.len();
                (Kind::Dollar, true)
            }
            None => {
                self.at = self.text.len();
                (Kind::Dollar, false)
            }
        }
    }

    /// Digits, a point, an exponent; `1..10` is two numbers and two points.
    fn number(&mut self) {
        let mut point = false;
        while let Some(byte) = self.peek(0) {
            let exponent = matches!(byte, b'e' | b'E')
                && matches!(self.peek(1), Some(b'+' | b'-'))
                && self.peek(2).is_some_and(|next| next.is_ascii_digit());
            match byte {
                _ if exponent => self.at += 2,
                b'.' if point || self.peek(1) == Some(b'.') => return,
                b'.' => {
                    point = true;
                    self.at += 1;
                }
                b'_' => self.at += 1,
                _ if byte.is_ascii_alphanumeric() => self.at += 1,
                _ => return,
            }
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_while(is_space);
        let start = self.at;
        let (kind, closed) = self.scan(self.peek(0)?);
        Some(Token { kind, at: start..self.at, open: !closed })
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

fn starts_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn continues_word(byte: u8) -> bool {
    starts_word(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests;
