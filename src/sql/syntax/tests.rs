use std::sync::Arc;

use super::syntax_errors;
use crate::sql::file::SqlFile;
use crate::sql::split::split;

/// Place, message and help of each error.
fn told(text: &str) -> Vec<(String, String, String)> {
    let file = Arc::new(SqlFile::new("a.sql", text));
    syntax_errors(&split(&file)).into_iter().map(|e| (e.place(), e.message.clone(), e.help)).collect()
}

fn one(text: &str) -> (String, String, String) {
    let mut all = told(text);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn every_error_of_a_file_is_told_and_only_those() {
    let text = "CREATE TABEL a (b int);\n\\echo it's\nCREATE TABLE b (c int,);\nBEGIN;\nINSERT INTO b VALUES (1);\n\
                COPY b FROM stdin;\n)\n\\.\nCREATE VIEW v AS SELECT 1 FORM b WHERE;\nCREATE TABLE c (d int\n";
    let places: Vec<String> = told(text).into_iter().map(|(place, ..)| place).collect();
    assert_eq!(places, ["a.sql:1:8", "a.sql:3:23", "a.sql:9:32", "a.sql:10:21"]);
    assert!(told("CREATE TABLE a (b int); -- c\n;;SET a = 1; /* d */").is_empty());
}

#[test]
fn places_are_exact_and_help_says_what_to_do() {
    let cases = [
        ("creat table a ()", "1:1", "syntax error at or near `creat`", "no statement begins so; `CREATE` may be meant"),
        ("create table a (b int,\n)", "2:1", "syntax error at or near `)`", "remove the comma before it"),
        (
            "create table a (\n  user text\n)",
            "2:3",
            "syntax error at or near `user`",
            "`user` is a keyword; as a name it is written \"user\"",
        ),
        (
            "create table a (b int)\ncreate table c ()",
            "2:1",
            "syntax error at or near `create`",
            "a semicolon seems to be missing before it",
        ),
        (
            "create table a (\n  b int\n  c text\n)",
            "3:3",
            "syntax error at or near `c`",
            "a comma or a closing parenthesis seems to be missing before it",
        ),
        (
            "create table a (b int default (1)",
            "1:33",
            "syntax error at end of input",
            "the parenthesis opened on line 1, column 16 is never closed",
        ),
        (
            "create table",
            "1:12",
            "syntax error at end of input",
            "the statement is not complete; write what is missing before its end",
        ),
        (
            "comment on table a is :'x'",
            "1:23",
            "syntax error at or near `:`",
            "variables of psql are not known here; write the value itself",
        ),
        (
            "create table ü (b int default 'x)\n, c int)",
            "1:31",
            "unterminated quoted string at or near `'x)...`",
            "what is opened here is never closed; close it before the statement ends",
        ),
        (
            "create table a (b int) partition by foo (b)",
            "1:37",
            "unrecognized partitioning strategy `foo`",
            "compare it with the syntax of `CREATE TABLE` in the manual of PostgreSQL",
        ),
    ];
    for (sql, place, message, help) in cases {
        assert_eq!(one(sql), (format!("a.sql:{place}"), message.to_owned(), help.to_owned()), "{sql}");
    }
}

#[test]
fn the_second_of_two_equal_words_is_found() {
    assert_eq!(one("create table a (x int, y int check (x > 0) x)").0, "a.sql:1:44");
}

#[test]
fn a_broken_quote_does_not_hide_the_next_error() {
    let text = "create table a (b text default 'x);\ncreate table b (c text default 'y');\ncreate tabel c ();";
    let places: Vec<String> = told(text).into_iter().map(|(place, ..)| place).collect();
    assert_eq!(places, ["a.sql:1:32", "a.sql:3:8"]);
}

#[test]
fn many_statements_are_parsed_together_with_the_same_result() {
    let mut text: String = (0..200).map(|n| format!("create table t{n} (a int); -- {n}\n")).collect();
    text.push_str("create table broken (;\n");
    assert_eq!(one(&text).0, "a.sql:201:21");
}

#[test]
fn the_caret_is_drawn_under_the_token() {
    let file = Arc::new(SqlFile::new("a.sql", "select 1;\ncreate table a (b int,);\n"));
    let error = syntax_errors(&split(&file)).remove(0);
    let mut drawn = String::new();
    let theme = miette::GraphicalTheme::unicode_nocolor();
    miette::GraphicalReportHandler::new_themed(theme).with_links(false).render_report(&mut drawn, &error).unwrap();
    assert!(drawn.contains("a.sql:2:23"), "{drawn}");
    assert!(drawn.contains("sql::syntax_error") && drawn.contains("help: remove the comma before it"), "{drawn}");
}
