//! Loading, on a throw-away cluster.

use std::fs;

use miette::Diagnostic;

use super::*;
use crate::kind::Key;
use crate::scratch::Options;

fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn load_all(files: &[(&str, &str)]) -> Result<Loaded, SourceError> {
    let scratch = Scratch::start(&Options::default()).unwrap();
    load_on(&scratch, files)
}

fn load_on(scratch: &Scratch, files: &[(&str, &str)]) -> Result<Loaded, SourceError> {
    let folder = written(files);
    load(parse(&[folder.path().to_owned()])?, scratch, &Timings::start(), &|done, of| assert!(done <= of))
}

fn keys(loaded: &Loaded) -> Vec<String> {
    loaded.catalog.facts.keys().map(Key::to_string).collect()
}

#[track_caller]
fn has(loaded: &Loaded, wanted: &[&str]) {
    let keys = keys(loaded);
    for key in wanted {
        assert!(keys.iter().any(|found| found == key), "no {key} among {keys:?}");
    }
}

/// What was refused: `a.sql:2:8 source::refused message | help`, in order.
fn told(error: &SourceError) -> Vec<String> {
    let related: Vec<&dyn Diagnostic> = match error.related() {
        Some(related) => related.collect(),
        None => vec![error],
    };
    related.into_iter().map(one).collect()
}

fn one(error: &dyn Diagnostic) -> String {
    let label = error.labels().unwrap().next().unwrap();
    let text = error.source_code().unwrap().read_span(label.inner(), 0, 0).unwrap();
    let file = std::path::Path::new(text.name().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
    let help = error.help().map(|help| format!(" | {help}")).unwrap_or_default();
    format!("{file}:{}:{} {} {error}{help}", text.line() + 1, text.column() + 1, error.code().unwrap())
}

#[test]
fn any_order_loads_and_cycles_of_keys_are_split() {
    let loaded = load_all(&[
        (
            "a.sql",
            "COMMENT ON VIEW shop.v IS 'first';
             CREATE VIEW shop.v AS SELECT * FROM shop.w;
             CREATE TABLE shop.a (id int PRIMARY KEY DEFAULT shop.next(), b int REFERENCES shop.b DEFERRABLE);
             CREATE TABLE shop.b (id int PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES shop.a (id));",
        ),
        (
            "b.sql",
            "CREATE VIEW shop.w AS SELECT id, shop.twice(id) AS two FROM shop.a;
             CREATE FUNCTION shop.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
             CREATE FUNCTION shop.next() RETURNS int LANGUAGE sql AS $$ SELECT max(id) + 1 FROM shop.a $$;
             CREATE SCHEMA shop;",
        ),
    ])
    .unwrap();
    has(&loaded, &["table shop.a", "constraint shop.a.a_b_fkey", "constraint shop.b.b_a_fkey"]);
}

#[test]
fn routines_that_need_each_other_load() {
    let loaded = load_all(&[(
        "a.sql",
        "CREATE FUNCTION even(n int) RETURNS bool LANGUAGE sql RETURN CASE n WHEN 0 THEN true ELSE odd(n - 1) END;
         CREATE OR REPLACE FUNCTION odd(n int) RETURNS bool LANGUAGE sql RETURN n <> 0 AND even(n - 1);
         CREATE FUNCTION f(a int, b int DEFAULT g(1, 2)) RETURNS int LANGUAGE sql AS 'SELECT a + b';
         CREATE FUNCTION g(a int, b int DEFAULT f(1, 2)) RETURNS int LANGUAGE sql AS 'SELECT a + b';",
    )])
    .unwrap();
    has(&loaded, &["function public.even(integer)", "function public.odd(integer)"]);
    for (name, needs) in [("even", "odd"), ("odd", "even"), ("f", "g"), ("g", "f")] {
        let edges: Vec<String> =
            loaded.catalog.edges.iter().map(|(a, b)| format!("{} {}", a.name(), b.name())).collect();
        assert!(edges.contains(&format!("{name} {needs}")), "{edges:?}");
    }
    let error = load_all(&[("a.sql", "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN (SELECT x FROM missing);")]);
    let said = told(&error.err().unwrap());
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("a.sql:1:68 ") && said[0].contains("\"missing\""), "{said:?}");
}

#[test]
fn settings_hold_where_they_stand_also_for_what_is_tried_again() {
    let loaded = load_all(&[
        (
            "a.sql",
            "SET search_path = one; CREATE TABLE t (x two.late);\nSET LOCAL search_path = two; CREATE TABLE t (y int);",
        ),
        ("b.sql", "CREATE TABLE t (z int); CREATE SCHEMA one; CREATE SCHEMA two; CREATE DOMAIN two.late AS int;"),
    ])
    .unwrap();
    has(&loaded, &["column one.t.x", "column two.t.y", "column public.t.z"]);
}

#[test]
fn a_dump_loads_and_what_is_no_schema_is_said() {
    let loaded = load_all(&[(
        "dump.sql",
        "\\restrict abc\nSET transaction_timeout = 0;\nSET no_such_setting = 1;\nSELECT pg_catalog.set_config('search_path', '', false);\n\
         CREATE TABLE public.t (id int);\nALTER TABLE public.t OWNER TO joe;\nGRANT SELECT ON public.t TO \"Ann\";\n\
         COPY public.t (id) FROM stdin;\n1\n2\n\\.\n\nSELECT pg_catalog.setval('x', 1);\nCREATE ROLE joe LOGIN;\nALTER ROLE joe SET work_mem = '1MB';\n\
         CREATE UNIQUE INDEX CONCURRENTLY i ON public.t (id);\nCLUSTER public.t USING i;\n\\unrestrict abc\n",
    )])
    .unwrap();
    has(&loaded, &["index public.i", "cluster mark of table public.t"]);
    assert!(loaded.declares_grants && loaded.declares_owners);
    assert_eq!(loaded.roles_created, ["Ann"]);
    let notes: Vec<&str> = loaded.notes.iter().map(|note| note.rsplit('/').next().unwrap()).collect();
    assert_eq!(
        notes,
        [
            "dump.sql` are not loaded: data is not part of a schema",
            "dump.sql` is not loaded: roles, databases and tablespaces belong to the server",
            "`SET transaction_timeout = 0` is not known to this server and was left out",
            "`SET no_such_setting = 1` is not known to this server and was left out",
        ]
    );
}

