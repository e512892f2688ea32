//! A migration that is cut short, and the plan made after it: the second plan ends where the first was to end, whatever lies about.
//!
//! Each golden up.sql of a case that takes more than one transaction is cut after each statement whose work stays: a COMMIT, or
//! what runs outside a transaction. (A cut within a transaction is a cut after the one before.) After a concurrent build the
//! index is also made INVALID, which is how a failed one leaves it. `PGPLUMB_CUT=all` takes every fixture there is, `PGPLUMB_CUT=index/`
//! those with that in their name; otherwise one or two for each online form.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::harness::cluster::Cluster;
use crate::harness::dump::first_difference;
use crate::harness::program::{pgplumb, ran};

/// The cases of an ordinary run, one or two for each online form.
const CASES: &[&str] = &[
    "column/add-with-volatile-default",
    "column/identity-online",
    "column/identity-online-options",
    "column/set-not-null",
    "column/volatile-default-online",
    "constraint/check-added-online",
    "constraint/foreign-key-added-online",
    "constraint/unique-added-online",
    "constraint/unique-include",
    "index/columns-changed",
    "index/create-online",
    "index/plain-to-unique",
    "matview/query-changed",
    "enum/remove-value-column",
    "partition/attached",
    "partition/attached-under-foreign-key",
    "partition/detached",
    "partition/foreign-key-from-partitioned",
    "partition/index-added-to-parent",
    "partition/index-changed-online",
    "partition/unique-added-online",
];

/// Where a script is cut: what runs of it, and whether the index that it built last is then made INVALID.
struct Cut {
    upto: String,
    invalid: bool,
}

#[test]
fn a_second_plan_finishes_what_was_cut() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let wanted = env::var("PGPLUMB_CUT").unwrap_or_default();
    let cases: Vec<String> = match wanted.as_str() {
        "" => CASES.iter().map(|name| (*name).to_owned()).collect(),
        "all" => all(&root),
        part => all(&root).into_iter().filter(|name| name.contains(part)).collect(),
    };
    let cluster = Cluster::start().unwrap();
    cluster.psql("postgres", &root.join("roles.sql")).unwrap();
    let (mut count, mut faults) = (0, Vec::new());
    for name in &cases {
        let folder = root.join(name);
        for (number, cut) in cuts(&fs::read_to_string(folder.join("up.sql")).unwrap()).iter().enumerate() {
            count += 1;
            let state = if cut.invalid { ", its index INVALID" } else { "" };
            faults.extend(
                check(&cluster, &folder, cut).err().map(|fault| format!("{name}, cut {}{state}: {fault}", number + 1)),
            );
        }
    }
    writeln!(std::io::stderr(), "{count} cuts of {} cases", cases.len()).unwrap();
    assert!(faults.is_empty(), "{} of {count} cuts are not finished\n\n{}", faults.len(), faults.join("\n\n"));
}

#[test]
fn a_detachment_that_was_cut_is_finished() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let cluster = Cluster::start().unwrap();
    cluster.psql("postgres", &root.join("roles.sql")).unwrap();
    let pending = Cut { upto: PENDING.to_owned(), invalid: false };
    check(&cluster, &root.join("partition/detached"), &pending).unwrap();
}

/// What DETACH ... CONCURRENTLY leaves that is cancelled while it waits for another session.
const PENDING: &str = "UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'event_2023'::regclass;";

/// The names of all cases that have a script.
fn all(root: &Path) -> Vec<String> {
    let names = |folder: &Path| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let folders =
        names(root).into_iter().filter(|path| path.is_dir() && !path.ends_with("lint") && !path.ends_with("fail"));
    let cases = folders.flat_map(|folder| names(&folder)).filter(|case| {
        // The state that a case with files in a certain order begins with is made in another way.
        case.join("up.sql").exists() && case.join("from.sql").exists() && case.join("to.sql").exists()
    });
    cases.map(|case| case.strip_prefix(root).unwrap().display().to_string()).collect()
}

