//! The words of one directive.

use crate::sql::lex::{Kind, Lexer, unquoted};

pub(super) struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text.trim() }
    }

    /// The next word, up to white space, in lower case.
    pub(super) fn word(&mut self) -> String {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word.to_ascii_lowercase()
    }

    /// What stands behind this word, where it follows on something else; that and the word are not read any more.
    pub(super) fn cut(&mut self, word: &str) -> Option<&'a str> {
        let is = |text: &str| text.eq_ignore_ascii_case(word);
        let tokens = Lexer::new(self.rest).skip(1);
        let found = tokens.into_iter().find(|token| token.kind == Kind::Word && is(token.text(self.rest)))?;
        let (before, behind) = (&self.rest[..found.at.start], &self.rest[found.at.end..]);
        // `old.keep` is a name.
        if before.trim_end().ends_with('.') {
            return None;
        }
        self.rest = before.trim_end();
        Some(behind)
    }

    /// All that was not read.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// All the rest as a name, with the schema before it where there is one.
    pub(super) fn name(self) -> Option<(Option<String>, String)> {
        let mut parts = Vec::new();
        for (number, token) in Lexer::new(self.rest).enumerate() {
            let identifier = matches!(token.kind, Kind::Word | Kind::Quoted) && !token.open;
            match number % 2 {
                0 if identifier => parts.push(unquoted(token.text(self.rest))),
                1 if token.is_symbol(self.rest, b'.') => {}
                _ => return None,
            }
        }
        let dots = Lexer::new(self.rest).filter(|token| token.is_symbol(self.rest, b'.')).count();
        match (parts.pop(), parts.pop(), parts.is_empty()) {
            (Some(name), schema, true) if dots == usize::from(schema.is_some()) => Some((schema, name)),
            _ => None,
        }
    }

    /// All the rest as a label of an enum: quoted either way, or bare and then as it is written.
    pub(super) fn label(self) -> String {
        if self.rest.starts_with('"') {
            return unquoted(self.rest);
        }
        match self.rest.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
            Some(inner) => inner.replace("''", "'"),
            None => self.rest.to_owned(),
        }
    }

    /// `CODE` or `CODE:object`, where the object may have quotes with spaces in them.
    pub(super) fn code(&mut self) -> (String, Option<String>) {
        let mut quoted = false;
        let end = self.rest.find(|c: char| {
            quoted ^= c == '"';
            c.is_whitespace() && !quoted
        });
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest.trim_start();
        match word.split_once(':') {
            Some((code, object)) if !object.is_empty() => (code.to_owned(), Some(object.to_owned())),
            Some((code, _)) => (code.to_owned(), None),
            None => (word.to_owned(), None),
        }
    }

    /// What stands behind `because`.
    pub(super) fn reason(mut self) -> Option<String> {
        (self.word() == "because" && !self.rest.is_empty()).then(|| self.rest.to_owned())
    }
}
