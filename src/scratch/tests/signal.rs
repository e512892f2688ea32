//! A run that is interrupted or killed: the test program starts itself again, and that run holds a cluster.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::scratch::cleanup;
use crate::scratch::owner::Owner;
use crate::scratch::sweep::sweep_clusters;
use crate::scratch::tests::scratch;

const HOLD: &str = "PGPLUMB_TEST_HOLD";

/// Not a test of its own: what the other run does. Without the variable it does nothing.
#[test]
fn hold_a_cluster() {
    if std::env::var_os(HOLD).is_none() {
        return;
    }
    let (scratch, _database, _connection) = scratch();
    let mut output = std::io::stdout().lock();
    writeln!(output, "folder={}", scratch.server.folder().unwrap().display()).unwrap();
    output.flush().unwrap();
    sleep(Duration::from_secs(60));
}

/// A run that holds a cluster, and the cluster's folder.
fn holder(variables: &[(&str, &Path)]) -> (Child, PathBuf) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "scratch::tests::signal::hold_a_cluster", "--nocapture"]).env(HOLD, "1");
    command.envs(variables.iter().copied());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let folder =
        lines.map_while(Result::ok).find_map(|line| Some(PathBuf::from(line.split_once("folder=")?.1))).unwrap();
    (child, folder)
}

/// Whether any process has the folder on its command line.
fn is_served(folder: &Path) -> bool {
    let needle = folder.to_string_lossy().into_owned();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(&needle))
}

#[test]
fn signals_that_end_a_run_leave_nothing() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let (mut child, folder) = holder(&[]);
        assert!(is_served(&folder));
        cleanup::signal(child.id(), signal);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
        assert!(!folder.exists() && !is_served(&folder), "{signal}");
    }
}

#[test]
fn after_kill_9_the_next_run_removes_everything() {
    let (mut child, folder) = holder(&[]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(folder.exists() && is_served(&folder));
    sweep_clusters(folder.parent().unwrap(), &Owner::current());
    assert!(!folder.exists() && !is_served(&folder));
}

#[test]
fn a_cached_template_is_used_and_replaced_when_it_is_bad() {
    let cache = tempfile::tempdir().unwrap();
    let run = || {
        let (mut child, _) = holder(&[("XDG_CACHE_HOME", cache.path())]);
        cleanup::signal(child.id(), Signal::SIGTERM);
        child.wait().unwrap();
        let folder = cache.path().join("pgplumb/cluster");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        names.collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(first.len(), 1, "{first:?}");
    let mark = first[0].join("mark");
    std::fs::write(&mark, "").unwrap();
    assert_eq!(run(), first);
    assert!(mark.exists(), "a good template stays");
    std::fs::remove_file(first[0].join("global/pg_control")).unwrap();
    assert_eq!(run(), first);
    assert!(!mark.exists() && first[0].join("global/pg_control").exists());
}
