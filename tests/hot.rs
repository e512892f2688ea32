//! Tables in use by many: a plan locks one of them at a time, where nothing holds two changes together.

use crate::harness::cluster::Cluster;
use crate::harness::place::Place;

const LARGE: &str = "INSERT INTO a SELECT generate_series(1, 10001); INSERT INTO b SELECT generate_series(1, 10001);
    INSERT INTO small SELECT 1; ANALYZE;";

fn tables(more: &str) -> String {
    format!("CREATE TABLE a (id int{more}); CREATE TABLE b (id int{more}); CREATE TABLE small (id int{more});")
}

/// The statements of each transaction of the up, from a live database to files.
fn transactions(live: &str, desired: &str, more: &[&str]) -> Vec<Vec<String>> {
    scripts(live, desired, more, ["out/up.sql"]).concat()
}

/// The same of several scripts.
fn scripts<const N: usize>(live: &str, desired: &str, more: &[&str], paths: [&str; N]) -> [Vec<Vec<String>>; N] {
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["shop"]).unwrap();
    cluster.query("shop", live).unwrap();
    place.write("schema/all.sql", desired);
    let (db, scratch) = (cluster.url("shop"), cluster.url("postgres"));
    let arguments = ["plan", "--db", &db, "--scratch", &scratch, "--allow", "all", "--out", "out"];
    let ran = place.run(&[&arguments, more].concat());
    assert!(ran.code < 2, "{}", ran.err);
    paths.map(|path| statements(&place.read(path)))
}

fn statements(script: &str) -> Vec<Vec<String>> {
    let bodies = script.split("BEGIN;\n").skip(1).map(|rest| rest.split("COMMIT;\n").next().unwrap());
    let statements = |body: &str| {
        let lines: Vec<&str> = body.lines().filter(|line| !line.starts_with("--") && !line.is_empty()).collect();
        let all = lines.join(" ");
        all.split(';')
            .map(|sql| sql.trim().to_owned())
            .filter(|sql| !sql.is_empty() && !sql.starts_with("SET LOCAL"))
            .collect()
    };
    bodies.map(statements).collect()
}

#[test]
fn each_has_a_transaction_of_its_own() {
    let (live, desired) = (tables("") + LARGE, tables(", x int"));
    let add = |table: &str| format!("ALTER TABLE public.{table} ADD COLUMN x integer");
    assert_eq!(transactions(&live, &desired, &[]), [vec![add("a")], vec![add("b"), add("small")]]);
    let all = vec![add("a"), add("b"), add("small")];
    assert_eq!(transactions(&live, &desired, &["--online", "off"]), std::slice::from_ref(&all));
    assert_eq!(transactions(&tables(""), &desired, &[]), [all]);
}

/// Expand makes new columns one table at a time; only names are exchanged together.
#[test]
fn each_has_one_while_it_is_expanded() {
    let desired = tables("").replace("id int", "id bigint");
    let made = transactions(&(tables("") + LARGE), &desired, &["--online", "expand"]);
    let locks = |statements: &[String], table: &str| {
        statements
            .iter()
            .any(|sql| sql.starts_with(&format!("ALTER TABLE public.{table} ")) && !sql.contains(" RENAME "))
    };
    assert!(
        made.iter().any(|statements| locks(statements, "a")) && made.iter().any(|statements| locks(statements, "b"))
    );
    assert!(!made.iter().any(|statements| locks(statements, "a") && locks(statements, "b")), "{made:?}");
}

#[test]
fn what_is_made_again_is_not_missing_in_between() {
    let view = "CREATE VIEW pairs AS SELECT a.id, b.id AS other FROM a, b;";
    let live = format!("{}{view}{LARGE}", tables(""));
    let desired = format!("{}{view}", tables("").replace("int", "bigint"));
    let made = transactions(&live, &desired, &[]);
    assert_eq!(made.len(), 1, "{made:?}");
    let at = |words: &str| made[0].iter().position(|sql| sql.starts_with(words)).unwrap_or_else(|| panic!("{made:?}"));
    let (drop, create) = (at("DROP VIEW"), at("CREATE VIEW"));
    assert!(
        ["a", "b"]
            .map(|table| at(&format!("ALTER TABLE public.{table} ")))
            .iter()
            .all(|at| (drop..create).contains(at))
    );
}

