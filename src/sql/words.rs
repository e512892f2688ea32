//! The first words of a statement, which is all that is needed to see what it is about before Postgres does.

use std::ops::Range;

use crate::sql::lex::{Kind, Lexer};

/// The words of a statement in order, each with where it stands: bare ones and punctuation as they are written. Comments
/// are passed over; strings and quoted identifiers count as empty words.
pub struct Words<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
}

impl<'a> Words<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { text, lexer: Lexer::new(text) }
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = (&'a str, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let token = self.lexer.by_ref().find(|token| token.kind != Kind::Comment)?;
        let word = match token.kind {
            Kind::Quoted | Kind::Text | Kind::Dollar => "",
            _ => &self.text[token.at.clone()],
        };
        Some((word, token.at))
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
}
