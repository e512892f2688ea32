//! A statement without what is written out in it: what a log may say of it.

use crate::sql::lex::{Kind, Lexer};

/// As many characters as a line of a log has room for.
const LONGEST: usize = 300;

/// The statement on one line, with `?` in the place of every string and number, and without comments.
pub fn shape(sql: &str) -> String {
    let mut shape = String::new();
    let mut end = None;
    for token in Lexer::new(sql) {
        if token.kind == Kind::Comment {
            continue;
        }
        // What stood apart stands apart.
        if end.is_some_and(|end| end < token.at.start) {
            shape.push(' ');
        }
        end = Some(token.at.end);
        match token.kind {
            Kind::Text | Kind::Dollar | Kind::Number => shape.push('?'),
            // An end that is missing may be that of a string.
            _ if token.open => shape.push('?'),
            _ => shape.push_str(&token.text(sql).split_whitespace().collect::<Vec<_>>().join(" ")),
        }
    }
    if shape.chars().count() <= LONGEST {
        return shape;
    }
    shape.chars().take(LONGEST).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_out_stays() {
        let sql = "-- hush\nINSERT INTO \"Odd\" (a,b)\n  VALUES (4711, E'hu\\'sh' , $x$hush$x$, 1.5e3);";
        assert_eq!(shape(sql), "INSERT INTO \"Odd\" (a,b) VALUES (?, ? , ?, ?);");
        assert_eq!(shape("ALTER ROLE r PASSWORD 'hu"), "ALTER ROLE r PASSWORD ?");
        assert_eq!(shape("ALTER ROLE r PASSWORD \"hush"), "ALTER ROLE r PASSWORD ?");
        assert_eq!(shape(&"x ".repeat(400)).chars().count(), LONGEST + 3);
    }
}
