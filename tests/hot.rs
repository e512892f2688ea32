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
    let (place, cluster) = (Place::new(), Cluster::start().unwrap());
    cluster.create(&["shop"]).unwrap();
    cluster.query("shop", live).unwrap();
    place.write("schema/all.sql", desired);
    let (db, scratch) = (cluster.url("shop"), cluster.url("postgres"));
    let arguments = ["plan", "--db", &db, "--scratch", &scratch, "--allow", "all", "--out", "out"];
    let ran = place.run(&[&arguments, more].concat());
    assert!(ran.code < 2, "{}", ran.err);
    let up = place.read("out/up.sql");
    let bodies = up.split("BEGIN;").skip(1).map(|rest| rest.split("COMMIT;").next().unwrap());
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
