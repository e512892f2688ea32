//! A table that is built beside and exchanged by name, while others write: both ways of both migrations, what is cut short
//! in between, and what is refused.

mod case;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use postgres::{Client, NoTls};

use crate::harness::cluster::Cluster;
use crate::harness::dump::first_difference;
use crate::harness::program::{Ran, pgplumb, ran};
use case::{CASES, Case, REFUSED};

struct Place<'a> {
    cluster: &'a Cluster,
    folder: PathBuf,
}

impl<'a> Place<'a> {
    /// Fresh databases, `live` in the first state and `wanted` in the second, and a folder with the schema.
    fn new(cluster: &'a Cluster, name: &str, from: &str, to: &str) -> Self {
        let folder = cluster.folder().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("from.sql"), from).unwrap();
        fs::write(folder.join("schema.sql"), to).unwrap();
        cluster.drop(&["live", "wanted"]).unwrap();
        cluster.create(&["live", "wanted"]).unwrap();
        cluster.psql("live", &folder.join("from.sql")).unwrap();
        cluster.psql("wanted", &folder.join("schema.sql")).unwrap();
        Self { cluster, folder }
    }

    fn plan(&self, arguments: &[&str]) -> Ran {
        let (db, scratch) = (self.cluster.url("live"), self.cluster.url("postgres"));
        let done = ran(pgplumb(&self.folder, &["plan", "--schema", "schema.sql", "--db", &db, "--scratch", &scratch])
            .args(arguments));
        assert!(matches!(done.code, Some(0 | 1)), "{}{}", done.out, done.err);
        done
    }

    fn swap(&self, case: &Case, out: &str) -> Ran {
        self.plan(&["--online", &format!("swap:{}", case.tables.join(",")), "--allow", "all", "--out", out])
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap()
    }

    #[track_caller]
    fn run(&self, path: &str) {
        self.cluster.psql("live", &self.folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    #[track_caller]
    fn write(&self, sql: &str) {
        fs::write(self.folder.join("write.sql"), sql).unwrap();
        self.run("write.sql");
    }

    /// Runs a script while others write; how many statements of theirs went through.
    #[track_caller]
    fn run_under_load(&self, case: &Case, path: &str) -> u64 {
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let writers: Vec<_> = ["read committed", "repeatable read", "read committed"]
                .into_iter()
                .map(|level| scope.spawn(|| write(&self.cluster.url("live"), case, level, &over)))
                .collect();
            let applied = self.run_again_and_again(path);
            over.store(true, Ordering::Relaxed);
            let count = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
            applied.unwrap_or_else(|error| panic!("{}: {path}: {error}", case.name));
            count
        })
    }

    /// Runs the transactions of a script one by one, and again where others were in the way, as the runner does.
    fn run_again_and_again(&self, path: &str) -> Result<(), String> {
        let script = self.read(path);
        let mut starts: Vec<usize> = script.match_indices("\n-- ").map(|(at, _)| at).collect();
        starts.retain(|at| {
            script[*at..]
                .lines()
                .nth(1)
                .is_some_and(|line| line.ends_with("one transaction") || line.ends_with("outside a transaction"))
        });
        let head = &script[..starts.first().copied().unwrap_or(script.len())];
        for (number, start) in starts.iter().enumerate() {
            let part = &script[*start..starts.get(number + 1).copied().unwrap_or(script.len())];
            let file = self.folder.join("part.sql");
            fs::write(&file, format!("{head}{part}")).unwrap();
            let mut tried = self.cluster.psql("live", &file);
            for _ in 0..5 {
                match &tried {
                    Err(error) if error.contains("deadlock detected") || error.contains("lock timeout") => {
                        tried = self.cluster.psql("live", &file);
                    }
                    _ => break,
                }
            }
            tried?;
        }
        Ok(())
    }

    #[track_caller]
    fn is_true(&self, query: &str) {
        assert_eq!(self.cluster.query("live", query).unwrap(), "t", "{query}");
    }

    #[track_caller]
    fn is_like(&self, dump: &str) {
        let difference = first_difference(&self.cluster.dump("live").unwrap(), dump);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }

    /// The rows of the tables that have the names.
    fn rows(&self, case: &Case) -> BTreeSet<String> {
        let of = |(table, columns): (&&str, &&str)| {
            self.cluster.query("live", &format!("SELECT {columns} FROM {table} AS t")).unwrap()
        };
        let tables = case.tables.iter().zip(case.columns).map(of).enumerate();
        tables.flat_map(|(at, rows)| rows.lines().map(|row| format!("{at} {row}")).collect::<Vec<_>>()).collect()
    }

    /// Both tables have the same rows.
    #[track_caller]
    fn is_in_step(&self, case: &Case, suffix: &str) {
        for (table, columns) in case.tables.iter().zip(case.columns) {
            let of = |table: &str| format!("SELECT {columns} FROM {table} AS t");
            let (own, other) = (of(table), of(&beside(table, suffix)));
            for (one, two) in [(&own, &other), (&other, &own)] {
                let more = self.cluster.query("live", &format!("{one} EXCEPT ALL {two} LIMIT 3")).unwrap();
                assert_eq!(more, "", "{}: {one} EXCEPT ALL {two}", case.name);
            }
        }
    }
}

