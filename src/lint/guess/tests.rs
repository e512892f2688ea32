//! Against what was measured: `fixtures/effects/expected.sql`.

use super::*;
use crate::sql::parser::parse;

const MEASURED: &str = include_str!("../../../fixtures/effects/expected.sql");
const SAYS: &str = "    --> ";

/// What was seen of one relation.
#[derive(Debug)]
struct Seen<'a> {
    relation: &'a str,
    lock: Lock,
    work: &'a str,
}

fn guessed(sql: &str) -> Effects {
    after("", sql)
}

/// With what comes before it known.
fn after(before: &str, sql: &str) -> Effects {
    let mut known = Known::default();
    for statement in &parse(before).unwrap().tree.stmts {
        known.learn(statement.stmt.as_ref().unwrap().node.as_ref().unwrap());
    }
    let known = known.for_next();
    in_script(known, sql)
}

/// The last of these statements, after the others.
fn in_script(mut known: Known, sql: &str) -> Effects {
    let mut last = Effects::default();
    for statement in &parse(sql).unwrap().tree.stmts {
        let node = statement.stmt.as_ref().unwrap().node.as_ref().unwrap();
        last = guess(node, &known);
        known.learn(node);
    }
    last
}

/// `SHARE on a, b and c while an index is built` and so on.
fn seen(line: &str) -> Vec<Seen<'_>> {
    let Some((lock, rest)) = line.split_once(" on ") else { return Vec::new() };
    let Some(lock) = (1..=8).map(mode).find(|mode| mode.to_string() == lock) else { return Vec::new() };
    let end = [" while ", ", no row is read", ", which", ": "].iter().filter_map(|word| rest.find(word)).min().unwrap();
    let (names, work) = rest.split_at(end);
    let names = names.split([' ', ',']).filter(|name| !name.is_empty() && *name != "and");
    names.map(|relation| Seen { relation, lock, work }).collect()
}

/// Each statement with what was seen of it.
fn measured() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut all: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in MEASURED.lines() {
        if let Some(says) = line.strip_prefix(SAYS) {
            all.last_mut().unwrap().1.push(says);
        } else if !line.starts_with("--") {
            all.push((line, Vec::new()));
        }
    }
    all
}

#[test]
fn a_guess_is_never_better_than_what_was_measured() {
    let statements = measured();
    assert!(statements.len() > 100);
    let (mut wrong, mut worse) = (Vec::new(), Vec::new());
    for (sql, says) in &statements {
        let guess = guessed(sql);
        let all: Vec<Seen> = says.iter().flat_map(|line| seen(line)).collect();
        for Seen { relation, lock, work } in &all {
            let long = work.contains("all rows") || work.contains("index is built");
            let found = guess.of("public", relation);
            let named = sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == *relation);
            match found {
                // What only catalogs tell (whose index it is, who refers to a table) is in no text.
                None if !named => {
                    let default = sql.contains(" PARTITION OF ") || sql.contains(" ATTACH ");
                    if long && !default && !guess.on.values().any(Effect::is_long) {
                        wrong.push(format!("{sql} {relation}: {work}"));
                    }
                }
                None => wrong.push(format!("{sql} {relation}: not locked")),
                Some(effect) => {
                    let rewrites = work.contains("written anew");
                    if effect.lock < *lock || long && !effect.is_long() || rewrites && !effect.rewritten {
                        wrong.push(format!("{sql} {relation}: {effect:?}, measured {lock}{work}"));
                    }
                    if effect.lock > *lock || effect.is_long() && !long || effect.rewritten && !rewrites {
                        worse.push(*sql);
                    }
                }
            }
        }
        if all.is_empty() && guess.on.values().any(|effect| effect.lock > Lock::RowExclusive) {
            worse.push(*sql);
        }
        let outside = says.contains(&"outside a transaction");
        if guess.in_transaction == outside {
            wrong.push(format!("{sql}: in a transaction or not"));
        }
    }
    assert!(wrong.is_empty(), "{}\nworse:\n{}", wrong.join("\n"), worse.join("\n"));
    assert_eq!(worse, WORSE);
}

