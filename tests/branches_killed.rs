//! `rebase` that is killed at every place where it could be, and run again: the folder ends as after a run that nobody
//! killed, and in between nobody takes for good what is half there.

use std::collections::BTreeMap;
use std::fs;

use crate::branches::{BASE, Branches, NAME, NOTE, conflicting};
use crate::harness::matrix::{Count, is_long};
use crate::harness::program::{Ran, pgplumb, ran};

/// A migration of the later branch, behind the one that is rebased.
const MORE: &str = "20260104000000_more";

/// The text of every file in the folder of the migrations, hidden ones too, by its path.
type Files = BTreeMap<String, String>;

fn files(branches: &Branches) -> Files {
    let folder = branches.shop.place.path().join("generated");
    let mut found = Files::new();
    let mut open = vec![folder.clone()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn put(branches: &Branches, files: &Files) {
    fs::remove_dir_all(branches.shop.place.path().join("generated")).unwrap();
    files.iter().for_each(|(name, text)| branches.shop.write(&format!("generated/{name}"), text));
}

fn run(branches: &Branches, arguments: &[&str], point: usize) -> Ran {
    ran(pgplumb(branches.shop.place.path(), arguments).env("PGPLUMB_FAULT", point.to_string()))
}

/// What is in the folder where nobody looks is left out.
fn seen(files: &Files) -> Files {
    files.iter().filter(|(name, _)| !name.starts_with('.')).map(|(name, text)| (name.clone(), text.clone())).collect()
}

/// Kills it everywhere, or at one place of so many. Every state that it may leave is what was there before, what comes of
/// it, or that with one migration of `between` done; or whoever reads the folder refuses it.
#[track_caller]
fn survives(branches: &Branches, every: usize, between: &[&str]) {
    let rebase = ["rebase", "--allow", "all", "--scratch", &branches.server];
    let before = files(branches);
    assert_eq!(branches.shop.place.run(&rebase).code, 0);
    let after = files(branches);
    assert!(before != after && after.keys().all(|name| !name.contains(".pgplumb")), "{:?}", after.keys());
    let url = branches.shop.url();
    let readers = [
        &["apply", "--dry-run", "--db", &url][..],
        &["status", "--db", &url],
        &["check", "--scratch", &branches.server],
        &["plan", "--stdout", "--scratch", &branches.server],
        &["lint", "generated", "--text-only"],
    ];
    let (mut count, mut refusals) = (Count::default(), 0);
    for point in (1..).step_by(if is_long() { 1 } else { every }) {
        put(branches, &before);
        if let Some(code) = run(branches, &rebase, point).code {
            assert_eq!((code, files(branches)), (0, after.clone()));
            break;
        }
        (count.points, count.kills) = (count.points + 1, count.kills + 1);
        let left = seen(&files(branches));
        if left != before && left != after && !between.iter().any(|one| mixed(&before, &after, one) == left) {
            // One tells of all: they refuse before they look at what there is.
            let some = if refusals == 0 { &readers[..] } else { &readers[..1] };
            refusals += 1;
            for reader in some {
                let ran = run(branches, reader, 0);
                let refused = ran.code == Some(2) && ran.err.contains("source::cut_off");
                assert!(refused, "{point}: {reader:?}: {:?}\n{}{}", ran.code, ran.out, ran.err);
                assert!(ran.err.contains("pgplumb rebase"), "{}", ran.err);
            }
            assert_eq!(seen(&files(branches)), left, "who only reads puts nothing right");
            // What puts it back may be killed itself.
            assert_eq!(run(branches, &rebase, refusals).code, None);
        }
        let again = run(branches, &rebase, 0);
        assert_eq!(again.code, Some(0), "{point}: {}{}", again.out, again.err);
        let now = files(branches);
        assert!(now == after, "{point}: {:?}\n{now:#?}\nwanted:\n{after:#?}", again.out);
        count.resumed += 1;
    }
    assert!(count.kills > 3 && refusals > 0, "{count:?}, {refusals} refused");
    count.say("rebase");
}

/// What was there before, and of one migration what comes of it.
fn mixed(before: &Files, after: &Files, id: &str) -> Files {
    let of =
        |files: &Files, is: bool| files.clone().into_iter().filter(|(name, _)| name.starts_with(id) == is).collect();
    let (rest, done): (Files, Files) = (of(before, false), of(after, true));
    rest.into_iter().chain(done).collect()
}

#[test]
fn heads_get_their_states_and_all_of_them_or_none() {
    let branches = Branches::commuting();
    let more = BASE.replace("orders (id", "orders (name text, id").replace("clients (id", "clients (age int, id");
    branches.plan_without(&[NOTE], MORE, &more);
    branches.shop.write("schema/all.sql", &more.replace("orders (", "orders (note text, "));
    branches.shop.write(&format!("generated/{NAME}/README"), "why it is done\n");
    survives(&branches, 2, &[NAME]);
    branches.on_scratch(0, &["check"]);
}

#[test]
fn one_that_is_planned_anew_comes_with_those_that_it_took_over_gone() {
    let branches = conflicting();
    let both = BASE.replace("orders (id", "orders (note varchar(5), id").replace("clients (id", "clients (age int, id");
    branches.plan_without(&[NOTE], MORE, &both);
    branches.shop.write(&format!("generated/{NAME}/branches.json"), "{\"version\": 1, \"rebased\": []}\n");
    branches.shop.write(&format!("generated/{NAME}/notes/README"), "why it is done\n");
    survives(&branches, 1, &[]);
    assert!(!branches.there(MORE) && branches.text(NAME, "up.sql").contains("ADD COLUMN age"));
    assert!(!branches.shop.place.path().join("generated").join(NAME).join("branches.json").exists());
    assert_eq!(branches.text(NAME, "notes/README"), "why it is done\n");
}

#[test]
fn one_with_nothing_left_to_do_is_gone_with_all_that_is_behind_it() {
    let branches = conflicting();
    let both = BASE.replace("orders (id", "orders (note varchar(5), id").replace("clients (id", "clients (age int, id");
    branches.plan_without(&[NOTE], MORE, &both);
    branches.shop.write("schema/all.sql", &BASE.replace("orders (id", "orders (note text, id"));
    survives(&branches, 1, &[]);
    assert!(!branches.there(NAME) && !branches.there(MORE));
}
