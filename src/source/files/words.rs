//! The first words of a statement, which is all that is needed to see what it is about before Postgres does.

use std::ops::Range;

/// The words of a statement in order: bare ones as they stand, everything else between them as single characters.
/// Comments, string literals and quoted identifiers are passed over (a quoted identifier counts as an empty word).
pub struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Passes over white space and comments; those nest in Postgres.
    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("--") {
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if trimmed.starts_with("/*") {
                self.at += comment_length(trimmed);
            } else {
                return;
            }
        }
    }

    /// Passes over what a quote opens, to the same quote that is not doubled.
    fn skip_quoted(&mut self, quote: char) {
        let rest = self.rest();
        let mut chars = rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if c != quote {
                continue;
            }
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                self.at += at + c.len_utf8();
                return;
            }
        }
        self.at = self.text.len();
    }
}

fn comment_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0);
    while at < bytes.len() {
        match &bytes[at..bytes.len().min(at + 2)] {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

impl<'a> Iterator for Words<'a> {
    /// The word, and where it stands.
    type Item = (&'a str, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_blank();
        let start = self.at;
        let first = self.rest().chars().next()?;
        if first == '"' || first == '\'' {
            self.skip_quoted(first);
            return Some(("", start..self.at));
        }
        let rest = self.rest();
        let length = match rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')) {
            Some(0) => first.len_utf8(),
            Some(end) => end,
            None => rest.len(),
        };
        self.at += length;
        Some((&rest[..length], start..self.at))
    }
}

/// Whether the statement begins with these words; each may name several to choose from, `TABLE|VIEW`.
pub fn begins(text: &str, words: &[&str]) -> bool {
    let mut found = Words::of(text);
    words
        .iter()
        .all(|choice| found.next().is_some_and(|(word, _)| choice.split('|').any(|one| one.eq_ignore_ascii_case(word))))
}

/// Where this word stands, among the first words of a statement.
pub fn find(text: &str, word: &str, among: usize) -> Option<Range<usize>> {
    Words::of(text).take(among).find(|(found, _)| found.eq_ignore_ascii_case(word)).map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_past_comments_and_quotes() {
        let text = "-- CREATE ROLE\n/* a /* b */ c */ create /**/ Index \"on\" concurrently('x''y', 2)";
        let words: Vec<&str> = Words::of(text).map(|(word, _)| word).collect();
        assert_eq!(words, ["create", "Index", "", "concurrently", "(", "", ",", "2", ")"]);
        assert!(begins(text, &["CREATE", "TABLE|INDEX"]));
        assert!(!begins(text, &["CREATE", "TABLE"]));
        assert_eq!(find(text, "CONCURRENTLY", 4).map(|at| &text[at]), Some("concurrently"));
        assert_eq!(find(text, "CONCURRENTLY", 3), None);
    }

    #[test]
    fn what_never_ends_ends_with_the_text() {
        assert_eq!(Words::of("a /* b").count(), 1);
        assert_eq!(Words::of("a 'b").count(), 2);
        assert_eq!(Words::of("é 'ü").count(), 2);
    }
}
