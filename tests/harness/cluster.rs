//! One throw-away cluster for a test, with its own socket and no TCP, and the client programs that talk to it.
//! It ends with the value, and also with the thread that started it: a killed test run leaves no server behind.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where Debian keeps the programs of the major version that the tests run against.
const BIN: &str = "/usr/lib/postgresql/15/bin";

/// Settings of a server whose data nobody wants back.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "max_connections=40",
    // A larger cache is searched from end to end at every CREATE and DROP DATABASE.
    "shared_buffers=32MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "log_min_messages=panic",
];

/// What is particular about one.
#[derive(Default)]
struct Plan<'a> {
    settings: &'a [&'a str],
    port: Option<u16>,
    outer: &'a [&'a str],
    environment: &'a [&'a str],
}

/// A running server. Every database in it is made from `template0`, encoding UTF8, locale C.UTF-8.
pub(crate) struct Cluster {
    folder: TempDir,
    /// Where the server's programs are. Those of the client are Debian's where there are none with them.
    bin: PathBuf,
    server: Child,
    /// Beside those that every test has.
    settings: Vec<String>,
    /// Where it listens on 127.0.0.1; by default it does not.
    port: Option<u16>,
    starter: Starter,
}

/// What starts the server.
#[derive(Clone, Default)]
struct Starter {
    /// Before its own command, as who runs the test.
    outer: Vec<String>,
    /// Variables of its environment alone, `NAME=value`.
    environment: Vec<String>,
}

impl Cluster {
    /// Makes a cluster in a folder of its own and waits until it answers.
    pub(crate) fn start() -> Result<Cluster, String> {
        Self::start_with(&[])
    }

    /// The same with settings of the test's own, `name=value`.
    pub(crate) fn start_with(settings: &[&str]) -> Result<Cluster, String> {
        Self::start_in(folder()?, Path::new(BIN), &Plan { settings, ..Plan::default() })
    }