/// The statements of any transaction that have all of these words in it, each in one of them.
fn together(made: &[Vec<String>], words: [&str; 2]) -> bool {
    made.iter().any(|statements| words.iter().all(|word| statements.iter().any(|sql| sql.contains(word))))
}

/// Only the exchange itself locks all of them: names are given up and taken at once.
#[test]
fn each_has_one_while_it_is_swapped() {
    let tables = |key: &str| tables("").replace("id int", &format!("id {key} PRIMARY KEY"));
    let (live, desired) = (tables("int") + LARGE, tables("bigint"));
    let paths = ["out/up.sql", "out-contract/up.sql", "out-contract/down.sql", "out/down.sql"];
    let [up, contract, again, back] = scripts(&live, &desired, &["--online", "swap:a,b"], paths);
    assert!(together(&up, ["pgplumb_a_to_new()  RETURNS", "pgplumb_b_to_new()  RETURNS"]), "{up:?}");
    let without: Vec<_> = up.into_iter().filter(|made| !made.iter().any(|sql| sql.contains(" RENAME TO "))).collect();
    let fires = ["ON public.a     FOR EACH ROW", "ON public.b     FOR EACH ROW"];
    assert!(fires.iter().all(|on| together(&without, [on, "CREATE TRIGGER"])), "{without:?}");
    assert!(!together(&without, fires), "{without:?}");
    assert!(!together(&contract, [" ON public.a", " ON public.b"]), "{contract:?}");
    assert!(!together(&contract, ["DROP TABLE public.a__old", "DROP TABLE public.b__old"]), "{contract:?}");
    assert!(!together(&contract, [" ON public.a", "DROP TABLE public.a__old"]), "{contract:?}");
    assert!(contract.len() == 4 && again.iter().any(|made| made[0].contains("CREATE TABLE")), "{contract:?} {again:?}");
    assert!(!together(&again, fires), "{again:?}");
    assert_eq!(back.iter().filter(|made| made.iter().any(|sql| sql.contains(" RENAME TO "))).count(), 1, "{back:?}");
}

/// A table whose name is kept is renamed in one transaction with its view, and no other one.
#[test]
fn each_has_one_when_it_is_renamed_and_keeps_its_name() {
    let live = tables("") + LARGE;
    let renamed = |table: &str, to: &str, more: &str| {
        format!("-- pgplumb: renamed from {table} keep 2 releases\nCREATE TABLE {to} (id int{more});\n")
    };
    let desired = renamed("a", "aa", "") + &renamed("b", "bb", "") + &renamed("small", "little", "");
    let [up, down] = scripts(&live, &desired, &[], ["out/up.sql", "out/down.sql"]);
    let has = |made: &[Vec<String>], words| assert!(together(made, words), "{words:?}: {made:?}");
    let lacks = |made: &[Vec<String>], words| assert!(!together(made, words), "{words:?}: {made:?}");
    has(&up, ["public.a RENAME TO aa", "CREATE VIEW public.a "]);
    has(&up, ["public.b RENAME TO bb", "CREATE VIEW public.b "]);
    has(&up, ["public.small RENAME TO little", "CREATE VIEW public.small "]);
    lacks(&up, ["public.a RENAME", "public.b RENAME"]);
    has(&down, ["DROP VIEW public.a", "public.aa RENAME TO a"]);
    has(&down, ["DROP VIEW public.b", "public.bb RENAME TO b"]);
    lacks(&down, ["public.aa RENAME", "public.bb RENAME"]);
    // What changes beside the renames does not wait with them either.
    let desired = renamed("a", "aa", ", x int") + "CREATE TABLE b (id int, x int); CREATE TABLE small (id int);";
    let up = transactions(&live, &desired, &[]);
    lacks(&up, ["public.b ADD COLUMN", "public.a RENAME"]);
    lacks(&up, ["public.b ADD COLUMN", "public.a ADD COLUMN"]);
    has(&up, ["public.a RENAME TO aa", "CREATE VIEW public.a "]);
    // Small ones go together.
    let made = transactions(
        &tables(""),
        &(renamed("a", "aa", "") + &renamed("b", "bb", "") + "CREATE TABLE small (id int);"),
        &[],
    );
    assert_eq!(made.len(), 1, "{made:?}");
}
