use std::sync::Arc;

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::{Class, Statement, split};
use crate::sql::file::SqlFile;
use crate::sql::lex::{Kind, Lexer};

fn parts(text: &str) -> Vec<(String, Class)> {
    let file = Arc::new(SqlFile::new("x.sql", text));
    split(&file).iter().map(|s| (s.sql().to_owned(), s.class)).collect()
}

fn texts(text: &str) -> Vec<String> {
    parts(text).into_iter().map(|(sql, _)| sql).collect()
}

#[test]
fn semicolons_inside_anything_do_not_end_a_statement() {
    assert_eq!(
        texts("select ';', \"a;b\", $x$;$x$, E'\\';' /* ; /* ; */ ; */ -- ;\n; create table b ();"),
        ["select ';', \"a;b\", $x$;$x$, E'\\';'", "create table b ()"]
    );
}

#[test]
fn an_atomic_body_is_one_statement() {
    let sql = "create function f() returns int begin atomic select case when true then 1 end; select 2; end";
    assert_eq!(texts(&format!("{sql}; create schema s;")), [sql, "create schema s"]);
}

#[test]
fn copy_takes_its_data_along() {
    let text = "COPY t (a) FROM stdin;\n1;2\n\\.\n\nCREATE TABLE b ();\n";
    assert_eq!(
        parts(text),
        [("COPY t (a) FROM stdin".to_owned(), Class::Data), ("CREATE TABLE b ()".to_owned(), Class::Definition)]
    );
}

#[test]
fn psql_commands_are_lines() {
    assert_eq!(
        parts("\\restrict abc\n\\connect x\nSET a = 1;\n"),
        [
            ("\\restrict abc".to_owned(), Class::Meta),
            ("\\connect x".to_owned(), Class::Meta),
            ("SET a = 1".to_owned(), Class::Session)
        ]
    );
}

#[test]
fn what_moves_rows_is_data() {
    for sql in ["insert into t values (1)", "select setval('s', 1)", "truncate t", "refresh materialized view m"] {
        assert_eq!(parts(sql), [(sql.to_owned(), Class::Data)]);
    }
    assert_eq!(parts("SELECT pg_catalog.set_config('search_path', '', false);")[0].1, Class::Session);
}

#[test]
fn an_open_parenthesis_does_not_swallow_the_file() {
    assert_eq!(
        texts("create table a (\n  b int;\ncreate table c ();"),
        ["create table a (\n  b int", "create table c ()"]
    );
}

#[test]
fn comments_before_and_behind_are_left_out() {
    let file = Arc::new(SqlFile::new("x.sql", "-- one\n/* two */ create schema s -- three\n;"));
    let statements = split(&file);
    assert_eq!(statements[0].sql(), "create schema s");
    assert_eq!(statements[0].place(), "x.sql:2");
}

#[test]
fn only_a_routine_has_an_atomic_body_and_only_a_rule_has_semicolons_in_parentheses() {
    assert_eq!(texts("select 1 as begin, atomic; select 2; end"), ["select 1 as begin, atomic", "select 2", "end"]);
    assert_eq!(texts("insert into t values (1;\nselect 2);"), ["insert into t values (1", "select 2)"]);
    let rule = "create or replace rule r as on insert to t do also (insert into u values (1); notify x;)";
    assert_eq!(
        texts(&format!("{rule};\ncreate rule broken as on insert to t do (insert into u;\ndrop table u;")),
        [rule, "create rule broken as on insert to t do (insert into u", "drop table u",]
    );
}

#[test]
fn an_atomic_body_that_never_ends_stops_at_the_next_definition() {
    assert_eq!(
        texts("create function f() returns int begin atomic select 1; select 2;\n-- c\ncreate schema s;"),
        ["create function f() returns int begin atomic select 1; select 2", "create schema s",]
    );
}

#[test]
fn what_is_never_closed_ends_where_the_next_definition_begins() {
    for open in ["'x", "\"x", "$a$ x", "/* x", "E'\\'"] {
        let broken = format!("create table a (b text default {open})");
        assert_eq!(
            texts(&format!("create schema s;\n{broken};\n\n-- it is\n\nCREATE TABLE c (d int);\ndrop table e;")),
            ["create schema s", broken.as_str(), "CREATE TABLE c (d int)", "drop table e"]
        );
    }
    // A quote too few turns inside out what follows, until one is open at the end.
    assert_eq!(
        texts("create table a (b text default 'x);\ncreate table b (c text default 'y');\n"),
        ["create table a (b text default 'x)", "create table b (c text default 'y')",]
    );
    // Behind what no definition follows, all of it is one statement.
    assert_eq!(texts("select 1;\nselect 'a;\nselect 2;\n"), ["select 1", "select 'a;\nselect 2;"]);
}