/// Where only the catalogs tell that it is not as bad as it may be.
const WORSE: &[&str] = &[
    // whether a type is a domain with a constraint, and what a column was before
    "ALTER TABLE orders ADD COLUMN c name_text;",
    "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
    "ALTER TABLE orders ALTER COLUMN short TYPE varchar(40);",
    "ALTER TABLE orders ALTER COLUMN short TYPE text;",
    "ALTER TABLE orders ALTER COLUMN note TYPE name_text;",
    "ALTER TABLE orders ALTER COLUMN code TYPE text;",
    "ALTER TABLE orders ALTER COLUMN price TYPE numeric(12,2);",
    "SET timezone = 'UTC'; ALTER TABLE orders ALTER COLUMN at TYPE timestamptz;",
    // that the table is partitioned, so that not it is read but its partitions
    "CREATE INDEX c ON events (at);",
    // that it is so already
    "ALTER TABLE orders SET TABLESPACE pg_default;",
    "ALTER TABLE orders SET ACCESS METHOD heap;",
    "ALTER TABLE events ADD CONSTRAINT c CHECK (id > 0);",
    "ALTER TABLE events ADD CONSTRAINT c PRIMARY KEY (id, at);",
];

/// `orders ACCESS EXCLUSIVE rewritten`, one for each relation.
fn words(effects: &Effects) -> Vec<String> {
    let work = |effect: &Effect| match (effect.rewritten, effect.scanned) {
        (true, _) => " rewritten",
        (false, true) => " read",
        (false, false) => "",
    };
    effects.on.iter().map(|(relation, effect)| format!("{relation} {}{}", effect.lock, work(effect))).collect()
}

#[test]
fn what_the_script_makes_is_nobodys_yet() {
    for sql in [
        "CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN b serial",
        "CREATE TABLE IF NOT EXISTS s.t (a int); CREATE INDEX i ON s.t (a)",
        "CREATE TABLE t (a int); CREATE INDEX i ON t (a); DROP INDEX i",
        "CREATE TABLE t (a int); ALTER TABLE t RENAME TO u; ALTER TABLE public.u ALTER a SET NOT NULL",
        "CREATE SCHEMA s CREATE TABLE t (a int); ALTER TABLE s.t ALTER a SET NOT NULL",
        "SELECT 1 AS a INTO t; ALTER TABLE t ALTER a SET NOT NULL",
        "CREATE MATERIALIZED VIEW t AS SELECT 1; REFRESH MATERIALIZED VIEW t",
        "CREATE TEMP TABLE t (a int); DROP TABLE t",
        "CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CHECK (VALUE > 0)",
    ] {
        assert_eq!(words(&in_script(Known::default(), sql)), [""; 0], "{sql}");
    }
    let again = "CREATE TABLE t (a int); DROP TABLE t; ALTER TABLE t ALTER a SET NOT NULL";
    assert_eq!(words(&in_script(Known::default(), again)), ["t ACCESS EXCLUSIVE read"]);
}

