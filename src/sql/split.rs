//! Statements of a file, by a scanner that never fails: a broken statement ends at the next semicolon or at the end.
//!
//! It knows what Postgres' scanner (`scan.l`) and psql's (`psqlscan.l`) know of where a statement ends: quotes, dollar
//! quotes, nested comments, bodies of BEGIN ATOMIC, the data of COPY, and psql's own commands.

use std::ops::Range;
use std::sync::Arc;

use crate::sql::file::SqlFile;

/// What kind of statement it is, as far as its first words tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Defines something.
    Definition,
    /// Moves rows: not loaded.
    Data,
    /// Changes what later statements of its file mean.
    Session,
    /// BEGIN, COMMIT and the like.
    Transaction,
    /// A command of psql.
    Meta,
}

/// One statement of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    pub file: Arc<SqlFile>,
    /// Bytes, without comments and space before it and without the semicolon.
    pub span: Range<usize>,
    pub class: Class,
    /// Its number in the file, from zero.
    pub ordinal: usize,
}

impl Statement {
    pub fn sql(&self) -> &str {
        &self.file.text[self.span.clone()]
    }

    pub fn line(&self) -> usize {
        self.file.line_column(self.span.start).0
    }

    /// `schema/orders.sql:12`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.path, self.line())
    }
}

