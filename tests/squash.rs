//! One pair in the place of many migrations: `squash`, and `apply` on the databases of before.

use std::fs;

use crate::harness::migrations::Shop;
use crate::harness::place::Ran;
use crate::harness::program::{pgplumb, ran};

const FIRST: &str = "20260101000000_first";
const SECOND: &str = "20260102000000_second";
const THIRD: &str = "20260103000000_third";
const ONE: &str = "20260102000000_squashed";

/// A project with three migrations, on whose server there are two databases besides.
struct Project {
    shop: Shop,
    server: String,
}

impl Project {
    fn new() -> Self {
        let shop = Shop::new();
        let server = shop.cluster.url("postgres");
        shop.cluster.create(&["half", "fresh"]).unwrap();
        shop.migration(FIRST, "CREATE TABLE orders (id bigint PRIMARY KEY);\n", Some("DROP TABLE orders;\n"));
        let second = "ALTER TABLE orders ADD note text;\nCREATE VIEW notes AS SELECT note FROM orders;\n";
        shop.migration(SECOND, second, Some("DROP VIEW notes;\nALTER TABLE orders DROP note;\n"));
        shop.migration(THIRD, "CREATE TABLE third ();\n", Some("DROP TABLE third;\n"));
        Self { shop, server }
    }

    #[track_caller]
    fn squash(&self, code: i32, more: &[&str]) -> Ran {
        self.shop.place.exits(code, &[&["squash", "--scratch", &self.server], more].concat())
    }

    #[track_caller]
    fn on(&self, database: &str, code: i32, arguments: &[&str]) -> Ran {
        self.shop.place.exits(code, &[arguments, &["--db", &self.shop.cluster.url(database)]].concat())
    }