/// After each statement whose work stays, but the last.
fn cuts(script: &str) -> Vec<Cut> {
    let (mut upto, mut statement, mut inside, mut found) = (String::new(), String::new(), false, Vec::new());
    for line in script.lines() {
        statement.push_str(line);
        statement.push('\n');
        let whole = line.ends_with(';')
            && statement.matches("$$").count() % 2 == 0
            && statement.matches("$backfill$").count() % 2 == 0
            && statement.matches("$number$").count() % 2 == 0
            && !line.starts_with("--");
        if !whole {
            continue;
        }
        upto.push_str(&statement);
        let code: String = statement.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
        let code = code.trim();
        let sets = ["SET ", "RESET "].iter().any(|word| code.starts_with(word));
        match code {
            "BEGIN;" => inside = true,
            "COMMIT;" => inside = false,
            _ => {}
        }
        if !inside && !sets {
            found.push(Cut { upto: upto.clone(), invalid: false });
            if code.contains("INDEX CONCURRENTLY") && code.starts_with("CREATE") {
                found.push(Cut { upto: upto.clone(), invalid: true });
            }
        }
        statement.clear();
    }
    // What the last one leaves is the end, except for an index.
    if let Some(last) = found.iter().rposition(|cut| !cut.invalid) {
        found.remove(last);
    }
    found
}

fn check(cluster: &Cluster, case: &Path, cut: &Cut) -> Result<(), String> {
    let databases = ["live", "wanted"];
    cluster.drop(&databases)?;
    cluster.create(&databases)?;
    cluster.psql("live", &case.join("from.sql"))?;
    cluster.psql("wanted", &case.join("to.sql"))?;
    let folder = cluster.folder().join("cut");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let first = folder.join("first.sql");
    fs::write(&first, &cut.upto).map_err(|e| e.to_string())?;
    cluster.psql("live", &first).map_err(|e| format!("the first part: {e}"))?;
    if cut.invalid {
        cluster.query("live", INVALID)?;
    }
    if !plan(cluster, case, &folder.join("second"))? {
        return Err("the second plan finds nothing to do".to_owned());
    }
    cluster.psql("live", &folder.join("second/up.sql")).map_err(|e| format!("the second part: {e}"))?;
    if let Some(difference) = first_difference(&cluster.dump("live")?, &cluster.dump("wanted")?) {
        return Err(format!("not at the end\n{difference}"));
    }
    for query in holds(case)? {
        if cluster.query("live", &query)? != "t" {
            return Err(format!("not true at the end: {query}"));
        }
    }
    let invalid = "SELECT string_agg(indexrelid::regclass::text, ' ') FROM pg_index WHERE NOT indisvalid";
    match cluster.query("live", invalid)?.as_str() {
        "" => {}
        left if cluster.query("wanted", invalid)? == left => {}
        left => return Err(format!("INVALID at the end: {left}")),
    }
    if plan(cluster, case, &folder.join("third"))? {
        let third = fs::read_to_string(folder.join("third/up.sql")).unwrap_or_default();
        return Err(format!("there is still something to plan\n{third}"));
    }
    Ok(())
}

/// The index that was built last is left as a failed concurrent build leaves it.
const INVALID: &str = "UPDATE pg_index SET indisvalid = false
                        WHERE indexrelid = (SELECT max(indexrelid) FROM pg_index
                                              JOIN pg_class AS c ON c.oid = indexrelid
                                             WHERE relnamespace::regnamespace::text !~ '^pg_')";

/// What the case says is true after the up.
fn holds(case: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(case.join("case.toml")).map_err(|e| e.to_string())?;
    let list = text.lines().find_map(|line| line.strip_prefix("holds = ")).unwrap_or("[]");
    serde_json::from_str(list).map_err(|e| format!("case.toml: {e}"))
}

/// Plans from `live` to the case's schema. Whether there was a change.
fn plan(cluster: &Cluster, case: &Path, out: &Path) -> Result<bool, String> {
    let (db, scratch, to) = (cluster.url("live"), cluster.url("postgres"), out.display().to_string());
    let arguments = ["--schema", "to.sql", "--allow", "all", "--db", &db, "--scratch", &scratch, "--out", &to];
    let done = ran(pgplumb(case, &["plan"]).args(arguments));
    match done.code {
        Some(0 | 1) => Ok(out.join("up.sql").exists()),
        code => Err(format!("plan exits {code:?}\n{}", done.err)),
    }
}