/// All statements of a file, in order.
pub fn split(file: &Arc<SqlFile>) -> Vec<Statement> {
    let mut scanner = Scanner { text: &file.text, bytes: file.text.as_bytes(), at: 0 };
    let mut statements = Vec::new();
    while let Some((span, class)) = scanner.statement() {
        statements.push(Statement { file: Arc::clone(file), span, class, ordinal: statements.len() });
    }
    statements
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn statement(&mut self) -> Option<(Range<usize>, Class)> {
        loop {
            self.skip_blank();
            let start = self.at;
            match self.peek(0)? {
                b';' => self.at += 1,
                b'\\' => {
                    self.skip_line();
                    return Some((start..self.trimmed(start, self.at), Class::Meta));
                }
                _ => return Some(self.sql(start)),
            }
        }
    }

    fn sql(&mut self, start: usize) -> (Range<usize>, Class) {
        let (mut parens, mut blocks, mut end) = (0_usize, 0_usize, start);
        let mut words: Vec<String> = Vec::new();
        let mut last = String::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b';' if blocks == 0 && parens == 0 => break,
                // A parenthesis that never closes must not swallow the rest of the file.
                b';' if blocks == 0 && self.starts_statement(self.at + 1) => break,
                b'\\' if self.line_starts_here() => break,
                b'(' => parens += 1,
                b')' => parens = parens.saturating_sub(1),
                _ => {}
            }
            if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
                let word = self.word();
                match word.as_str() {
                    "atomic" if last == "begin" => blocks = blocks.max(1),
                    "case" if blocks > 0 => blocks += 1,
                    "end" if blocks > 0 => blocks -= 1,
                    _ => {}
                }
                if words.len() < 4 {
                    words.push(word.clone());
                }
                last = word;
                end = self.at;
                continue;
            }
            let before = self.at;
            self.skip_token();
            if !self.text[before..self.at].trim().is_empty() && !self.is_comment(before) {
                end = self.at;
                if words.len() < 4 && byte != b'(' {
                    words.push(self.text[before..self.at].to_owned());
                }
            }
        }
        if self.peek(0) == Some(b';') {
            self.at += 1;
        }
        let class = classify(&words, &self.text[start..end]);
        if class == Class::Data && words.first().is_some_and(|w| w == "copy") && ends_in_stdin(&self.text[start..end]) {
            self.skip_copy_data();
        }
        (start..end, class)
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn is_comment(&self, at: usize) -> bool {
        self.bytes[at..].starts_with(b"--") || self.bytes[at..].starts_with(b"/*")
    }

    fn line_starts_here(&self) -> bool {
        self.text[..self.at].rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
    }

    /// Whether a line begins behind this place with a word that only begins statements.
    fn starts_statement(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        let Some(line) = rest.split_once('\n').filter(|(same, _)| same.trim().is_empty()).map(|(_, next)| next) else {
            return rest.trim().is_empty();
        };
        let word: String = line.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
        matches!(
            word.to_ascii_lowercase().as_str(),
            "create" | "alter" | "drop" | "comment" | "grant" | "revoke" | "set"
        )
    }

    fn word(&mut self) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80) {
            self.at += 1;
        }
        let word = self.text[start..self.at].to_ascii_lowercase();
        // E'...' takes backslashes; the other prefixes of a string need nothing.
        if word == "e" && self.peek(0) == Some(b'\'') {
            self.skip_quoted(b'\'', true);
        }
        word
    }

    fn skip_blank(&mut self) {
        loop {
            match self.peek(0) {
                Some(byte) if byte.is_ascii_whitespace() => self.at += 1,
                Some(_) if self.is_comment(self.at) => self.skip_token(),
                // A byte order mark.
                Some(0xEF) if self.bytes[self.at..].starts_with(&[0xEF, 0xBB, 0xBF]) => self.at += 3,
                _ => return,
            }
        }
    }

    fn skip_line(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn trimmed(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end].trim_end().len()
    }

    fn skip_token(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (Some(b'-'), Some(b'-')) => self.skip_line(),
            (Some(b'/'), Some(b'*')) => self.skip_comment(),
            (Some(quote @ (b'\'' | b'"')), _) => self.skip_quoted(quote, false),
            (Some(b'$'), _) => self.skip_dollar(),
            (Some(byte), _) if byte.is_ascii_digit() => {
                while self.peek(0).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.') {
                    self.at += 1;
                }
            }
            _ => self.at += 1,
        }
    }

    fn skip_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    self.at += 2;
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn skip_quoted(&mut self, quote: u8, escapes: bool) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            if escapes && byte == b'\\' {
                self.at = (self.at + 2).min(self.bytes.len());
            } else if byte == quote && self.peek(1) == Some(quote) {
                self.at += 2;
            } else {
                self.at += 1;
                if byte == quote {
                    return;
                }
            }
        }
    }

    fn skip_dollar(&mut self) {
        let start = self.at;
        let mut end = start + 1;
        while self.bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80) {
            end += 1;
        }
        let digit = self.bytes.get(start + 1).is_some_and(u8::is_ascii_digit);
        if digit || self.bytes.get(end) != Some(&b'$') {
            self.at += 1;
            return;
        }
        let tag = &self.text[start..=end];
        self.at = self.text[end + 1..].find(tag).map_or(self.bytes.len(), |found| end + 1 + found + tag.len());
    }

    fn skip_copy_data(&mut self) {
        self.skip_line();
        while self.at < self.bytes.len() {
            self.at += 1;
            let start = self.at;
            self.skip_line();
            if self.text[start..self.at].trim_end() == "\\." {
                return;
            }
        }
    }
}

fn ends_in_stdin(sql: &str) -> bool {
    sql.to_ascii_lowercase().contains("from stdin")
}

fn classify(words: &[String], sql: &str) -> Class {
    match words.first().map(String::as_str).unwrap_or_default() {
        "insert" | "update" | "delete" | "merge" | "truncate" | "copy" | "call" | "refresh" | "with" | "values"
        | "table" | "fetch" | "vacuum" | "analyze" | "cluster" | "reindex" | "checkpoint" | "execute" | "explain"
        | "lock" | "notify" | "listen" | "show" => Class::Data,
        "select" if sql.to_ascii_lowercase().contains("set_config(") => Class::Session,
        "select" | "prepare" | "deallocate" | "discard" | "declare" | "close" | "move" | "unlisten" => Class::Data,
        "set" if words.get(1).is_some_and(|w| w == "transaction" || w == "constraints") => Class::Transaction,
        "set" | "reset" => Class::Session,
        "begin" | "commit" | "rollback" | "start" | "end" | "abort" | "savepoint" | "release" => Class::Transaction,
        _ => Class::Definition,
    }
}

#[cfg(test)]
mod tests;
