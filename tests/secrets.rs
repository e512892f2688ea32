//! No password is told or written: every verb, with a password in each place that can hold one, working and failing, at the
//! highest verbosity; and SQL that holds one, however broken. All that comes out, and all files that are left, are searched.

mod sql;
mod way;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use clap::{Command, CommandFactory};
use pgplumb::cli::Cli;

use crate::harness::cluster::Cluster;
use crate::harness::place::Place;
use crate::harness::program::{Ran, pgplumb, ran};
use crate::secrets::way::{Door, WAYS, Way};

/// The right password, and a wrong one. Neither is part of any other word here.
const RIGHT: &str = "correct-horse-7f3a";
const WRONG: &str = "battery-staple-91cd";

/// Every verb, with what it is to be told beside the database, in each form that goes another way. `{db}` is the database where
/// no option names it, `{new}` a name that nobody has, `{backup}` and `{changes}` what was backed up before.
const COMMANDS: &[(&str, &[&str])] = &[
    ("explain", &["drop-table"]),
    ("completions", &["bash"]),
    ("new", &["a note"]),
    ("init", &[]),
    ("preflight", &["--report", "other"]),
    ("plan", &["--stdout", "--allow", "all"]),
    ("rebase", &["--dry-run"]),
    ("squash", &["--dry-run"]),
    ("lint", &["generated"]),
    ("check", &[]),
    ("graph", &["{db}"]),
    ("diff", &["schema", "{db}"]),
    ("dump", &[]),
    ("apply", &["--backup", "--check-data"]),
    ("status", &[]),
    ("history", &["--export"]),
    ("verify", &["--schema", "--data", "--performance"]),
    ("drift", &[]),
    ("health", &[]),
    ("health locks", &[]),
    ("resume", &["--explain"]),
    ("backup full", &["--name", "all"]),
    ("backup schema", &[]),
    ("backup data", &[]),
    ("backup", &["--since", "2026-01-01", "--name", "changes"]),
    ("backup list", &[]),
    ("backup prune", &["--dry-run"]),
    ("backup verify", &["{backup}"]),
    ("restore", &["{backup}", "--into-empty", "{new}"]),
    ("restore", &["{changes}", "--merge"]),
    ("rollback", &["--keep", "--allow", "down-lossy", "--yes"]),
    ("restore-kept", &["--list"]),
    ("baseline", &[]),
    ("repair", &["20260101000000_a", "--forget", "--because", "it was a test"]),
];

/// What was searched, and what was found.
#[derive(Default)]
pub(crate) struct Search {
    pub(crate) commands: usize,
    pub(crate) places: usize,
    pub(crate) found: Vec<String>,
    /// Runs that did not end as they should: what does nothing tells nothing.
    pub(crate) odd: Vec<String>,
}

impl Search {
    /// Searches what a run printed.
    fn output(&mut self, what: &str, ran: &Ran, secrets: &[&str]) {
        self.commands += 1;
        for (stream, text) in [("stdout", &ran.out), ("stderr", &ran.err)] {
            self.places += 1;
            for line in text.lines().filter(|line| secrets.iter().any(|secret| line.contains(secret))) {
                self.found.push(format!("{what}: {stream}: {line}"));
            }
        }
    }

    /// Searches all files below a folder, but those that `holds` says hold a secret because a person wrote it there.
    fn files(&mut self, folder: &Path, secrets: &[&str], holds: &dyn Fn(&Path) -> bool) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.files(&path, secrets, holds);
                continue;
            }
            if holds(&path) {
                continue;
            }
            self.places += 1;
            let bytes = fs::read(&path).unwrap();
            for secret in secrets {
                if bytes.windows(secret.len()).any(|some| some == secret.as_bytes()) {
                    self.found.push(format!("{}: {secret}", path.display()));
                }
            }
        }
    }

    fn add(&mut self, other: Search) {
        self.commands += other.commands;
        self.places += other.places;
        self.found.extend(other.found);
        self.odd.extend(other.odd);
    }

    #[track_caller]
    fn told(&self, what: &str) {
        let (found, count) = (self.found.join("\n"), self.found.len());
        // For a person who runs this alone with `--nocapture`.
        use std::io::Write;
        writeln!(
            std::io::stderr(),
            "{what}: {} commands, {} places searched, {count} found",
            self.commands,
            self.places
        )
        .unwrap();
        assert!(self.odd.is_empty(), "{}", self.odd.join("\n"));
        assert!(self.found.is_empty(), "{what}: {count} of {} places:\n{found}", self.places);
    }
}

/// Each verb that does something, with the way to it: `backup full`.
fn leaves(command: &Command, path: &str, found: &mut Vec<String>) {
    let own: Vec<&Command> = command.get_subcommands().collect();
    // One with verbs below it may still do something by itself.
    if !path.is_empty() && (own.is_empty() || !command.is_subcommand_required_set()) {
        found.push(path.to_owned());
    }
    for sub in own {
        leaves(sub, format!("{path} {}", sub.get_name()).trim_start(), found);
    }
}

fn of_clap(path: &str) -> Command {
    path.split(' ').fold(Cli::command(), |command, name| command.find_subcommand(name).unwrap().clone())
}

