//! What a person gets to read when something is wrong: the exact text and exit code, in `fixtures/fail/<case>/stderr`.
//! `PGPLUMB_BLESS=1` writes the texts anew.

use std::env;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::cluster::{Cluster, limited};
use crate::harness::program::{Ran, pgplumb, ran, without_settings};

/// In every connection string here that can have one, and in no output.
const PASSWORD: &str = "hunter2-is-secret";

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fail").join(case)
}

/// Compares what was said with the golden, after taking out what differs from run to run.
#[track_caller]
fn says(case: &str, code: i32, ran: &Ran, changing: &[(&str, &str)]) {
    assert_eq!(ran.code, Some(code), "{case}: {}{}", ran.out, ran.err);
    assert!(!ran.err.contains(PASSWORD) && !ran.out.contains(PASSWORD), "{case} tells the password:\n{}", ran.err);
    let mut text = ran.err.clone();
    for (what, name) in changing {
        text = text.replace(what, name);
    }
    let golden = folder(case).join("stderr");
    if env::var_os("PGPLUMB_BLESS").is_some() {
        fs::write(&golden, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(&golden).unwrap_or_default(), "{case}");
}

/// A plan of a case's own schema on a server that is there.
fn plan(cluster: &Cluster, case: &str, schema: &str, more: &[&str]) -> Ran {
    let scratch = cluster.url("postgres");
    let arguments = ["plan", "--stdout", "--schema", schema, "--scratch", &scratch];
    ran(pgplumb(&folder(case), &arguments).args(more))
}

#[test]
fn schemas_that_cannot_be_loaded() {
    let cluster = Cluster::start().unwrap();
    let place = cluster.folder().display().to_string();
    for (case, schema) in [
        ("syntax-errors", "schema"),
        ("unknown-type", "schema.sql"),
        ("missing-extension", "schema.sql"),
        ("missing-role", "schema.sql"),
        ("no-sql", "schema"),
        ("cycle", "schema.sql"),
        ("not-taken-in", "schema.sql"),
    ] {
        says(case, 2, &plan(&cluster, case, schema, &[]), &[(&place, "SOCKETS")]);
    }
}

#[test]
fn servers_that_cannot_be_used() {
    let no_server = format!("postgresql://me:{PASSWORD}@127.0.0.1:1/shop");
    let done = ran(&mut pgplumb(&folder("no-server"), &["plan", "--schema", "schema.sql", "--db", &no_server]));
    says("no-server", 2, &done, &[]);

    let port = old_server().to_string();
    let old = format!("postgresql://me:{PASSWORD}@127.0.0.1:{port}/shop?sslmode=disable");
    let done = ran(&mut pgplumb(&folder("unsupported-server"), &["plan", "--schema", "schema.sql", "--db", &old]));
    says("unsupported-server", 2, &done, &[(&port, "PORT")]);
}

/// Lets everyone in and answers every question with `130005`.
fn old_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = |mut client: TcpStream| {
        let mut buffer = [0; 1024];
        let _ = client.read(&mut buffer);
        let _ = client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I");
        let _ = client.read(&mut buffer);
        let _ = client.write_all(b"T\0\0\0\x1a\0\x01v\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\0\0\0\0\0\0");
        let _ = client.write_all(b"D\0\0\0\x10\0\x01\0\0\0\x06130005C\0\0\0\x09SHOW\0Z\0\0\0\x05I");
        let _ = client.read(&mut buffer);
    };
    std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    port
}

#[test]
fn a_wrong_password_is_told_without_the_password() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE ROLE guarded LOGIN PASSWORD 'right'").unwrap();
    let rules = cluster.folder().join("data/pg_hba.conf");
    let known = fs::read_to_string(&rules).unwrap();
    fs::write(&rules, format!("local all guarded scram-sha-256\n{known}")).unwrap();
    cluster.query("postgres", "SELECT pg_reload_conf()").unwrap();
    // The server reads its rules again when it gets round to it.
    sleep(Duration::from_millis(500));
    let place = cluster.folder().display().to_string();
    let db = format!("postgresql://guarded:{PASSWORD}@/postgres?host={place}");
    let done = ran(&mut pgplumb(&folder("wrong-password"), &["plan", "--schema", "schema.sql", "--db", &db]));
    says("wrong-password", 2, &done, &[(&place, "SOCKETS")]);
}

