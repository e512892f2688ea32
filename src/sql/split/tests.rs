use std::sync::Arc;

use super::{Class, split};
use crate::sql::file::SqlFile;

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
