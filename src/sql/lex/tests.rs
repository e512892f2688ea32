use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::{Kind, Lexer, inside, unquoted};
use crate::sql::lex::Token;

fn written(sql: &str) -> Vec<(Kind, &str)> {
    Lexer::new(sql).map(|token| (token.kind, token.text(sql))).collect()
}

#[test]
fn tokens_are_those_of_postgres() {
    use Kind::{Comment, Dollar, Number, Parameter, Quoted, Symbol, Text, Word};
    let cases: [(&str, &[(Kind, &str)]); 13] = [
        ("a$b$c", &[(Word, "a$b$c")]),
        ("$a$ $b$ $a$x", &[(Dollar, "$a$ $b$ $a$"), (Word, "x")]),
        ("$1$$x$$", &[(Parameter, "$1"), (Dollar, "$$x$$")]),
        ("$ a", &[(Symbol, "$"), (Word, "a")]),
        ("E'\\'' 'a\\'", &[(Text, "E'\\''"), (Text, "'a\\'")]),
        ("e'a' \n 'b\\'c' x", &[(Text, "e'a' \n 'b\\'c'"), (Word, "x")]),
        ("U&'d\\0061' u&\"a\"\"b\"", &[(Text, "U&'d\\0061'"), (Quoted, "u&\"a\"\"b\"")]),
        ("b'0''1' N'a''b'", &[(Text, "b'0'"), (Text, "'1'"), (Text, "N'a''b'")]),
        ("be'a'", &[(Word, "be"), (Text, "'a'")]),
        ("/* a /* b */ -- */ c --d\re", &[(Comment, "/* a /* b */ -- */"), (Word, "c"), (Comment, "--d"), (Word, "e")]),
        (
            "1..2 1.5e-3 .5 1_000 0xFF",
            &[
                (Number, "1"),
                (Symbol, "."),
                (Symbol, "."),
                (Number, "2"),
                (Number, "1.5e-3"),
                (Number, ".5"),
                (Number, "1_000"),
                (Number, "0xFF"),
            ],
        ),
        ("größe+-- x", &[(Word, "größe"), (Symbol, "+"), (Comment, "-- x")]),
        ("a\\b", &[(Word, "a"), (Symbol, "\\"), (Word, "b")]),
    ];
    for (sql, expected) in cases {
        assert_eq!(written(sql), expected, "{sql}");
    }
}

#[test]
fn what_is_never_closed_goes_to_the_end_and_says_so() {
    for sql in ["'a", "\"a", "$x$ a $y$", "/* /* */", "E'a\\'", "'a''", "E'a' \n'b"] {
        let tokens: Vec<Token> = Lexer::new(sql).collect();
        assert_eq!(tokens.len(), 1, "{sql}");
        assert!(tokens[0].open && tokens[0].at == (0..sql.len()), "{sql}");
    }
    assert!(Lexer::new("'a' \"b\" $$c$$ /* d */ -- e").all(|token| !token.open));
}

#[test]
fn quotes_come_off() {
    let inner = |sql: &str| Lexer::new(sql).map(|token| inside(&token, sql).to_owned()).collect::<String>();
    assert_eq!(inner("'a''b'"), "a''b");
    assert_eq!(inner("E'a'"), "a");
    assert_eq!(inner("$x$a$x$"), "a");
    assert_eq!(inner("$$"), "");
    assert_eq!(inner("'a"), "a");
    assert_eq!(unquoted("\"A\"\"b\""), "A\"b");
    assert_eq!(unquoted("Straße"), "straße");
}

/// Pieces that matter to a scanner, in any order.
fn sql() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("'"),
        Just("\""),
        Just("$$"),
        Just("$a$"),
        Just("$"),
        Just("\\"),
        Just("/*"),
        Just("*/"),
        Just("--"),
        Just("\n"),
        Just("\r"),
        Just(" "),
        Just(";"),
        Just("E'"),
        Just("U&'"),
        Just("u&\""),
        Just("b"),
        Just("é"),
        Just("1"),
        Just("."),
        Just("e"),
        Just("+"),
        Just("("),
        Just(","),
        Just("n"),
        Just("_"),
        Just("a"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_at_all_is_scanned(text in any::<String>()) {
        let mut end = 0;
        for token in Lexer::new(&text) {
            assert!(token.at.start >= end && token.at.end > token.at.start);
            assert!(text[end..token.at.start].trim_ascii().chars().all(|c| c == '\u{b}'));
            let _ = inside(&token, &text);
            end = token.at.end;
        }
        assert!(text[end..].bytes().all(super::is_space));
    }

    /// Strings, quoted names and comments are what Postgres' own scanner finds, wherever it finds anything.
    #[test]
    fn quotes_end_where_postgres_ends_them(text in sql()) {
        use pg_query::protobuf::Token as Theirs;
        let Ok(scanned) = pg_query::scan(&text).map(|scan| scan.tokens) else { return Ok(()) };
        let strings = [Theirs::Sconst, Theirs::Usconst, Theirs::Bconst, Theirs::Xconst].map(|token| token as i32);
        let comments = [Theirs::SqlComment, Theirs::CComment].map(|token| token as i32);
        let ours = |kinds: &[Kind]| -> Vec<usize> {
            Lexer::new(&text).filter(|token| kinds.contains(&token.kind)).map(|token| token.at.start).collect()
        };
        let theirs = |kinds: &[i32]| -> Vec<usize> {
            let places = (0..scanned.len()).filter(|place| kinds.contains(&scanned[*place].token));
            // Its scanner gives the N of N'...' as a word of its own.
            let own = |place: usize| {
                let before = place.checked_sub(1).map(|before| &scanned[before]);
                before.filter(|word| word.token == Theirs::Nchar as i32 && word.end == scanned[place].start)
            };
            places.map(|place| own(place).unwrap_or(&scanned[place]).start as usize).collect()
        };
        // Postgres glues strings together that stand on lines of their own, with the comment behind the first: such a
        // comment is not compared, and strings are in a text of one line only.
        let glued = |at: &usize| {
            let whole = scanned.iter().filter(|token| strings.contains(&token.token));
            whole.map(|token| token.start as usize..token.end as usize).any(|string| string.contains(at))
        };
        let seen: Vec<usize> = ours(&[Kind::Comment]).into_iter().filter(|at| !glued(at)).collect();
        assert_eq!(seen, theirs(&comments), "comments of {text:?}");
        if !text.contains(['\n', '\r']) {
            assert_eq!(ours(&[Kind::Text, Kind::Dollar]), theirs(&strings), "strings of {text:?}");
        }
    }
}