/// The role may not create a database, and the programs on this machine do not work.
#[test]
fn without_rights_and_without_programs_there_is_no_scratch() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE ROLE humble LOGIN").unwrap();
    let programs = tempfile::tempdir().unwrap();
    let scripts =
        [("postgres", "echo 'postgres (PostgreSQL) 15.0'"), ("initdb", "echo 'this disk is sick' >&2; exit 1")];
    for (name, script) in scripts {
        let path = programs.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(programs.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let place = cluster.folder().display().to_string();
    let db = format!("postgresql://humble:{PASSWORD}@/postgres?host={place}");
    let mut command = pgplumb(&folder("no-rights"), &["plan", "--schema", "schema.sql", "--db", &db]);
    let cache = tempfile::tempdir().unwrap();
    let mut done = ran(command.env("PGPLUMB_PG_BIN", programs.path()).env("XDG_CACHE_HOME", cache.path()));
    // Where the lines break depends on how long the paths of this machine are.
    done.err = done.err.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
    let bin = fs::canonicalize(programs.path()).unwrap().display().to_string();
    says("no-rights", 2, &done, &[(&place, "SOCKETS"), (&bin, "PROGRAMS")]);
}

#[test]
fn an_output_folder_that_cannot_be_written() {
    let cluster = Cluster::start().unwrap();
    let place = cluster.folder().display().to_string();
    let out = tempfile::tempdir().unwrap();
    let scratch = cluster.url("postgres");
    let write = |case: &str, into: &Path, program: &[&str]| {
        let into = into.display().to_string();
        let mut command = limited(Path::new(program[0]));
        command.args(&program[1..]);
        let arguments = ["plan", "--schema", "schema.sql", "--scratch", &scratch, "--out", &into];
        let done = ran(&mut without_settings(command, &folder(case), &arguments));
        says(case, 2, &done, &[(&place, "SOCKETS"), (&into, "OUT")]);
    };
    let program = env!("CARGO_BIN_EXE_pgplumb");
    let file = out.path().join("file");
    fs::write(&file, "in the way").unwrap();
    write("file-in-the-way", &file, &[program]);
    assert_eq!(fs::read_to_string(&file).unwrap(), "in the way");
    // A disk that takes no byte more: no file may grow, and the signal that would say so is not heard.
    let full = out.path().join("full");
    write("disk-full", &full, &["/bin/sh", "-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", program]);
    assert!(!full.exists(), "nothing is half written");
}

#[test]
fn ctrl_c_during_a_scratch_load_leaves_nothing() {
    let cluster = Cluster::start().unwrap();
    let (place, scratch) = (cluster.folder().display().to_string(), cluster.url("postgres"));
    let databases = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database";
    let (before, roles) = (cluster.query("postgres", databases).unwrap(), "SELECT count(*) FROM pg_roles");
    let roles_before = cluster.query("postgres", roles).unwrap();
    let arguments = ["plan", "--stdout", "--schema", "schema.sql", "--scratch", &scratch];
    let program = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    let mut command = without_settings(program, &folder("interrupted"), &arguments);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while cluster.query("postgres", sleeps).unwrap() == "0" {
        assert!(start.elapsed() < Duration::from_secs(60), "the load does not come to its slow statement");
        sleep(Duration::from_millis(50));
    }
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(59), "it waited for the statement");
    let err = String::from_utf8(output.stderr).unwrap();
    let done = Ran { code: output.status.code(), out: String::from_utf8(output.stdout).unwrap(), err };
    says("interrupted", 130, &done, &[(&place, "SOCKETS")]);
    assert_eq!(cluster.query("postgres", databases).unwrap(), before);
    assert_eq!(cluster.query("postgres", roles).unwrap(), roles_before);
}
