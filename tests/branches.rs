//! Migrations of two branches that came together: `check`, `rebase`, and `apply` on the databases of both.

use std::fs;

use serde_json::Value;

use crate::harness::migrations::Shop;
use crate::harness::place::Ran;
use crate::logs::last;
use crate::runner::document;

pub(crate) const BASE: &str =
    "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE TABLE clients (id bigint PRIMARY KEY);\n";
const START: &str = "20260101000000_start";
pub(crate) const NOTE: &str = "20260102000000_note";
pub(crate) const NAME: &str = "20260103000000_name";

/// A project of two branches: what each makes of the schema files.
pub(crate) struct Branches {
    pub(crate) shop: Shop,
    pub(crate) server: String,
}

impl Branches {
    /// Plans the base.
    fn new() -> Self {
        let shop = Shop::new();
        let server = shop.cluster.url("postgres");
        let new = Self { shop, server };
        new.plan(START, BASE);
        new
    }

    #[track_caller]
    pub(crate) fn on_scratch(&self, code: i32, arguments: &[&str]) -> Ran {
        self.shop.place.exits(code, &[arguments, &["--scratch", &self.server]].concat())
    }

    /// The last `rebase` has written down what it did with this one.
    #[track_caller]
    fn is_logged(&self, id: &str, anew: bool) {
        let (log, _) = last(&self.shop, "rebase");
        let line = log.iter().find(|line| line["event"] == "rebased").unwrap();
        assert_eq!((&line["id"], &line["anew"]), (&id.into(), &anew.into()), "{line}");
    }

    /// Plans from the folder to this schema.
    #[track_caller]
    fn plan(&self, id: &str, schema: &str) {
        self.shop.write("schema/all.sql", schema);
        let (out, name) = (format!("generated/{id}"), id.split_once('_').unwrap().1);
        let ran =
            self.shop.place.run(&["plan", "--allow", "all", "--out", &out, "--name", name, "--scratch", &self.server]);
        assert!(ran.code < 2, "{}{}", ran.out, ran.err);
    }

    /// Plans the same where these are not there, as on a branch without them.
    #[track_caller]
    pub(crate) fn plan_without(&self, others: &[&str], id: &str, schema: &str) {
        others.iter().for_each(|other| self.aside(other, true));
        self.plan(id, schema);
        others.iter().for_each(|other| self.aside(other, false));
    }

    /// Takes a migration away, as on a branch without it, or puts it back.
    fn aside(&self, id: &str, away: bool) {
        let path = |below: &str| self.shop.place.path().join(below).join(id);
        fs::create_dir_all(self.shop.place.path().join("aside")).unwrap();
        let (from, to) = if away { (path("generated"), path("aside")) } else { (path("aside"), path("generated")) };
        fs::rename(from, to).unwrap();
    }

    /// Two columns of one table, by two branches.
    pub(crate) fn commuting() -> Self {
        let new = Self::new();
        new.plan(NOTE, &BASE.replace("orders (id", "orders (note text, id"));
        new.plan_without(&[NOTE], NAME, &BASE.replace("orders (id", "orders (name text, id"));
        new.shop.write("schema/all.sql", &BASE.replace("orders (id", "orders (note text, name text, id"));
        new
    }

    /// The findings about branches, as `CODE OBJECT: MESSAGE`.
    #[track_caller]
    fn found(&self) -> Vec<String> {
        let ran = self.shop.place.run(&["check", "--format", "json", "--scratch", &self.server]);
        let document: Value = serde_json::from_str(&ran.out).expect(&ran.err);
        let of = |finding: &Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
        let all = document["findings"].as_array().unwrap().iter();
        let all: Vec<&Value> = all.filter(|finding| of(finding, "code").starts_with("branches-")).collect();
        assert_eq!(ran.code == 1, document["summary"]["blocked"] == true, "{}", ran.out);
        assert!(all.iter().all(|finding| of(finding, "help").starts_with("run `pgplumb rebase`")), "{all:?}");
        let all = all.into_iter();
        all.map(|one| format!("{} {}: {}", of(one, "code"), of(one, "object"), of(one, "message"))).collect()
    }

    pub(crate) fn text(&self, id: &str, file: &str) -> String {
        self.shop.place.read(&format!("generated/{id}/{file}"))
    }

    pub(crate) fn there(&self, id: &str) -> bool {
        self.shop.place.path().join("generated").join(id).exists()
    }

    /// A new, empty database.
    fn database(&self, name: &str) -> String {
        self.shop.cluster.create(&[name]).unwrap();
        self.shop.cluster.url(name)
    }

    #[track_caller]
    fn apply(&self, code: i32, url: &str, more: &[&str]) -> Ran {
        self.shop.place.exits(code, &[&["apply", "--db", url], more].concat())
    }
}