#[test]
fn what_stands_before_is_known() {
    let table = "CREATE TABLE t (a varchar(20), b numeric(10,2), c int, d mood);";
    for (before, sql, expected) in [
        (table, "ALTER TABLE t ALTER a TYPE varchar(40)", "t ACCESS EXCLUSIVE"),
        (table, "ALTER TABLE t ALTER a TYPE text", "t ACCESS EXCLUSIVE"),
        (table, "ALTER TABLE t ALTER a TYPE varchar(10)", "t ACCESS EXCLUSIVE rewritten"),
        (table, "ALTER TABLE t ALTER b TYPE numeric(12,2)", "t ACCESS EXCLUSIVE"),
        (table, "ALTER TABLE t ALTER b TYPE numeric(12,4)", "t ACCESS EXCLUSIVE rewritten"),
        (table, "ALTER TABLE t ALTER b TYPE numeric", "t ACCESS EXCLUSIVE"),
        (table, "ALTER TABLE t ALTER c TYPE bigint", "t ACCESS EXCLUSIVE rewritten"),
        (table, "ALTER TABLE t ALTER a TYPE text USING lower(a)", "t ACCESS EXCLUSIVE rewritten"),
        ("CREATE TYPE mood AS ENUM ('ok')", "ALTER TABLE t ADD d mood", "t ACCESS EXCLUSIVE"),
        ("CREATE DOMAIN d AS int", "ALTER TABLE t ADD d d", "t ACCESS EXCLUSIVE"),
        ("CREATE DOMAIN d AS int CHECK (VALUE > 0)", "ALTER TABLE t ADD d d", "t ACCESS EXCLUSIVE rewritten"),
        ("CREATE DOMAIN d AS int CHECK (VALUE > 0)", "ALTER TABLE t ADD d d[]", "t ACCESS EXCLUSIVE"),
        ("CREATE DOMAIN d AS int; CREATE TABLE t (d d)", "ALTER DOMAIN d SET NOT NULL", "t SHARE read"),
        (
            "ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL) NOT VALID",
            "ALTER TABLE t VALIDATE CONSTRAINT k; ALTER TABLE t ALTER a SET NOT NULL",
            "t ACCESS EXCLUSIVE",
        ),
        (
            "ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL) NOT VALID",
            "ALTER TABLE t ALTER a SET NOT NULL",
            "t ACCESS EXCLUSIVE read",
        ),
        (
            "CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX i ON t (a)",
            "ALTER TABLE t ADD PRIMARY KEY USING INDEX i",
            "t ACCESS EXCLUSIVE",
        ),
        (
            "CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a)",
            "ALTER TABLE t ADD PRIMARY KEY USING INDEX i",
            "t ACCESS EXCLUSIVE read",
        ),
        ("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", "DROP INDEX i", "t ACCESS EXCLUSIVE"),
        ("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", "REINDEX INDEX i", "t SHARE read"),
    ] {
        assert_eq!(words(&after(before, sql)), [expected], "{before}; {sql}");
    }
}

#[test]
fn a_partition_that_a_check_fits_is_not_read() {
    let attach = "ALTER TABLE p ATTACH PARTITION t FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')";
    let check = "ALTER TABLE t ADD CONSTRAINT k CHECK (a >= '2026-01-01' AND a < DATE '2027-01-01')";
    assert_eq!(words(&after(check, attach)), ["p SHARE UPDATE EXCLUSIVE", "t ACCESS EXCLUSIVE"]);
    assert_eq!(words(&after(&format!("{check} NOT VALID"), attach))[1], "t ACCESS EXCLUSIVE read");
    assert_eq!(words(&after(&check.replace("2027", "2028"), attach))[1], "t ACCESS EXCLUSIVE read");
    let default = "CREATE TABLE rest PARTITION OF p DEFAULT";
    assert_eq!(words(&after(default, &format!("{check}; {attach}")))[1], "rest ACCESS EXCLUSIVE read");
    let made = "CREATE TABLE next PARTITION OF p FOR VALUES IN (1)";
    assert_eq!(words(&after(default, made)), ["p ACCESS EXCLUSIVE", "rest ACCESS EXCLUSIVE read"]);
}

#[test]
fn defaults_are_the_same_for_all_rows_or_not() {
    let rewritten = |default: &str| {
        guessed(&format!("ALTER TABLE t ADD a text DEFAULT {default}")).on.values().any(|e| e.rewritten)
    };
    for steady in ["'x'", "NULL", "now()", "current_timestamp", "1 + 2", "lower('X')", "'{}'::text[]", "ARRAY[1, 2]"] {
        assert!(!rewritten(steady), "{steady}");
    }
    for volatile in ["gen_random_uuid()", "random() * 5", "lower(random()::text)", "app.code()", "(SELECT 1)"] {
        assert!(rewritten(volatile), "{volatile}");
    }
}
