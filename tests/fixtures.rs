//! Every folder below `fixtures/` that is a case: planned, applied, planned again, taken back, and held against its goldens and claims.
//!
//! `PGPLUMB_CASE=enum/add` runs the cases with that in their name; `PGPLUMB_BLESS=1` writes the goldens anew.
//! `PGPLUMB_FIXTURE_MAJOR=18` takes the server that `./dev client` has fetched with a pg_dump, `PGPLUMB_FIXTURE_BIN=/usr/lib/postgresql/18/bin`
//! the programs of a folder. On another major version the scripts are not compared, and have to do what they are to do all
//! the same; what is left out there is said with its reason.

mod case;
mod check;
mod skip;

use std::env;
use std::fmt::Write;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::harness::cluster::Cluster;
use case::Case;
use check::{Check, Failure, Goldens};
use skip::Server;

/// Cases that run at the same time: more than the machine has cores only makes each of them slower.
const THREADS: usize = 2;

/// The major version of the programs that the harness starts, which is that of the goldens.
const MAJOR: u64 = 15;

#[test]
fn every_fixture() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let filter = env::var("PGPLUMB_CASE").unwrap_or_default();
    let bless = env::var_os("PGPLUMB_BLESS").is_some();
    let mut goldens = if bless { Goldens::Write } else { Goldens::Compare };
    if bless {
        case::delete_unreferenced(&root).unwrap();
    }
    let (mut cases, mut faults) = case::all(&root, &filter);
    let cluster = match (env::var("PGPLUMB_FIXTURE_MAJOR"), env::var_os("PGPLUMB_FIXTURE_BIN")) {
        (Ok(major), _) => Cluster::start_major(major.parse().unwrap()).unwrap(),
        (_, Some(bin)) => Cluster::start_from(Path::new(&bin)).unwrap(),
        _ => Cluster::start().unwrap(),
    };
    let version: u64 = cluster.query("postgres", "SHOW server_version_num").unwrap().parse().unwrap();
    if version / 10_000 != MAJOR {
        goldens = Goldens::Leave;
        let server = Server::of(&cluster);
        cases.retain(|case| server.runs(case));
    }
    cases.retain(|case| case.for_major(version / 10_000));
    assert!(!cases.is_empty(), "no fixture has `{filter}` in its name");
    cluster.psql("postgres", &root.join("roles.sql")).unwrap();
    for (name, failures) in run_all(&cluster, &cases, goldens) {
        faults.extend(failures.iter().map(|failure| format!("{name}: {}: {}", failure.stage, failure.detail)));
    }
    writeln!(std::io::stderr(), "{} fixtures", cases.len()).unwrap();
    assert!(faults.is_empty(), "{}", report(&faults, cases.len()));
}

/// Runs the cases on a few threads; the answer is in the order of the cases.
fn run_all<'c>(cluster: &Cluster, cases: &'c [Case], goldens: Goldens) -> Vec<(&'c str, Vec<Failure>)> {
    let waiting = Mutex::new(cases.iter().enumerate());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for slot in 0..THREADS {
            let (waiting, done) = (&waiting, &done);
            scope.spawn(move || {
                loop {
                    let Some((index, case)) = waiting.lock().unwrap().next() else { break };
                    let failures = Check::new(cluster, case, slot, goldens).run();
                    done.lock().unwrap().push((index, case.name.as_str(), failures));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, ..)| *index);
    done.into_iter().map(|(_, name, failures)| (name, failures)).collect()
}

fn report(faults: &[String], cases: usize) -> String {
    let mut text = format!("{} assertions do not hold in {cases} fixtures\n", faults.len());
    for fault in faults {
        let _ = writeln!(text, "\n{}", fault.trim_end());
    }
    text
}
