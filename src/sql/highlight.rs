//! SQL with colours for a terminal, by sqlparser's tokens: it knows the keywords, and keeps what it read of broken text.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, Tokenizer, Whitespace};

const KEYWORD: Style = AnsiColor::Blue.on_default().bold();
const STRING: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Cyan.on_default();
const COMMENT: Style = Style::new().dimmed();

/// The same text with keywords, strings, numbers and comments coloured. Whether the reader wants colour is the
/// caller's to know; without its escapes the text is unchanged.
pub fn highlight(sql: &str) -> String {
    let mut tokens = Vec::new();
    // What cannot be read further stays as it is.
    let _ =
        Tokenizer::new(&PostgreSqlDialect {}, sql).with_unescape(false).tokenize_with_location_into_buf(&mut tokens);
    let mut text = String::with_capacity(sql.len() * 2);
    let mut places = Places { sql, at: 0, line: 1, column: 1 };
    let mut end = 0;
    for token in &tokens {
        let Some(style) = style(&token.token) else { continue };
        let (from, to) = (places.offset(token.span.start), places.offset(token.span.end));
        let _ = write!(text, "{}{style}{}{style:#}", &sql[end..from.max(end)], &sql[from.max(end)..to.max(end)]);
        end = to.max(end);
    }
    text.push_str(&sql[end..]);
    text
}

fn style(token: &Token) -> Option<Style> {
    match token {
        Token::Word(word) if word.keyword != Keyword::NoKeyword && word.quote_style.is_none() => Some(KEYWORD),
        Token::Number(..) => Some(NUMBER),
        Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => Some(COMMENT),
        Token::SingleQuotedString(_)
        | Token::DollarQuotedString(_)
        | Token::EscapedStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::NationalStringLiteral(_)
        | Token::HexStringLiteral(_)
        | Token::SingleQuotedByteStringLiteral(_) => Some(STRING),
        _ => None,
    }
}

/// Bytes for lines and columns, which only ever go forward.
struct Places<'a> {
    sql: &'a str,
    at: usize,
    line: u64,
    column: u64,
}

impl Places<'_> {
    fn offset(&mut self, location: Location) -> usize {
        for c in self.sql[self.at..].chars() {
            if (self.line, self.column) >= (location.line, location.column) {
                break;
            }
            self.at += c.len_utf8();
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.at
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::highlight;

    fn marked(sql: &str) -> String {
        let coloured = highlight(sql).replace("\x1b[0m", ">");
        [("\x1b[1m\x1b[34m", "<k "), ("\x1b[32m", "<s "), ("\x1b[36m", "<n "), ("\x1b[2m", "<c ")]
            .iter()
            .fold(coloured, |text, (escape, mark)| text.replace(escape, mark))
    }

    #[test]
    fn keywords_strings_numbers_and_comments_are_coloured() {
        let sql = "SELECT größe, 'a''b', 12 -- c\nFROM \"table\" /* d */ WHERE x = E'\\'' || $f$ y $f$;";
        let expected = "<k SELECT> größe, <s 'a''b'>, <n 12> <c -- c>\n<k FROM> \"table\" <c /* d */> <k WHERE> x = \
                        <s E'\\''> || <s $f$ y $f$>;";
        assert_eq!(marked(sql), expected);
        assert_eq!(marked("SELECT 'open"), "<k SELECT> 'open");
    }

    proptest! {
        #[test]
        fn the_text_itself_is_unchanged(sql in any::<String>()) {
            assert_eq!(anstream::adapter::strip_str(&highlight(&sql)).to_string(), anstream::adapter::strip_str(&sql).to_string());
        }
    }
}
