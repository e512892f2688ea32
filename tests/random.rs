//! Random schemas and random changes of them, held to the same promise as the fixtures: the plan proves, applies with psql, leaves
//! nothing to plan, and its down leads back; `pg_dump` is the judge of each state.
//!
//! `PGPLUMB_SEED=7` runs one case; `PGPLUMB_SOAK=30` runs new ones for half an hour and tells every failure at the end.

mod columns;
mod model;
mod render;

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::harness::cluster::Cluster;
use crate::harness::dump::first_difference;
use crate::harness::program::{pgplumb, ran};
use model::{Edit, Model};

/// Cases of an ordinary run: the same ones every time, a few seconds each.
const CASES: u64 = 12;
/// How often a failing case is made smaller and run again.
const SHRINKS: u32 = 60;
const DATABASES: [&str; 2] = ["live", "wanted"];

#[test]
fn random_changes_converge_and_go_back() {
    let number = |name: &str| env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let cluster = Cluster::start().unwrap();
    cluster.psql("postgres", &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/roles.sql")).unwrap();
    let failures: Vec<String> = match (number("PGPLUMB_SEED"), number("PGPLUMB_SOAK")) {
        (Some(seed), _) => one(&cluster, seed).into_iter().collect(),
        (None, Some(minutes)) => soak(&cluster, Duration::from_secs(60 * minutes)),
        (None, None) => (1..=CASES).filter_map(|seed| one(&cluster, seed)).collect(),
    };
    assert!(failures.is_empty(), "{} random cases fail\n\n{}", failures.len(), failures.join("\n\n"));
}

fn soak(cluster: &Cluster, time: Duration) -> Vec<String> {
    let start = Instant::now();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut seeds = now.as_secs() * 1000..;
    let mut failures = Vec::new();
    let mut count = 0;
    while start.elapsed() < time {
        count += 1;
        let failed = seeds.next().and_then(|seed| one(cluster, seed));
        if let Some(failure) = failed {
            say(&failure);
            failures.push(failure);
        }
    }
    say(&format!("{count} random cases, {} fail", failures.len()));
    failures
}

/// Past the test runner's capture: a soak is watched while it runs.
fn say(text: &str) {
    writeln!(std::io::stderr(), "{text}").unwrap();
}

/// One case, made as small as it fails; what went wrong, and where its files are.
fn one(cluster: &Cluster, seed: u64) -> Option<String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { cases: 1, failure_persistence: None, max_shrink_iters: SHRINKS, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let edits = (vec(any::<Edit>(), 10..70), vec(any::<Edit>(), 1..12));
    let failed = runner.run(&edits, |(base, change)| {
        let (from, to) = schemas(&base, &change);
        check(cluster, &from, &to).map_err(TestCaseError::fail)
    });
    match failed {
        Ok(()) => None,
        Err(TestError::Abort(why)) => Some(format!("seed {seed}: {why}")),
        Err(TestError::Fail(why, (base, change))) => {
            let (from, to) = schemas(&base, &change);
            let folder = env::temp_dir().join(format!("pgplumb_random_{seed}"));
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("from.sql"), from).unwrap();
            fs::write(folder.join("to.sql"), to).unwrap();
            Some(format!("PGPLUMB_SEED={seed}, {}/{{from,to}}.sql: {why}", folder.display()))
        }
    }
}

fn schemas(base: &[Edit], change: &[Edit]) -> (String, String) {
    let from = Model::default().edited(base);
    let to = render::with_parents_of(from.edited(change), &from);
    (render::render(&from), render::render(&to))
}

/// The whole promise, on databases of its own; what is left of an earlier case goes first.
fn check(cluster: &Cluster, from: &str, to: &str) -> Result<(), String> {
    cluster.drop(&DATABASES)?;
    cluster.create(&DATABASES)?;
    let folder = cluster.folder().join("random");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let (start, wanted) = (build(cluster, "live", &folder, from)?, build(cluster, "wanted", &folder, to)?);
    let same = |want: &str, stage: &str| match first_difference(&cluster.dump("live")?, want) {
        Some(difference) => Err(format!("dump after {stage}\n{difference}")),
        None => Ok(()),
    };
    let changes = first_difference(&start, &wanted).is_some();
    if !plan(cluster, &folder, "out")? {
        return if changes { Err("the plan finds no difference, pg_dump does".to_owned()) } else { Ok(()) };
    }
    cluster.psql("live", &folder.join("out/up.sql")).map_err(|e| format!("apply up: {e}"))?;
    same(&wanted, "up")?;
    if plan(cluster, &folder, "again")? {
        let again = fs::read_to_string(folder.join("again/up.sql")).unwrap_or_default();
        return Err(format!("the second plan is not empty\n{again}"));
    }
    cluster.psql("live", &folder.join("out/down.sql")).map_err(|e| format!("apply down: {e}"))?;
    same(&start, "down")
}

/// Loads a schema. One that does not load is a fault of the generator, and as much a failure as any other.
fn build(cluster: &Cluster, database: &str, folder: &Path, sql: &str) -> Result<String, String> {
    let file = folder.join("schema.sql");
    fs::write(&file, sql).map_err(|e| e.to_string())?;
    cluster.psql(database, &file).map_err(|e| format!("the generator made what does not load: {e}"))?;
    cluster.dump(database)
}

/// Plans from `live` to the schema that was written last. Whether there was a change.
fn plan(cluster: &Cluster, folder: &Path, out: &str) -> Result<bool, String> {
    let (db, scratch) = (cluster.url("live"), cluster.url("postgres"));
    let arguments = ["--schema", "schema.sql", "--allow", "all", "--db", &db, "--scratch", &scratch, "--out", out];
    let done = ran(pgplumb(folder, &["plan"]).args(arguments));
    match done.code {
        Some(0 | 1) => Ok(folder.join(out).join("up.sql").exists()),
        code => Err(format!("plan `{out}` exits {code:?}\n{}", done.err)),
    }
}
