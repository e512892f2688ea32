//! Statements of a file, by a splitter that never fails: a broken statement ends where the next one can be seen.
//!
//! It knows what psql's scanner (`psqlscan.l`) knows of where a statement ends: bodies of BEGIN ATOMIC, the actions of a
//! rule, the data of COPY, and psql's own commands. What a token is, [`crate::sql::lex`] says.

use std::ops::Range;
use std::sync::Arc;

use crate::sql::file::SqlFile;
use crate::sql::lex::{Kind, Lexer, Token};
pub use crate::sql::split::class::Class;
use crate::sql::split::class::Head;

pub mod class;

/// One statement of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    pub file: Arc<SqlFile>,
    /// Bytes, without comments and space before it and without the semicolon and the data of a COPY.
    pub span: Range<usize>,
    pub class: Class,
    /// Its number in the file, from zero.
    pub ordinal: usize,
    /// The byte where what follows begins: behind the semicolon, and behind the data of a COPY.
    pub behind: usize,
}

impl Statement {
    pub fn sql(&self) -> &str {
        &self.file.text[self.span.clone()]
    }

    pub fn line(&self) -> usize {
        self.file.line(self.span.start)
    }

    /// `schema/orders.sql:12`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.path, self.line())
    }
}

/// All statements of a file, in order.
pub fn split(file: &Arc<SqlFile>) -> Vec<Statement> {
    split_part(file, 0..file.text.len())
}

/// All statements of these bytes of a file, in order, at their places in the file; their numbers begin at zero.
pub fn split_part(file: &Arc<SqlFile>, bytes: Range<usize>) -> Vec<Statement> {
    let text = file.text.get(..bytes.end).unwrap_or(&file.text);
    let mark = text.starts_with('\u{FEFF}') && bytes.start == 0;
    let start = if mark { '\u{FEFF}'.len_utf8() } else { bytes.start };
    let mut splitter = Splitter { text, lexer: Lexer::starting(text, start) };
    let mut statements = Vec::new();
    while let Some((span, class)) = splitter.statement() {
        let (ordinal, behind) = (statements.len(), splitter.lexer.at());
        statements.push(Statement { file: Arc::clone(file), span, class, ordinal, behind });
    }
    statements
}

struct Splitter<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
}

impl Splitter<'_> {
    fn statement(&mut self) -> Option<(Range<usize>, Class)> {
        loop {
            let token = self.lexer.next()?;
            if token.kind == Kind::Comment && token.open {
                self.resume(&token.at);
            } else if token.is_symbol(self.text, b'\\') {
                return Some((self.meta(token.at.start), Class::Meta));
            } else if token.kind != Kind::Comment && !token.is_symbol(self.text, b';') {
                return Some(self.sql(token));
            }
        }
    }

    /// From the first token to the end of the statement.
    fn sql(&mut self, first: Token) -> (Range<usize>, Class) {
        let start = first.at.start;
        let mut head = Head::new(self.text);
        let mut nesting = Nesting::default();
        let mut end = start;
        let mut next = Some(first);
        while let Some(token) = next {
            if token.open {
                end = self.resume(&(start..token.at.end));
                break;
            }
            if token.is_symbol(self.text, b';') && (!nesting.inside(&head) || self.definition_follows()) {
                break;
            }
            if token.is_symbol(self.text, b'\\') {
                // `\;` ends a statement too; any other command has a line of its own.
                let semicolon = self.text[token.at.end..].starts_with(';');
                self.lexer.jump(if semicolon { token.at.end + 1 } else { token.at.start });
                break;
            }
            if token.kind != Kind::Comment {
                nesting.step(&head, &token, self.text);
                head.push(&token);
                end = token.at.end;
            }
            next = self.lexer.next();
        }
        let span = start..start + self.text[start..end].trim_ascii_end().len();
        let class = head.class();
        if head.takes_rows() {
            self.skip_rows();
        }
        (span, class)
    }

    /// Whether the next word is one that no body of statements can contain.
    fn definition_follows(&self) -> bool {
        let mut ahead = self.lexer.clone().skip_while(|token| token.kind == Kind::Comment);
        ahead.next().is_none_or(|token| starts_definition(token.text(self.text)))
    }

    /// Something in these bytes is never closed: the statement ends at the semicolon that a definition follows at the
    /// head of a line, and the quotes behind it count afresh.
    fn resume(&mut self, region: &Range<usize>) -> usize {
        let mut semicolon = None;
        let mut at = region.start;
        for line in self.text[region.clone()].split_inclusive('\n') {
            let bare = line.trim_ascii();
            if let Some(found) = semicolon {
                let word = bare.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
                if line.starts_with(word) && starts_definition(word) {
                    self.lexer.jump(found + 1);
                    return found;
                }
            }
            if bare.ends_with(';') {
                semicolon = Some(at + line.trim_ascii_end().len() - 1);
            } else if !(bare.is_empty() || bare.starts_with("--")) {
                semicolon = None;
            }
            at += line.len();
        }
        region.end
    }

    /// A command of psql, to the end of the line or to the `\\` that ends it; `\copy` takes its rows along.
    fn meta(&mut self, start: usize) -> Range<usize> {
        let line = &self.text[start..];
        let line = &line[..line.find('\n').unwrap_or(line.len())];
        let separator = line[1..].find("\\\\").map(|found| found + 1).filter(|found| *found > 1);
        let length = separator.unwrap_or(line.len());
        self.lexer.jump(start + separator.map_or(length, |found| found + 2));
        let command = line[..length].trim_ascii_end();
        let mut head = Head::new(command);
        Lexer::starting(command, 1).for_each(|token| head.push(&token));
        if head.takes_rows() {
            self.skip_rows();
        }
        start..start + command.len()
    }

    /// Passes over the rest of the line and all lines up to `\.`.
    fn skip_rows(&mut self) {
        let from = self.lexer.at();
        let mut at = from;
        for (number, line) in self.text[from..].split_inclusive('\n').enumerate() {
            at += line.len();
            if number > 0 && line.trim_ascii_end() == "\\." {
                break;
            }
        }
        self.lexer.jump(at);
    }
}

/// Whether a semicolon here belongs to the statement.
#[derive(Default)]
struct Nesting {
    parens: usize,
    /// BEGIN ATOMIC and the CASE expressions in it.
    blocks: usize,
    begin: bool,
}

impl Nesting {
    /// A parenthesis holds semicolons only in a rule: elsewhere one that is left open must not swallow the file.
    fn inside(&self, head: &Head<'_>) -> bool {
        self.blocks > 0 || (self.parens > 0 && head.is_rule())
    }

    fn step(&mut self, head: &Head<'_>, token: &Token, text: &str) {
        let begin = std::mem::take(&mut self.begin);
        match token.kind {
            Kind::Symbol if token.is_symbol(text, b'(') => self.parens += 1,
            Kind::Symbol if token.is_symbol(text, b')') => self.parens = self.parens.saturating_sub(1),
            Kind::Word if self.blocks == 0 => {
                self.begin = token.is_word(text, "begin");
                if begin && token.is_word(text, "atomic") && head.is_routine() {
                    self.blocks = 1;
                }
            }
            Kind::Word if token.is_word(text, "case") => self.blocks += 1,
            Kind::Word if token.is_word(text, "end") => self.blocks -= 1,
            _ => {}
        }
    }
}

/// Words that begin a definition and never a statement inside a function or a rule.
fn starts_definition(word: &str) -> bool {
    const WORDS: [&str; 9] = ["create", "alter", "drop", "comment", "grant", "revoke", "set", "do", "copy"];
    WORDS.iter().any(|one| one.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests;