    /// The same on 127.0.0.1 as well, at a port of its own, with settings of the test's own.
    pub(crate) fn start_tcp(settings: &[&str]) -> Result<Cluster, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|e| e.to_string())?.port();
        let own = ["listen_addresses=127.0.0.1".to_owned(), format!("port={port}")];
        let settings = [&own.each_ref().map(String::as_str), settings].concat();
        Self::start_in(folder()?, Path::new(BIN), &Plan { settings: &settings, port: Some(port), ..Plan::default() })
    }

    /// The same where another program starts the server, with its command behind these arguments; `{}` in them stands for
    /// the folder of the cluster.
    pub(crate) fn start_by(outer: &[&str]) -> Result<Cluster, String> {
        Self::start_in(folder()?, Path::new(BIN), &Plan { outer, ..Plan::default() })
    }

    /// The same with these variables in the server's environment, `NAME=value`; `{}` stands for the folder here too.
    pub(crate) fn start_among(environment: &[&str]) -> Result<Cluster, String> {
        Self::start_in(folder()?, Path::new(BIN), &Plan { environment, ..Plan::default() })
    }

    /// A standby of this one, which it follows through its socket. The primary needs `wal_level=replica` and a sender.
    pub(crate) fn standby(&self) -> Result<Cluster, String> {
        let folder = folder()?;
        if is_root() {
            succeeds(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let mut copy = as_server_user(&self.bin.join("pg_basebackup"));
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--username=postgres", "--pgdata"]);
        copy.arg(folder.path().join("data")).arg("--host").arg(self.folder.path());
        checked("pg_basebackup", copy.env_remove("PGPORT").output())?;
        let settings = self.settings.clone();
        let server = serve(&self.bin, folder.path(), &settings, &Starter::default())?;
        let standby =
            Cluster { folder, bin: self.bin.clone(), server, settings, port: None, starter: Starter::default() };
        standby.wait()?;
        Ok(standby)
    }

    /// The same with the server of another major version, one of those that `./dev majors` fetches.
    pub(crate) fn start_major(major: u32) -> Result<Cluster, String> {
        let fetched = majors().join(major.to_string());
        if !fetched.join("bin/postgres").exists() {
            return Err(format!("PostgreSQL {major} is not in {}: run `./dev majors`", fetched.display()));
        }
        let folder = folder()?;
        let mut bin = fetched.join("bin");
        if is_root() {
            // The server does not run as root, and a folder of root's may let nobody else in.
            succeeds(Command::new("cp").arg("-a").arg(&fetched).arg(folder.path()))?;
            bin = folder.path().join(major.to_string()).join("bin");
        }
        Self::start_in(folder, &bin, &Plan::default())
    }

    /// The same with the server of a folder of programs, be it of any major version.
    pub(crate) fn start_from(bin: &Path) -> Result<Cluster, String> {
        Self::start_in(folder()?, bin, &Plan::default())
    }

    fn start_in(folder: TempDir, bin: &Path, plan: &Plan) -> Result<Cluster, String> {
        let data = folder.path().join("data");
        if is_root() {
            succeeds(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        let made = as_server_user(&bin.join("initdb"))
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=postgres", "--no-sync"])
            .arg("--pgdata")
            .arg(&data)
            .output();
        checked("initdb", made)?;
        let settings: Vec<String> = plan.settings.iter().map(|setting| (*setting).to_owned()).collect();
        let here = folder.path().display().to_string();
        let placed = |texts: &[&str]| texts.iter().map(|text| text.replace("{}", &here)).collect();
        let starter = Starter { outer: placed(plan.outer), environment: placed(plan.environment) };
        let server = serve(bin, folder.path(), &settings, &starter)?;
        let cluster = Cluster { folder, bin: bin.to_owned(), server, settings, port: plan.port, starter };
        cluster.wait()?;
        Ok(cluster)
    }

    /// Ends the server as a power cut does, and starts it again.
    pub(crate) fn restart(&mut self) -> Result<(), String> {
        self.stop()?;
        self.go_on()
    }

    /// Ends the server as a power cut does.
    pub(crate) fn stop(&mut self) -> Result<(), String> {
        let stop = ["-m", "immediate", "stop", "--silent", "-D"];
        succeeds(as_server_user(&self.bin.join("pg_ctl")).args(stop).arg(self.folder.path().join("data")))?;
        self.server.wait().map(drop).map_err(|e| e.to_string())
    }

    /// Starts it again.
    pub(crate) fn go_on(&mut self) -> Result<(), String> {
        self.server = serve(&self.bin, self.folder.path(), &self.settings, &self.starter)?;
        self.wait()
    }

    fn wait(&self) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            if self.query("postgres", "SELECT 1").is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        Err("the test cluster does not answer".to_owned())
    }

    /// The address of a database, as a user would give it to `--db`.
    pub(crate) fn url(&self, database: &str) -> String {
        let port = self.port.map(|port| format!("&port={port}")).unwrap_or_default();
        format!("postgresql://postgres@/{database}?host={}{port}", self.folder.path().display())
    }

    /// The socket that it listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join(format!(".s.PGSQL.{}", self.port.unwrap_or(5432)))
    }

    /// Where it listens on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port.unwrap()
    }

    /// Writes a file into the folder of its data, for the server's eyes only.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join("data").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        if is_root() {
            succeeds(Command::new("chown").arg("postgres").arg(&path)).unwrap();
        }
    }

    /// Where the server's programs are.
    pub(crate) fn bin(&self) -> &Path {
        &self.bin
    }

    /// A folder for what a test writes, removed with the cluster.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// New databases; the copy of files is the faster strategy where nothing is flushed.
    pub(crate) fn create(&self, databases: &[&str]) -> Result<(), String> {
        self.copy("template0", databases)
    }

    /// New databases that are like this one, to which nobody is connected.
    pub(crate) fn copy(&self, template: &str, databases: &[&str]) -> Result<(), String> {
        // 14 copies files always, and has no word for it.
        let strategy = if self.bin.ends_with("14/bin") { "" } else { " STRATEGY file_copy" };
        self.each(databases, |database| format!("CREATE DATABASE {database} TEMPLATE {template}{strategy}"))
    }

    /// Drops databases, where they are there, and whoever is connected to them.
    pub(crate) fn drop(&self, databases: &[&str]) -> Result<(), String> {
        let subscribed = "SELECT DISTINCT datname FROM pg_subscription JOIN pg_database AS d ON d.oid = subdbid";
        for database in self.query("postgres", subscribed)?.lines().filter(|name| databases.contains(name)) {
            self.query(database, include_str!("../../src/scratch/unsubscribe.sql"))?;
        }
        self.each(databases, |database| format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
    }

    /// Runs one statement for each database, each in a transaction of its own.
    fn each(&self, databases: &[&str], statement: impl Fn(&str) -> String) -> Result<(), String> {
        let mut psql = self.client("psql");
        psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]);
        for database in databases {
            psql.args(["-c", &statement(database)]);
        }
        checked("psql", psql.output()).map(drop)
    }

    /// Runs a file the way the documentation tells users to.
    pub(crate) fn psql(&self, database: &str, file: &Path) -> Result<(), String> {
        let ran =
            self.client("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f"]).arg(file).output();
        checked("psql", ran).map(drop)
    }

    /// The first column of the first row that a statement returns, as text.
    pub(crate) fn query(&self, database: &str, sql: &str) -> Result<String, String> {
        let ran = self
            .client("psql")
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql])
            .output();
        checked("psql", ran).map(|out| out.trim().to_owned())
    }

    /// What `pg_dump --schema-only` says of a database.
    pub(crate) fn dump(&self, database: &str) -> Result<String, String> {
        let dump = checked("pg_dump", self.client("pg_dump").args(["--schema-only", "-d", database]).output())?;
        // pg_dump writes it from 17 on whatever the server, and one of before does not know it.
        Ok(dump.replace("SET transaction_timeout = 0;\n", ""))
    }

    pub(crate) fn client(&self, name: &str) -> Command {
        // A dump is for the major of its server or a later one.
        let fetched = majors().join("client/bin").join(name);
        let own = [self.bin.join(name), fetched].into_iter().filter(|_| self.bin != Path::new(BIN));
        let found = own.into_iter().find(|program| program.exists());
        let mut command = limited(&found.unwrap_or_else(|| Path::new(BIN).join(name)));
        command.env("PGHOST", self.folder.path()).env("PGUSER", "postgres").env_remove("PGPORT");
        if let Some(port) = self.port {
            command.env("PGPORT", port.to_string());
        }
        // A fixture may have settings on its database, which must change neither what a file means nor how a dump is written.
        command.env("PGOPTIONS", "-c client_min_messages=warning -c quote_all_identifiers=off");
        command
    }
}