#[test]
fn commuting_migrations_are_told_of_rebased_and_applied_in_either_order() {
    let branches = Branches::commuting();
    let (early, late) = (branches.database("early"), branches.database("late"));
    branches.apply(0, &early, &["--to", START]);
    // Somebody ran the later branch where the earlier was not yet.
    branches.aside(NOTE, true);
    branches.apply(0, &late, &[]);
    branches.aside(NOTE, false);
    assert!(branches.apply(1, &late, &[]).err.contains("migrate::out_of_order"));

    let said =
        format!("branches-not-rebased {NAME}: {NAME} was planned beside {NOTE}: they commute, and nothing says so");
    assert_eq!(branches.found(), [said]);
    let before = ["up.sql", "down.sql", "plan.json"].map(|file| branches.text(NAME, file));
    let dry = branches.on_scratch(1, &["rebase", "--dry-run"]).out;
    assert_eq!(dry, format!("{NAME} commutes with {NOTE}: its head would get the states behind it\n"));
    assert_eq!(before, ["up.sql", "down.sql", "plan.json"].map(|file| branches.text(NAME, file)));
    let told = branches.on_scratch(0, &["rebase", "--db", &late]).out;
    assert!(told.contains("commutes with") && told.contains("  it is applied in "), "{told}");
    branches.is_logged(NAME, false);

    document(include_str!("../docs/schema/branches.v1.json"), &branches.text(NAME, "branches.json"));

    // Nothing but the states is other, and all that was proven still is.
    let now = ["up.sql", "down.sql", "plan.json"].map(|file| branches.text(NAME, file));
    for (before, now) in before.iter().zip(&now) {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let other = lines(before).into_iter().zip(lines(now)).filter(|(before, now)| before != now).count();
        assert!((1..=4).contains(&other) && lines(before).len() == lines(now).len(), "{before}\n{now}");
    }
    let out = branches.on_scratch(0, &["check"]).out;
    assert!(!out.contains("branches-") && out.contains("3 downs lead back") && !out.contains("down-unproved"), "{out}");
    assert!(branches.on_scratch(0, &["rebase"]).out.starts_with("nothing to rebase"));

    branches.apply(0, &early, &[]);
    let dry = branches.apply(0, &late, &["--dry-run"]).out;
    assert!(dry.contains(&format!("would apply {NOTE}")) && !dry.contains(NAME), "{dry}");
    let ran = branches.apply(0, &late, &[]).out;
    assert!(ran.contains(&format!("applied {NOTE}")) && !ran.contains(NAME), "{ran}");
    for url in [&early, &late] {
        branches.shop.place.exits(0, &["status", "--db", url]);
        branches.shop.place.exits(0, &["verify", "--db", url]);
        let out = branches.on_scratch(0, &["plan", "--db", url]).out;
        assert!(out.contains("nothing to change"), "{out}");
        let lint = ["lint", "generated", "--db", url, "--format", "json", "--scratch", &branches.server];
        let out = branches.shop.place.run(&lint).out;
        assert!(out.contains("\"findings\"") && !out.contains("edited-after-apply"), "{out}");
        branches.shop.place.exits(0, &["rollback", "2", "--db", url, "--allow", "all"]);
    }
    branches.shop.place.exits(0, &["diff", &early, &late]);
}

#[test]
fn a_database_with_something_that_nobody_saw_together_with_it_is_refused() {
    let branches = Branches::commuting();
    let late = branches.database("late");
    branches.aside(NOTE, true);
    branches.shop.migration("20260104000000_hand", "CREATE TABLE hand ();\n", None);
    branches.apply(0, &late, &[]);
    branches.aside(NOTE, false);
    branches.on_scratch(0, &["rebase"]);
    assert!(branches.apply(1, &late, &[]).err.contains("migrate::out_of_order"));
    let ran = branches.apply(1, &late, &["--force", "out-of-order"]);
    assert!(ran.err.contains("migrate::wrong_start") && ran.err.contains("pgplumb rebase"), "{}", ran.err);
}

/// The same column by both, with other types.
pub(crate) fn conflicting() -> Branches {
    let branches = Branches::new();
    branches.plan(NOTE, &BASE.replace("orders (id", "orders (note text, id"));
    branches.plan_without(&[NOTE], NAME, &BASE.replace("orders (id", "orders (note varchar(5), id"));
    branches
}

