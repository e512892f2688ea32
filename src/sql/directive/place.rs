//! Where directives stand, and what begins there.

use std::ops::Range;
use std::sync::Arc;

use crate::sql::directive::error::DirectiveError;
use crate::sql::directive::target::Target;
use crate::sql::directive::thing::{Thing, things};
use crate::sql::file::SqlFile;
use crate::sql::lex::{Kind, Lexer};
use crate::sql::split::{Class, Statement};

const MARK: &str = "pgplumb:";

/// A comment with a directive in it.
pub(super) struct Comment {
    file: Arc<SqlFile>,
    span: Range<usize>,
    /// What stands behind the mark.
    pub(super) text: String,
    /// The statement it stands in, directly above, or behind on the same line.
    pub(super) statement: Option<usize>,
    /// The lines on which what it is about begins; none where it stands alone.
    line: Option<usize>,
    /// Whether SQL stands before it on its line.
    beside: bool,
}

/// The directives of all files; of these bytes of each, where some are given.
pub(super) fn comments(statements: &[Statement], within: Option<&Range<usize>>) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut first = 0;
    for group in statements.chunk_by(|a, b| Arc::ptr_eq(&a.file, &b.file)) {
        let text: &str = &group[0].file.text;
        if text.contains(MARK) {
            let Range { start: mut from, end } = within.cloned().unwrap_or(0..text.len());
            for (number, statement) in group.iter().enumerate() {
                scan(group, first, from..statement.span.start, Some(number), &mut found);
                scan(group, first, statement.span.clone(), Some(number), &mut found);
                // Before the semicolon; what stands behind that of a COPY are its rows.
                if statement.class != Class::Data {
                    scan(group, first, statement.span.end..statement.behind, None, &mut found);
                }
                from = statement.behind;
            }
            scan(group, first, from..end, None, &mut found);
        }
        first += group.len();
    }
    found
}

/// The directives in this part of a file: before a statement, or in it.
fn scan(group: &[Statement], first: usize, part: Range<usize>, number: Option<usize>, found: &mut Vec<Comment>) {
    let file = &group[0].file;
    let text = &file.text[part.clone()];
    if !text.contains(MARK) {
        return;
    }
    for token in Lexer::new(text).filter(|token| token.kind == Kind::Comment) {
        let Some(said) = directive(token.text(text)) else { continue };
        let span = part.start + token.at.start..part.start + token.at.end;
        let comment = Comment { text: said.to_owned(), ..about(file, group, first, span, number) };
        found.push(comment);
    }
}

/// What a comment says behind the mark.
fn directive(comment: &str) -> Option<&str> {
    let inner = match comment.strip_prefix("--") {
        Some(line) => line,
        None => comment.strip_prefix("/*")?.trim_end_matches("*/"),
    };
    inner.trim().strip_prefix(MARK)
}

fn about(file: &Arc<SqlFile>, group: &[Statement], first: usize, span: Range<usize>, next: Option<usize>) -> Comment {
    let line = file.line(span.start);
    let start = file.line_start(line);
    // SQL before it on its line: within the statement, or the end of the one before.
    let beside = Lexer::starting(&file.text[..span.start], start).any(|token| token.kind != Kind::Comment);
    let before = group.iter().rposition(|statement| statement.span.start < span.start);
    let (statement, line) = if beside {
        (before, Some(line))
    } else {
        let below = line_below(file, span.end);
        let inside = before.filter(|number| span.end <= group[*number].span.end);
        (inside.or(next).filter(|_| below.is_some()), below)
    };
    Comment { file: Arc::clone(file), span, text: String::new(), statement: statement.map(|s| first + s), line, beside }
}

/// The next line that has SQL on it, if only comments are between.
fn line_below(file: &SqlFile, from: usize) -> Option<usize> {
    let mut end = from;
    for token in Lexer::starting(&file.text, from) {
        if file.line(token.at.start) > file.line(end) + 1 {
            return None;
        }
        if token.kind != Kind::Comment {
            return Some(file.line(token.at.start));
        }
        end = token.at.end;
    }
    None
}

impl Comment {
    pub(super) fn at(&self) -> (Arc<SqlFile>, Range<usize>) {
        (Arc::clone(&self.file), self.span.clone())
    }

    /// What the directive is about.
    pub(super) fn target(&self, statements: &[Statement]) -> Result<Target, DirectiveError> {
        let dangling = || DirectiveError::dangling(self.at());
        let (Some(number), Some(line)) = (self.statement, self.line) else { return Err(dangling()) };
        let statement = statements.get(number).ok_or_else(dangling)?;
        let things = things(statement);
        let on_line = |thing: &&Thing| self.file.line(thing.at) == line && (self.beside || thing.at > self.span.end);
        let here: Vec<&Thing> = things.iter().filter(on_line).collect();
        let depth = here.iter().map(|thing| thing.depth).min();
        let outermost: Vec<&Thing> = here.into_iter().filter(|thing| Some(thing.depth) == depth).collect();
        match outermost.as_slice() {
            [only] => Ok(only.target.clone()),
            [] => self.further(statement, line, &things).map(|thing| thing.target.clone()).ok_or_else(dangling),
            several => {
                let names: Vec<&str> = several.iter().map(|thing| thing.target.name()).collect();
                Err(DirectiveError::ambiguous(self.at(), &names))
            }
        }
    }

    /// What it is about where nothing begins on its line.
    fn further<'a>(&self, statement: &Statement, line: usize, things: &'a [Thing]) -> Option<&'a Thing> {
        let single = || if let [only] = things { Some(only) } else { None };
        if self.beside {
            // Behind the end of the statement, or on a further line of what began above.
            let whole = things.iter().find(|thing| thing.depth == 0);
            let behind = self.span.start >= statement.span.end || self.closed(statement);
            let last = things.iter().rfind(|thing| thing.at < self.span.start && thing.depth == 1);
            return if behind { whole.or_else(single) } else { last.or(whole) };
        }
        // `ALTER TABLE t` on one line, and what it adds on the next.
        (line == statement.line()).then(single).flatten()
    }

    /// Whether the list in parentheses is over before the directive.
    fn closed(&self, statement: &Statement) -> bool {
        let text = &self.file.text[statement.span.start..self.span.start];
        let (mut open, mut seen) = (0_usize, false);
        for token in Lexer::new(text) {
            seen |= token.is_symbol(text, b'(');
            open += usize::from(token.is_symbol(text, b'('));
            open = open.saturating_sub(usize::from(token.is_symbol(text, b')')));
        }
        seen && open == 0
    }
}