/// Where `./dev` puts what it fetches. Cargo makes its folder for tests beside those of the profiles.
fn majors() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("majors")
}

fn folder() -> Result<TempDir, String> {
    tempfile::Builder::new().prefix("pgplumb_test_").tempdir_in(place()).map_err(|e| e.to_string())
}

/// The server of a cluster, in the foreground.
fn serve(bin: &Path, folder: &Path, settings: &[String], starter: &Starter) -> Result<Child, String> {
    // A library that is loaded before all others is not for whoever changes the user.
    let mut server = as_server_user(Path::new("env"));
    server.args(&starter.environment).arg(bin.join("postgres"));
    server.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    // Of the same setting the last counts.
    for setting in SETTINGS.iter().copied().chain(settings.iter().map(String::as_str)) {
        server.args(["-c", setting]);
    }
    if let [program, arguments @ ..] = starter.outer.as_slice() {
        let mut outer = Command::new(program);
        outer.args(arguments).arg(server.get_program()).args(server.get_args()).current_dir("/");
        server = outer;
    }
    let server = server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    server.map_err(|e| format!("postgres: {e}"))
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing in it is wanted back, so it need not write anything down.
        let stop = ["-m", "immediate", "stop", "--silent", "-D"];
        let _ = as_server_user(&self.bin.join("pg_ctl")).args(stop).arg(self.folder.path().join("data")).output();
        let _ = self.server.wait();
    }
}

/// Making a database is copying some three hundred small files, which memory does several times faster than a disk.
fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let free = Command::new("df").args(["--block-size=1M", "--output=avail"]).arg(memory).output();
    let free =
        free.map(|df| String::from_utf8_lossy(&df.stdout).lines().last().and_then(|line| line.trim().parse().ok()));
    let enough = free.is_ok_and(|megabytes: Option<u64>| megabytes.is_some_and(|megabytes| megabytes > 1000));
    if enough { memory.to_owned() } else { env::temp_dir() }
}

/// A command that is ended after two minutes, so that one stuck case does not hang the run; `PGPLUMB_LIMIT` sets other
/// seconds, for runs with so many rows that filling a table takes longer.
pub(crate) fn limited(program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.arg(env::var("PGPLUMB_LIMIT").unwrap_or_else(|_| "120".to_owned())).arg(program).stdin(Stdio::null());
    command
}

/// Runs to success or says what went wrong.
fn succeeds(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    checked(&name, command.output()).map(drop)
}

/// The standard output of a program that succeeded, or its name and the end of its error output.
fn checked(name: &str, output: std::io::Result<Output>) -> Result<String, String> {
    let output = output.map_err(|e| format!("{name}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{name} failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// The server refuses to run as root; tests in a container often do. The signal on the parent's death is the guard against leftovers.
pub(crate) fn as_server_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "QUIT"]);
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.arg(AsRef::<OsStr>::as_ref(program)).current_dir("/");
    command
}