    /// What is in the folder.
    fn folder(&self) -> Vec<String> {
        let all = fs::read_dir(self.shop.place.path().join("generated")).unwrap();
        let mut names: Vec<String> = all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn killed_anywhere_no_migration_is_lost() {
    let project = Project::new();
    let folder = project.shop.place.path().join("generated");
    let text = |id: &str, file: &str| project.shop.place.read(&format!("generated/{id}/{file}.sql"));
    let before = [FIRST, SECOND, THIRD].map(|id| (id, text(id, "up"), text(id, "down")));
    let squash = ["squash", "--scratch", &project.server, "--to", "second"];
    let mut kills = 0;
    for point in 1.. {
        fs::remove_dir_all(&folder).unwrap();
        for (id, up, down) in &before {
            project.shop.migration(id, up, Some(down));
        }
        let died = ran(pgplumb(project.shop.place.path(), &squash).env("PGPLUMB_FAULT", point.to_string()));
        if died.code.is_some() {
            assert_eq!(
                (died.code, project.folder().as_slice()),
                (Some(0), [ONE.to_owned(), THIRD.to_owned()].as_slice())
            );
            break;
        }
        kills += 1;
        let again = ran(&mut pgplumb(project.shop.place.path(), &squash));
        // Killed behind the last step there is nothing of that name any more.
        let done = again.err.contains("squash::no_migration");
        assert!(again.code == Some(0) || done, "{point}: {}{}", again.out, again.err);
        assert_eq!(project.folder(), [ONE, THIRD], "{point}: {}", again.err);
    }
    assert!(kills >= 4, "{kills}");
}

#[test]
fn databases_of_before_and_new_ones_come_to_the_same() {
    let project = Project::new();
    project.on("shop", 0, &["apply"]);
    project.on("half", 0, &["apply", "--to", FIRST]);
    let told = project.squash(0, &["--to", "second", "--dry-run"]).out;
    assert!(told.starts_with(&format!("{ONE} would take the place of 2 migrations")), "{told}");
    assert_eq!(project.folder(), [FIRST, SECOND, THIRD]);
    let told = project.squash(0, &["--to", "second"]).out;
    assert!(told.contains("takes the place of 2 migrations") && told.contains(SECOND), "{told}");
    assert_eq!(project.folder(), [ONE, THIRD]);
    let up = project.shop.place.read(&format!("generated/{ONE}/up.sql"));
    assert!(up.contains(&format!("-- pgplumb: replaces {FIRST} ")) && up.contains("proven up and down"), "{up}");
    let out = project.shop.place.run(&["check", "--scratch", &project.server]).out;
    assert!(out.contains("2 migrations run from nothing") && out.contains("2 downs lead back"), "{out}");
    assert!(!out.contains("unknown-directive") && !out.contains("down-unproved"), "{out}");

    // All of them: it is written down, and nothing is run.
    let status = project.on("shop", 1, &["status"]).out;
    assert!(status.contains("replaces what is applied") && !status.contains("missing"), "{status}");
    let dry = project.on("shop", 0, &["apply", "--dry-run"]);
    assert!(dry.out.contains("nothing to apply") && dry.err.contains("takes the place of 2 migrations"), "{}", dry.err);
    let ran = project.on("shop", 0, &["apply"]);
    assert!(ran.out.contains("nothing to apply") && ran.err.contains("on record in the place of"), "{}", ran.err);
    let status = project.on("shop", 0, &["status"]).out;
    assert!(status.contains(ONE) && !status.contains(FIRST) && status.contains(THIRD), "{status}");
    project.on("shop", 0, &["verify"]);
    // Going back ends there: its down would take away what was not made by it.
    project.on("shop", 0, &["rollback", "--allow", "all"]);
    let ran = project.on("shop", 1, &["rollback", "--allow", "all"]);
    assert!(ran.err.contains("migrate::irreversible"), "{}", ran.err);
    project.on("shop", 0, &["apply"]);

    // Some of them: which are missing is said, and nothing is changed.
    let ran = project.on("half", 1, &["apply"]);
    assert!(ran.err.contains("migrate::partly_replaced") && ran.err.contains(SECOND), "{}", ran.err);
    // None of them: it is run.
    let ran = project.on("fresh", 0, &["apply"]).out;
    assert!(ran.contains(&format!("applied {ONE}")) && ran.contains(&format!("applied {THIRD}")), "{ran}");
    project.shop.place.exits(0, &["diff", &project.shop.url(), &project.shop.cluster.url("fresh")]);
    project.on("fresh", 0, &["status"]);
    project.on("fresh", 0, &["rollback", "2", "--allow", "all"]);

    // Squashed once more, it stands for what it took the place of.
    project.on("fresh", 0, &["apply"]);
    project.squash(0, &["--name", "again"]);
    assert_eq!(project.folder(), ["20260103000000_again"]);
    for database in ["shop", "fresh"] {
        let ran = project.on(database, 0, &["apply"]);
        assert!(ran.out.contains("nothing to apply") && ran.err.contains("on record"), "{}", ran.err);
        let status = project.on(database, 0, &["status"]).out;
        assert!(status.contains("_again") && !status.contains(ONE) && !status.contains(FIRST), "{status}");
    }
}

#[test]
fn what_is_in_no_schema_stops_it() {
    let project = Project::new();
    let up = "CREATE TABLE third ();\nINSERT INTO orders VALUES (1);\nDO $$ BEGIN END $$;\n";
    project.shop.migration(THIRD, up, None);
    let ran = project.squash(1, &[]);
    assert!(ran.err.contains("squash::data") && ran.err.contains("2 steps do more than a schema"), "{}", ran.err);
    assert!(ran.err.contains(&format!("{THIRD}: INSERT INTO orders VALUES (1)")), "{}", ran.err);
    assert_eq!(project.folder(), [FIRST, SECOND, THIRD]);
    project.squash(0, &["--drop-data-steps", "--name", "all of it"]);
    assert_eq!(project.folder(), ["20260103000000_all-of-it"]);
    assert!(!project.shop.place.read("generated/20260103000000_all-of-it/up.sql").contains("INSERT"));
    let ran = project.squash(2, &[]);
    assert!(ran.err.contains("squash::nothing"), "{}", ran.err);
}

#[test]
fn what_was_applied_with_another_text_is_refused() {
    let project = Project::new();
    project.on("shop", 0, &["apply"]);
    project.shop.migration(
        SECOND,
        "ALTER TABLE orders ADD note varchar(9);\n",
        Some("ALTER TABLE orders DROP note;\n"),
    );
    project.squash(2, &["--to", "fourth"]);
    project.squash(0, &["--to", SECOND]);
    let ran = project.on("shop", 1, &["apply"]);
    assert!(ran.err.contains("migrate::replaced_differs") && ran.err.contains(SECOND), "{}", ran.err);
    assert_eq!(project.shop.query("SELECT count(*) FROM pgplumb.history WHERE id ~ 'squashed'"), "0");
}

#[test]
fn what_does_not_run_changes_nothing() {
    let project = Project::new();
    project.shop.migration(THIRD, "CREATE TABLE orders ();\n", None);
    project.squash(2, &[]);
    assert_eq!(project.folder(), [FIRST, SECOND, THIRD]);
    project.squash(0, &["--to", SECOND]);
}