fn beside(table: &str, suffix: &str) -> String {
    table.strip_suffix('"').map_or_else(|| format!("{table}{suffix}"), |start| format!("{start}{suffix}\""))
}

/// Writes until it is over. A statement may fail as any may that others get in the way of, and is tried again.
fn write(url: &str, case: &Case, level: &str, over: &AtomicBool) -> u64 {
    let mut client = Client::connect(url, NoTls).unwrap();
    client.batch_execute(&format!("SET default_transaction_isolation = '{level}'")).unwrap();
    let mut count = 0;
    while !over.load(Ordering::Relaxed) {
        for sql in case.writes {
            match client.batch_execute(sql) {
                Ok(()) => count += 1,
                Err(error) => {
                    let state = error.code().map(|state| state.code().to_owned()).unwrap_or_default();
                    client.batch_execute("ROLLBACK").unwrap();
                    assert!(["40001", "40P01", "23505", "23503"].contains(&state.as_str()), "{sql}: {error:?}");
                }
            }
        }
    }
    count
}

#[test]
fn rows_and_names_go_over_and_back_while_others_write() {
    let cluster = Cluster::start().unwrap();
    for (number, case) in CASES.iter().enumerate().filter(|(_, case)| case.is_wanted()) {
        let place = Place::new(&cluster, &format!("swap{number}"), case.from, case.to);
        let (start, wanted) = (cluster.dump("live").unwrap(), cluster.dump("wanted").unwrap());
        let said = place.swap(case, "out");
        let contract = place.read("out-contract/up.sql");
        assert!(contract.contains("\n-- pgplumb: phase contract\n"), "{}: {}{contract}", case.name, said.out);
        let written = place.run_under_load(case, "out/up.sql");
        assert!(written > 10, "{}: {written}", case.name);
        place.is_in_step(case, "__old");
        place.write(case.late);
        place.is_in_step(case, "__old");
        let between = cluster.dump("live").unwrap();
        place.run_under_load(case, "out-contract/up.sql");
        place.is_like(&wanted);
        place.is_true(case.holds);
        assert!(place.plan(&["--stdout"]).out.is_empty(), "{}", case.name);
        place.run_under_load(case, "out-contract/down.sql");
        place.is_like(&between);
        place.is_in_step(case, "__old");
        place.run_under_load(case, "out/down.sql");
        place.is_like(&start);
        place.is_true(case.restored);
    }
}

/// Cut after each statement whose work stays, the first half of the filling included, and planned again.
#[test]
fn what_is_cut_short_is_finished() {
    let cluster = Cluster::start().unwrap();
    for case in CASES.iter().filter(|case| case.is_cut) {
        cut(&cluster, case);
    }
}

fn cut(cluster: &Cluster, case: &Case) {
    let place = Place::new(cluster, "whole", case.from, case.to);
    place.swap(case, "out");
    let up = place.read("out/up.sql");
    let ends: Vec<usize> = up.match_indices("\nCOMMIT;\n").map(|(at, text)| at + text.len()).collect();
    let outside: Vec<usize> =
        up.match_indices("RESET statement_timeout;\n").map(|(at, text)| at + text.len()).collect();
    let cuts: Vec<usize> = ends.into_iter().chain(outside).collect();
    assert!(cuts.len() >= 6, "{up}");
    for (number, end) in cuts.into_iter().enumerate() {
        let place = Place::new(cluster, &format!("{}-cut{number}", case.tables[0]), case.from, case.to);
        place.write(&up[..end]);
        place.write(case.early);
        let cut = cluster.dump("live").unwrap();
        let said = place.swap(case, "again");
        // Where all is done already there is nothing but the contract.
        let again = fs::read_to_string(place.folder.join("again/up.sql")).unwrap_or_default();
        assert!(!again.contains("CREATE TABLE"), "{number}: {}{again}", said.out);
        if up[..end].contains("__old;") {
            assert!(!again.contains("RENAME"), "{number}: {again}");
        }
        if !again.is_empty() {
            place.run_under_load(case, "again/up.sql");
        }
        place.is_in_step(case, "__old");
        place.write(case.late);
        let between = cluster.dump("live").unwrap();
        place.run("again-contract/up.sql");
        place.is_like(&cluster.dump("wanted").unwrap());
        place.is_true(case.holds);
        // And back to where it was cut, with the rows of now.
        let rows = place.rows(case);
        place.run("again-contract/down.sql");
        place.is_like(&between);
        place.is_in_step(case, "__old");
        if !again.is_empty() {
            place.run("again/down.sql");
        }
        place.is_like(&cut);
        let kept = place.rows(case);
        let lost = rows.iter().find(|row| !kept.contains(*row));
        assert!(lost.is_none(), "{number}: {lost:?}");
    }
}