#[test]
fn a_base_type_loads_before_its_functions_and_before_it_is_announced() {
    let definition = "CREATE TABLE t (a odd); CREATE TYPE odd (INPUT = odd_in, OUTPUT = odd_out, LIKE = integer);";
    let functions = "CREATE FUNCTION odd_out(odd) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
        CREATE FUNCTION odd_in(cstring) RETURNS odd LANGUAGE internal IMMUTABLE STRICT AS 'int4in';";
    let wanted = ["base type public.odd", "function public.odd_out(public.odd)", "column public.t.a"];
    let announced = [("a.sql", definition), ("b.sql", functions), ("c.sql", "CREATE TYPE odd;")];
    has(&load_all(&announced).unwrap(), &wanted);
    has(&load_all(&announced[..2]).unwrap(), &wanted);
}

#[test]
fn a_value_added_to_an_enum_can_be_used_at_once() {
    let loaded = load_all(&[(
        "a.sql",
        "CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (x e); ALTER TYPE e ADD VALUE 'b'; ALTER TABLE t ALTER x SET DEFAULT 'b';",
    )])
    .unwrap();
    has(&loaded, &["default of column public.t.x"]);
}

#[test]
fn every_fault_is_told_at_its_place_and_what_follows_from_it_is_not() {
    let error = load_all(&[
        ("a.sql", "CREATE TABLE orders (\n  kind ordr_kind\n);\nCREATE VIEW v AS SELECT * FROM orders;\nCREATE INDEX ON v (a);"),
        ("b.sql", "CREATE TYPE order_kind AS ENUM ('ä'); CREATE TABLE b (ü text DEFAULT nix());\nCREATE EXTENSION none_such;"),
        ("c.sql", "CREATE TABLE e (m citext);"),
    ])
    .err()
    .unwrap();
    assert_eq!(error.to_string(), "4 statements of the schema cannot be loaded");
    assert_eq!(
        error.help().unwrap().to_string(),
        "2 more statements fail only because they need what these would make"
    );
    let told = told(&error);
    let starts = [
        "a.sql:2:8 source::refused type \"ordr_kind\" does not exist | did you mean `order_kind`?",
        "b.sql:1:72 source::refused function nix() does not exist | No function matches",
        "b.sql:2:1 source::missing_extension the extension `none_such` is not installed",
        "c.sql:1:19 source::refused type \"citext\" does not exist | it comes with an extension: `CREATE EXTENSION citext;`",
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}\n{start}");
    }
}

#[test]
fn every_syntax_error_of_every_file_is_told_before_a_server_is_asked() {
    let folder = written(&[
        ("a.sql", "CREATE TABEL a (id int);\nCREATE TABLE b (id int,);"),
        ("b.sql", "CREATE TABLE c (id int);\nCREATE VIEW d AS SELEC 1;"),
        ("c.sql", "CREATE TABLE e (id int)"),
    ]);
    let error = parse(&[folder.path().to_owned()]).unwrap_err();
    assert_eq!(error.to_string(), "3 syntax errors in the SQL of the schema");
    let places: Vec<String> =
        told(&error).iter().map(|told| told.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(places, ["a.sql:1:8 sql::syntax_error", "a.sql:2:24 sql::syntax_error", "b.sql:2:18 sql::syntax_error"]);
}

#[test]
fn a_loop_that_no_order_breaks_is_told_as_one() {
    let error =
        load_all(&[("a.sql", "CREATE VIEW a AS SELECT * FROM b;\nCREATE VIEW b AS SELECT * FROM a;")]).err().unwrap();
    assert!(matches!(error, SourceError::Cycle { .. }));
    assert_eq!(told(&error).len(), 2);
}

#[test]
fn a_drop_takes_nothing_away_that_comes_later() {
    let error = load_all(&[("a.sql", "DROP TABLE t; CREATE TABLE t (id int);")]).err().unwrap();
    assert!(told(&error)[0].contains("table \"t\" does not exist"), "{:?}", told(&error));
    let loaded = load_all(&[(
        "a.sql",
        "CREATE TABLE t (id missing_yet); DROP TABLE t; CREATE DOMAIN missing_yet AS int; CREATE TABLE u ();",
    )])
    .unwrap();
    assert!(!keys(&loaded).contains(&"table public.t".to_owned()));
}

#[test]
fn a_key_to_a_table_that_is_nowhere_is_told_as_it_was_written() {
    let error =
        load_all(&[("a.sql", "CREATE TABLE t (\n  id int,\n  p int REFERENCES people (id)\n);")]).err().unwrap();
    assert_eq!(
        told(&error),
        [
            "a.sql:1:1 source::refused relation \"people\" does not exist | no statement makes a table or view of this name"
        ]
    );
}

#[test]
fn the_files_of_nothing_are_an_error_and_a_setting_alone_is_an_empty_state() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(parse(&[folder.path().to_owned()]).unwrap_err(), SourceError::NoSql { .. }));
    let loaded = load_all(&[("a.sql", "SET search_path = x; -- nothing")]).unwrap();
    assert_eq!(keys(&loaded), ["schema public"]);
}