fn has(command: &Command, long: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_long() == Some(long))
}

/// Whether it can be asked for JSON.
fn speaks_json(command: &Command) -> bool {
    let format = command.get_arguments().find(|argument| argument.get_long() == Some("format"));
    format.is_some_and(|format| format.get_possible_values().iter().any(|value| value.matches("json", false)))
}

/// The options that make it say the most.
fn loudest(command: &Command, json: bool) -> Vec<String> {
    let mut options: Vec<&str> =
        ["--verbose", "--timings"].into_iter().filter(|long| has(command, &long[2..])).collect();
    if has(command, "events") {
        options.extend(["--events", "events.ndjson"]);
    }
    if json {
        options.extend(["--format", "json"]);
    }
    options.into_iter().map(str::to_owned).collect()
}

#[test]
fn every_verb_is_in_the_table() {
    let mut known = Vec::new();
    leaves(&Cli::command(), "", &mut known);
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let told: BTreeSet<&str> = COMMANDS.iter().map(|(path, _)| *path).collect();
    assert_eq!(told, known, "every verb is run with passwords");
}

/// A server that wants the password.
fn guarded() -> Cluster {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", &format!("CREATE ROLE guarded LOGIN SUPERUSER PASSWORD '{RIGHT}'")).unwrap();
    cluster.create(&["shop"]).unwrap();
    let rules = cluster.folder().join("data/pg_hba.conf");
    let known = fs::read_to_string(&rules).unwrap();
    fs::write(&rules, format!("local all guarded scram-sha-256\n{known}")).unwrap();
    cluster.query("postgres", "SELECT pg_reload_conf()").unwrap();
    // The server reads its rules again when it gets round to it.
    thread::sleep(Duration::from_millis(500));
    cluster
}

fn project(way: Way, door: &Door) -> Place {
    let place = Place::new();
    for file in ["schema/a.sql", "generated/20260101000000_a/up.sql"] {
        place.write(file, "CREATE TABLE a (n int PRIMARY KEY, at timestamptz);\n");
    }
    place.write("generated/20260101000000_a/down.sql", "DROP TABLE a;\n");
    place.write(
        "pgplumb.yaml",
        &format!("logs: {{level: debug}}\nbackup: {{since: {{public.a: at}}}}\n{}", way.config(door)),
    );
    way.prepare(&place, door);
    place
}

