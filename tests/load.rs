//! Each online form applied by psql to a table that is being written and read: how strong a lock was seen, and how long a
//! writer waited. The plain form of the same change is applied too, and shows that the look can see a wait.
//!
//! `PGPLUMB_ROWS=1000000` sets how many rows there are (`just load`), `PGPLUMB_LOAD=index` takes the cases with that in their name.
//! Waits and locks are what the server says of the sessions, looked at some hundred times a second, so a busy machine does
//! not look like a lock; the longest statement as the writer saw it is only told.

mod scene;

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::harness::cluster::Cluster;
use crate::harness::program::{pgplumb, ran};
use scene::{SCENES, SCENES_18, Scene, base};

/// Rows of an ordinary run: as many as a few seconds for each case allow.
const ROWS: u64 = 60_000;
/// What the migrations are given as `lock_timeout`.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
/// How often the plain form is looked at before it counts as no worse.
const LOOKS: usize = 4;
/// What a look may be late.
const MARGIN: Duration = Duration::from_millis(500);
/// Modes in the order of their strength; from the fifth on writers wait.
const MODES: [&str; 8] = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];
const STOPS_WRITERS: usize = 4;

/// What was seen while a script ran.
#[derive(Debug, Default)]
struct Seen {
    took: Duration,
    /// The strongest lock on the table, as a place in `MODES`.
    strongest: usize,
    /// The longest time for which a lock that stops writers was seen without a break.
    held: Duration,
    /// The longest that the server saw the writer or the reader wait for a lock.
    waited: Duration,
    /// The longest statement as the writer saw it.
    slowest: Duration,
    statements: u64,
}

#[test]
fn no_writer_waits_for_an_online_form() {
    all(&Cluster::start().unwrap(), SCENES);
}

#[test]
fn no_writer_waits_for_an_online_form_of_18() {
    all(&Cluster::start_major(18).unwrap(), SCENES_18);
}

/// Looks at each scene, and says what it saw.
#[track_caller]
fn all(cluster: &Cluster, scenes: &[Scene]) {
    let rows = env::var("PGPLUMB_ROWS").map_or(ROWS, |rows| rows.parse().unwrap());
    let part = env::var("PGPLUMB_LOAD").unwrap_or_default();
    cluster.create(&["loaded"]).unwrap();
    let schema = cluster.folder().join("base.sql");
    fs::write(&schema, base(rows)).unwrap();
    cluster.psql("loaded", &schema).unwrap();
    let (mut table, mut faults) = (String::new(), Vec::new());
    for scene in scenes.iter().filter(|scene| scene.name.contains(&part)) {
        let online = apply(cluster, scene, scene.form);
        tell(&mut table, scene.name, "online", &online);
        if online.waited > LOCK_TIMEOUT + MARGIN {
            faults.push(format!("{}: somebody waited {:?} for a lock", scene.name, online.waited));
        }
        // A short one may not have been seen.
        if !MODES[online.strongest..].contains(&scene.strongest) {
            faults.push(format!("{}: the strongest lock is {}", scene.name, MODES[online.strongest]));
        }
        if scene.plain_stops_writers && !plain_is_worse(cluster, scene, &online, &mut table) {
            faults.push(format!("{}: the plain form holds its lock no longer", scene.name));
        }
    }
    writeln!(std::io::stderr(), "{rows} rows\n{table}").unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether the plain form was seen to stop writers for longer. A look that was kept waiting on a busy machine misses what is
/// short, so it looks again.
fn plain_is_worse(cluster: &Cluster, scene: &Scene, online: &Seen, table: &mut String) -> bool {
    (0..LOOKS).any(|_| {
        let plain = apply(cluster, scene, "off");
        tell(table, scene.name, "plain", &plain);
        plain.held > online.held
    })
}

fn tell(table: &mut String, name: &str, form: &str, seen: &Seen) {
    let ms = |time: Duration| time.as_millis();
    writeln!(
        table,
        "{name:32} {form:6} took {:5} ms, {:24} writers stopped {:4} ms, longest wait {:4} ms, slowest of {} statements {} ms",
        ms(seen.took),
        MODES[seen.strongest],
        ms(seen.held),
        ms(seen.waited),
        seen.statements,
        ms(seen.slowest)
    )
    .unwrap();
}

/// Plans a scene's change on a fresh copy, and applies it while others use the table.
fn apply(cluster: &Cluster, scene: &Scene, online: &str) -> Seen {
    cluster.drop(&["live"]).unwrap();
    cluster.query("postgres", "CREATE DATABASE live TEMPLATE loaded STRATEGY file_copy").unwrap();
    let folder = cluster.folder().join("load");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("pgplumb.yaml"), format!("timeouts:\n  lock: {}ms\n", LOCK_TIMEOUT.as_millis())).unwrap();
    fs::write(folder.join("to.sql"), scene.desired()).unwrap();
    let (db, scratch) = (cluster.url("live"), cluster.url("postgres"));
    let arguments = ["--schema", "to.sql", "--allow", "all", "--db", &db, "--scratch", &scratch, "--out", "out"];
    let planned = ran(pgplumb(&folder, &["plan", "--online", online]).args(arguments));
    assert!(matches!(planned.code, Some(0 | 1)), "{}: {}", scene.name, planned.err);
    watched(cluster, scene, &folder.join("out/up.sql"))
}

fn watched(cluster: &Cluster, scene: &Scene, script: &Path) -> Seen {
    let over = AtomicBool::new(false);
    let url = cluster.url("live");
    let connect = || Client::connect(&url, NoTls).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| write(connect(), scene.writes, &over));
        let reader = scope.spawn(|| write(connect(), scene.reads, &over));
        let watcher = scope.spawn(|| watch(connect(), scene.table, &over));
        thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        let applied = cluster.psql("live", script);
        let took = start.elapsed();
        over.store(true, Ordering::Relaxed);
        let (slowest, statements) = writer.join().unwrap();
        reader.join().unwrap();
        let seen = watcher.join().unwrap();
        applied.unwrap_or_else(|error| panic!("{}: {error}", scene.name));
        Seen { took, slowest, statements, ..seen }
    })
}

/// Runs a statement again and again; the longest it took, and how often it ran.
fn write(mut client: Client, sql: &str, over: &AtomicBool) -> (Duration, u64) {
    let statement = client.prepare(sql).unwrap();
    let (mut longest, mut count) = (Duration::ZERO, 0);
    while !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        client.execute(&statement, &[]).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        longest = longest.max(start.elapsed());
        count += 1;
        thread::sleep(Duration::from_millis(1));
    }
    (longest, count)
}

/// Looks at the locks that psql has on a table, and at how long the others wait.
fn watch(mut client: Client, table: &str, over: &AtomicBool) -> Seen {
    let statement = client.prepare(include_str!("load/watch.sql")).unwrap();
    let mut seen = Seen::default();
    let mut since: Option<Instant> = None;
    while !over.load(Ordering::Relaxed) {
        let row = client.query_one(&statement, &[&table]).unwrap();
        let (modes, waited): (Vec<String>, f64) = (row.get(0), row.get(1));
        let strongest = modes.iter().filter_map(|mode| MODES.iter().position(|known| known == mode)).max();
        seen.strongest = seen.strongest.max(strongest.unwrap_or_default());
        seen.waited = seen.waited.max(Duration::from_secs_f64(waited / 1000.0));
        if strongest.is_some_and(|mode| mode >= STOPS_WRITERS) {
            seen.held = seen.held.max(since.get_or_insert_with(Instant::now).elapsed());
        } else {
            since = None;
        }
        thread::sleep(Duration::from_millis(1));
    }
    seen
}