#[test]
fn copy_reads_rows_in_every_spelling_and_only_then() {
    let text = "copy s.t (a, \"from\")\nfrom -- c\n  stdin with (format csv);\nit's;\n\\.\nselect 1;\n\
                copy t from 'stdin';\ncopy (select a from stdin) to stdout;\n\\copy t from stdin\n1'\n\\.\nselect 2;";
    assert_eq!(
        texts(text),
        [
            "copy s.t (a, \"from\")\nfrom -- c\n  stdin with (format csv)",
            "select 1",
            "copy t from 'stdin'",
            "copy (select a from stdin) to stdout",
            "\\copy t from stdin",
            "select 2",
        ]
    );
    assert_eq!(texts("copy t from stdin;\n1\n2;\n"), ["copy t from stdin"]);
}

#[test]
fn a_command_of_psql_ends_what_stands_before_it() {
    assert_eq!(
        texts("select 1 \\gset x\nselect 2\\; select 3;\n\\echo it's \\\\ select 4;\r\n\\unrestrict a\r\n"),
        ["select 1", "\\gset x", "select 2", "select 3", "\\echo it's", "select 4", "\\unrestrict a",]
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_statement() {
    assert_eq!(texts("\u{FEFF}create schema s;"), ["create schema s"]);
}

#[test]
fn first_words_tell_what_a_statement_is() {
    let cases = [
        (
            Class::Definition,
            &["GRANT ALL ON t TO a", "do $$ $$", "comment on table t is ''", "reassign owned by a to b"][..],
        ),
        (
            Class::Definition,
            &["select1", "frobnicate", "create temp table t ()", "import foreign schema s from server t into u"],
        ),
        (
            Class::Data,
            &["with a as (select 1) delete from t", "(select 1)", "select set_config from t", "prepare a as select 1"],
        ),
        (
            Class::Data,
            &["copy t to stdout", "merge into t using u on true", "table t", "call p()", "select s.set_config('a')"],
        ),
        (
            Class::Session,
            &["set search_path = a", "reset role", "select set_config('a', 'b', false)", "set local role a"],
        ),
        (
            Class::Session,
            &["SELECT /* x */ pg_catalog . set_config ('search_path', '', false)", "set session authorization a"],
        ),
        (
            Class::Transaction,
            &["begin", "start transaction", "set constraints all deferred", "prepare transaction 'a'", "END"],
        ),
    ];
    for (class, statements) in cases {
        for sql in statements {
            assert_eq!(parts(sql), [((*sql).to_owned(), class)]);
        }
    }
}

/// Pieces that matter to where a statement ends, in any order.
fn script() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("create function f() "),
        Just("begin atomic "),
        Just("end"),
        Just("case "),
        Just("select 1"),
        Just(";"),
        Just(";\n"),
        Just("\n"),
        Just(" "),
        Just("'"),
        Just("$$"),
        Just("\""),
        Just("/*"),
        Just("*/"),
        Just("-- c\n"),
        Just("("),
        Just(")"),
        Just("\\x y\n"),
        Just("\\;"),
        Just("create rule "),
        Just("ü"),
        Just("alter table a"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Spans are in order and apart, and what is between them is nothing but space, comments and semicolons.
fn covers(text: &str) {
    let file = Arc::new(SqlFile::new("x.sql", text));
    let statements: Vec<Statement> = split(&file);
    let mut end = 0;
    for (number, statement) in statements.iter().enumerate() {
        assert_eq!(statement.ordinal, number);
        assert!(statement.span.start >= end && statement.span.end > statement.span.start, "{text:?}");
        assert!(statement.behind >= statement.span.end);
        nothing(&text[end..statement.span.start], text);
        assert_eq!(statement.sql(), statement.sql().trim_ascii());
        nothing(&text[statement.span.end..statement.behind], text);
        end = statement.behind;
    }
    nothing(&text[end..], text);
}

fn nothing(between: &str, text: &str) {
    let between = between.strip_prefix('\u{FEFF}').unwrap_or(between);
    for token in Lexer::new(between) {
        let blank = token.kind == Kind::Comment || [b';', b'\\'].iter().any(|symbol| token.is_symbol(between, *symbol));
        assert!(blank, "{between:?} is left out of {text:?}");
    }
}

proptest! {
    #[test]
    fn statements_cover_all_that_is_not_comment(text in script()) {
        covers(&text);
    }

    #[test]
    fn any_text_at_all_is_split(text in any::<String>()) {
        if !text.to_ascii_lowercase().contains("stdin") {
            covers(&text);
        }
    }
}