/// Runs all verbs with the password in one place, and searches.
fn all(way: Way, door: &Door, works: bool) -> Search {
    let (place, mut search) = (project(way, door), Search::default());
    let mut runs: Vec<(&str, &[&str], bool)> = COMMANDS.iter().map(|(path, more)| (*path, *more, false)).collect();
    if works {
        runs.extend(COMMANDS.iter().map(|(path, more)| (*path, *more, true)));
    }
    for (at, (path, more, json)) in runs.into_iter().enumerate() {
        let command = of_clap(path);
        // That of `apply` is for many databases.
        if json && (!speaks_json(&command) || path == "apply") {
            continue;
        }
        let backups = fs::read_dir(place.path().join("backups"));
        let backup = backups.ok().into_iter().flatten().flatten().map(|entry| entry.file_name().into_string().unwrap());
        let names: Vec<String> = backup.collect();
        let newest = |end: &str| names.iter().filter(|name| name.ends_with(end)).max().cloned();
        let backup = newest("_all").unwrap_or_else(|| "latest".to_owned());
        let changes = newest("_changes").unwrap_or_else(|| "latest".to_owned());
        let new = format!("copy_{}_{at}", way.name());
        let filled = |text: &&str| match *text {
            "{db}" => way.positional(door),
            "{new}" => new.clone(),
            "{backup}" => backup.clone(),
            "{changes}" => changes.clone(),
            other => other.to_owned(),
        };
        let mut arguments: Vec<String> = path.split(' ').map(str::to_owned).collect();
        arguments.extend(more.iter().map(filled));
        arguments.extend(loudest(&command, json));
        if has(&command, "db") {
            arguments.extend(way.database(door));
        }
        if has(&command, "scratch") {
            arguments.extend(way.scratch(door));
        }
        let mut folder = place.path().to_owned();
        if path == "init" {
            folder = folder.join(format!("init{at}"));
            fs::create_dir(&folder).unwrap();
            // There is no configuration yet that could name an environment.
            arguments.retain(|argument| argument != "--env" && argument != "here");
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = pgplumb(&folder, &arguments);
        way.environment(&mut command, door, place.path());
        let done = ran(command.env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace"));
        let what = format!("{} with {} in {}", arguments.join(" "), door.password, way.name());
        let needs = !["explain", "completions", "new", "backup list", "backup prune"].contains(&path);
        let fine = match (works, needs) {
            (true, _) => done.code.is_some_and(|code| code < 2),
            // What a server is only good for to be like it goes on without one.
            (false, true) => done.code != Some(0) || ["check", "lint"].contains(&path),
            (false, false) => done.code == Some(0),
        };
        if !fine {
            search.odd.push(format!("{what}: {:?}\n{}{}", done.code, done.out, done.err));
        }
        search.output(&what, &done, &[RIGHT, WRONG]);
    }
    search.files(place.path(), &[RIGHT, WRONG], &|path| way.holds(path));
    // All that is to leave a log has left one, which was searched.
    let of = |folder: &str| {
        let entries = fs::read_dir(place.path().join(folder)).unwrap();
        // Behind it stands the time.
        let kind = |name: String| name.split_once("-2").map(|(kind, _)| kind.to_owned());
        entries.filter_map(|entry| kind(entry.unwrap().file_name().into_string().unwrap())).collect::<BTreeSet<_>>()
    };
    let silent = ["explain", "completions", "new", "init", "lint", "graph", "diff", "dump"];
    let verbs = COMMANDS.iter().filter_map(|(path, _)| path.split(' ').next());
    let verbs: BTreeSet<String> = verbs.filter(|verb| !silent.contains(verb)).map(str::to_owned).collect();
    assert_eq!(of("logs"), verbs);
    // That of `preflight` goes where it was told to.
    assert_eq!(of("reports"), verbs.iter().filter(|verb| *verb != "preflight").cloned().collect());
    for folder in ["logs", "reports", "other"] {
        assert!(fs::read_dir(place.path().join(folder)).unwrap().count() > 0, "{folder}");
    }
    search
}

#[test]
fn no_verb_tells_a_password_wherever_it_is() {
    let cluster = guarded();
    let socket = cluster.folder().display().to_string();
    let right = Door { host: socket.clone(), port: 5432, password: RIGHT };
    let wrong = Door { host: socket, port: 5432, password: WRONG };
    // Nobody listens there.
    let away = Door { host: "127.0.0.1".to_owned(), port: 1, password: RIGHT };
    let mut search = Search::default();
    thread::scope(|scope| {
        let work = |door, works| move || WAYS.map(|way| all(way, door, works));
        let failing = scope.spawn(work(&wrong, false));
        let gone = scope.spawn(work(&away, false));
        for way in WAYS {
            search.add(all(way, &right, true));
            cluster.drop(&["shop"]).unwrap();
            cluster.create(&["shop"]).unwrap();
        }
        for one in [failing, gone] {
            one.join().unwrap().into_iter().for_each(|one| search.add(one));
        }
    });
    search.told("passwords of the connection");
}

#[test]
fn a_configuration_that_is_wrong_is_shown_without_its_passwords() {
    let url = format!("postgresql://me:{RIGHT}@127.0.0.1:1/shop");
    let pairs = format!("host=127.0.0.1 port=1 password={RIGHT}");
    let mut search = Search::default();
    for text in [
        format!("environments: {{here: {{ulr: '{url}'}}}}\n"),
        format!("environments: {{here: {{url: '{url}', url_env: X}}}}\n"),
        format!("environments: {{here: ['{url}']}}\n"),
        format!("environments: {{here: '{url}'}}\n"),
        format!("environments: {{here: {{url: '{url}'}}\n"),
        format!("environments: {{here: {{url: {{a: '{pairs}'}}}}}}\n"),
        format!("scratch: '{pairs}'\n"),
        format!("password: {RIGHT}\n"),
        format!("environments: {{here: {{url: '{url}', password: {RIGHT}}}}}\n"),
        format!("environments: {{here: {{url: 'postgresql://me:{RIGHT}@127.0.0.1:port/shop'}}}}\n"),
        format!("environments: {{here: {{url: 'host=h passwrd={RIGHT}'}}}}\n"),
        format!("environments: {{here: {{url: 'host=h {RIGHT}'}}}}\n"),
        format!("timeouts: {{lock: '{url}'}}\n"),
        format!("backup: {{keep: {{daily: '{pairs}'}}}}\n"),
    ] {
        let place = Place::new();
        place.write("pgplumb.yaml", &text);
        place.write("generated/20260101000000_a/up.sql", "CREATE TABLE a (n int);\n");
        for arguments in
            [&["apply", "--env", "here", "--verbose"][..], &["preflight", "--env", "here"], &["plan", "--env", "here"]]
        {
            let done = ran(&mut pgplumb(place.path(), arguments));
            assert!(done.code.is_some_and(|code| code > 0), "{text}: {}{}", done.out, done.err);
            search.output(&format!("{} with {text}", arguments.join(" ")), &done, &[RIGHT]);
        }
        search.files(place.path(), &[RIGHT], &|path| path.ends_with("pgplumb.yaml"));
    }
    search.told("passwords in a wrong configuration");
}

#[test]
fn what_is_there_is_found() {
    let (place, mut search) = (Place::new(), Search::default());
    place.write("a/b/leak", &format!("x{RIGHT}y"));
    place.write("kept", RIGHT);
    search.files(place.path(), &[WRONG, RIGHT], &|path| path.ends_with("kept"));
    let said = Ran { code: Some(0), out: format!("fine\nwith {WRONG}\n"), err: String::new() };
    search.output("x", &said, &[WRONG, RIGHT]);
    assert_eq!((search.places, search.found.len()), (3, 2), "{:?}", search.found);
}