/// CI replays all of it from nothing, and the files say themselves what may go.
#[test]
fn check_runs_both_from_nothing() {
    let cluster = Cluster::start().unwrap();
    let case = &CASES[0];
    let place = Place::new(&cluster, "checked", case.from, case.to);
    fs::write(place.folder.join("pgplumb.yaml"), "migrations: generated\n").unwrap();
    let scratch = cluster.url("postgres");
    let run = |arguments: &[&str]| {
        let done = ran(pgplumb(&place.folder, arguments).args(["--scratch", &scratch]));
        assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
        done
    };
    let schema = |text: &str| fs::write(place.folder.join("schema/all.sql"), text).unwrap();
    fs::create_dir_all(place.folder.join("schema")).unwrap();
    let empty: Vec<&str> = case.from.lines().filter(|line| !line.starts_with("INSERT")).collect();
    schema(&empty.join("\n"));
    run(&["plan", "--name", "first", "--out", "generated/20260101000000_first"]);
    schema(case.to);
    run(&["plan", "--online", "swap:customer", "--name", "second"]);
    let checked = run(&["check"]);
    assert!(checked.out.contains("3 downs lead back"), "{}", checked.out);
    let db = cluster.url("wanted");
    cluster.drop(&["wanted"]).unwrap();
    cluster.create(&["wanted"]).unwrap();
    let apply = |arguments: &[&str]| ran(pgplumb(&place.folder, &["apply", "--db", &db]).args(arguments));
    let first = apply(&[]);
    assert_eq!(first.code, Some(0), "{}{}", first.out, first.err);
    assert!(first.err.contains("is held back"), "{}", first.err);
    let second = apply(&["--phase", "contract"]);
    assert_eq!(second.code, Some(0), "{}{}", second.out, second.err);
    assert_eq!(cluster.query("wanted", "SELECT to_regclass('customer__old') IS NULL").unwrap(), "t");
    // Nothing is lost, so nothing has to be allowed.
    let rows = "INSERT INTO customer (email, note) VALUES ('a', 'b'), ('c', 'd')";
    cluster.query("wanted", rows).unwrap();
    let back = ran(&mut pgplumb(&place.folder, &["rollback", "--yes", "--db", &db]));
    assert_eq!(back.code, Some(0), "{}{}", back.out, back.err);
    let filled = "SELECT string_agg(email || note, ',' ORDER BY email) FROM customer__old";
    assert_eq!(cluster.query("wanted", filled).unwrap(), "ab,cd");
}

/// What the down of a contract fills again is not lost, as far as the new table holds it.
#[test]
fn a_contract_is_graded_by_what_comes_back() {
    let cluster = Cluster::start().unwrap();
    let grade = |number: usize, from: &str, to: &str, online: &str| {
        let place = Place::new(&cluster, &format!("grade{number}"), from, to);
        place.plan(&["--online", online, "--allow", "all", "--out", "out"]);
        let json: serde_json::Value = serde_json::from_str(&place.read("out-contract/plan.json")).unwrap();
        (json["down_grade"].clone(), json["proof"]["rows"]["restored"].clone())
    };
    let table = |columns: &str| format!("CREATE TABLE t (id {columns})");
    let held = ["integer PRIMARY KEY, note varchar(9)", "bigint PRIMARY KEY, note text"].map(table);
    let (lossless, back) = (serde_json::json!({"grade": "lossless"}), serde_json::json!(["public.t__old"]));
    assert_eq!(grade(0, &held[0], &held[1], "swap:t"), (lossless.clone(), back.clone()));
    assert_eq!(grade(1, &held[0], &held[1], "expand"), (lossless, serde_json::json!([])));
    let cut = ["integer PRIMARY KEY, at timestamp, gone text", "bigint PRIMARY KEY, at timestamp(3)"].map(table);
    let lossy = |losses: &[&str]| serde_json::json!({"grade": "lossy", "because": losses});
    let cut_short = "the values of column t__old.at that do not fit timestamp(3) without time zone";
    assert_eq!(
        grade(2, &cut[0], &cut[1], "swap:t"),
        (lossy(&[cut_short, "the values of column t__old.gone"]), back.clone())
    );
    // A table that takes no row made up for it was not seen to be filled.
    let odd = ["integer PRIMARY KEY CHECK (id > 5)", "bigint PRIMARY KEY CHECK (id > 5)"].map(table);
    assert_eq!(grade(3, &odd[0], &odd[1], "swap:t"), (lossy(&["the rows of t__old"]), serde_json::json!([])));
    let cut = ["integer PRIMARY KEY, at timestamp", "bigint PRIMARY KEY, at timestamp(3)"].map(table);
    let cut_short = "the values of column t.at__old that do not fit timestamp(3) without time zone";
    assert_eq!(grade(4, &cut[0], &cut[1], "expand"), (lossy(&[cut_short]), serde_json::json!([])));
}

#[test]
fn what_is_not_built_beside_is_said() {
    let cluster = Cluster::start().unwrap();
    for (number, (from, to, why)) in REFUSED.iter().enumerate() {
        let place = Place::new(&cluster, &format!("refused{number}"), from, to);
        let said = place.plan(&["--online", "swap:public.t", "--allow", "all", "--out", "out"]);
        let out = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.contains(why), "{why}: {out}");
        assert!(!place.folder.join("out-contract").exists(), "{why}");
    }
}