#[test]
fn a_conflict_is_found_and_the_later_one_planned_anew() {
    let branches = conflicting();
    let why = format!("behind it, {NAME} does not run: column \"note\" of relation \"orders\" already exists");
    let said = format!("branches-conflict {NAME}: {NAME} was planned beside {NOTE}, and they conflict: {why}");
    assert_eq!(branches.found(), [said]);
    let dry = branches.on_scratch(1, &["rebase", "--dry-run"]).out;
    assert!(dry.contains("it would be planned anew") && dry.contains("assumed that no database has applied"), "{dry}");
    assert!(branches.text(NAME, "up.sql").contains("ADD COLUMN note character varying(5)"));

    let ahead = branches.database("ahead");
    branches.aside(NOTE, true);
    branches.apply(0, &ahead, &[]);
    branches.aside(NOTE, false);
    let before = branches.text(NAME, "up.sql");
    let ran = branches.on_scratch(2, &["rebase", "--db", &ahead]);
    assert!(ran.err.contains("rebase::applied") && ran.err.contains(NOTE), "{}", ran.err);
    assert_eq!(branches.text(NAME, "up.sql"), before);

    let behind = branches.database("behind");
    branches.apply(0, &behind, &["--to", NOTE]);
    branches
        .shop
        .write("pgplumb.yaml", &format!("environments: {{one: {{url: '{behind}'}}, two: {{url: '{behind}'}}}}\n"));
    let ran = branches.on_scratch(0, &["rebase", "--env", "one,two", "--allow", "all"]);
    assert!(ran.out.contains("conflicts with") && !ran.out.contains("assumed"), "{}", ran.out);
    branches.is_logged(NAME, true);
    let up = branches.text(NAME, "up.sql");
    assert!(up.starts_with("-- name (up)\n") && up.contains("TYPE character varying(5)"), "{up}");
    assert_eq!(branches.found(), [""; 0]);
    branches.apply(0, &behind, &[]);
    let out = branches.on_scratch(0, &["plan", "--db", &behind]).out;
    assert!(out.contains("nothing to change"), "{out}");
}

#[test]
fn what_depends_on_the_order_is_a_conflict_too() {
    let function = |number: i32| format!("{BASE}CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT {number}';\n");
    let branches = Branches::new();
    branches.plan("20260101000001_function", &function(1));
    branches.plan(NOTE, &function(2));
    branches.plan_without(&[NOTE], NAME, &function(3));
    let found = branches.found();
    assert!(found.len() == 1 && found[0].starts_with(&format!("branches-conflict {NAME}")), "{found:?}");
    branches.on_scratch(0, &["rebase"]);
    assert!(branches.text(NAME, "down.sql").contains("SELECT 2"));
    assert_eq!(branches.found(), [""; 0]);
}

#[test]
fn those_behind_it_in_its_branch_become_part_of_it() {
    let branches = conflicting();
    let more = "20260104000000_more";
    let both = BASE.replace("orders (id", "orders (note varchar(5), id").replace("clients (id", "clients (age int, id");
    branches.plan_without(&[NOTE], more, &both);
    let told = branches.on_scratch(0, &["rebase", "--allow", "all"]).out;
    assert!(told.contains(&format!("and does what {more} did, which is gone")), "{told}");
    assert!(!branches.there(more) && branches.text(NAME, "up.sql").contains("ADD COLUMN age"));
    assert_eq!(branches.found(), [""; 0]);
}

#[test]
fn what_has_nothing_left_to_do_is_removed() {
    let branches = Branches::new();
    let same = BASE.replace("orders (id", "orders (note text, id");
    branches.plan(NOTE, &same);
    branches.plan_without(&[NOTE], NAME, &same);
    let told = branches.on_scratch(0, &["rebase"]).out;
    assert!(told.contains(&format!("nothing is left for {NAME} to do: it is removed")), "{told}");
    assert!(!branches.there(NAME) && branches.there(NOTE));
    branches.on_scratch(0, &["check"]);
}

#[test]
fn what_a_person_wrote_or_others_stand_on_is_left_alone() {
    let branches = conflicting();
    let up = branches.text(NAME, "up.sql");
    branches.shop.write(&format!("generated/{NAME}/up.sql"), &format!("{up}-- by hand\n"));
    let ran = branches.on_scratch(2, &["rebase"]);
    assert!(ran.err.contains("rebase::by_hand") && ran.err.contains("edited after"), "{}", ran.err);
    branches.shop.write(&format!("generated/{NAME}/up.sql"), &up);
    branches.shop.migration("20260104000000_hand", "CREATE TABLE hand ();\n", None);
    let ran = branches.on_scratch(2, &["rebase"]);
    assert!(ran.err.contains("rebase::not_last") && ran.err.contains("20260104000000_hand"), "{}", ran.err);
    assert_eq!(branches.text(NAME, "up.sql"), up);
    // One that was written by hand and does not run is for whoever wrote it.
    for gone in [NAME, "20260104000000_hand"] {
        branches.aside(gone, true);
    }
    branches.shop.migration("20260105000000_hand", "ALTER TABLE orders ADD note int;\n", None);
    let ran = branches.on_scratch(2, &["rebase"]);
    assert!(ran.err.contains("rebase::fails") && ran.err.contains("20260105000000_hand"), "{}", ran.err);
}
