//! Encryption as `sslmode` asks for it, on a server that has it: who is let in, who is not, and what is said then.
//!
//! The certificates are made by the openssl command for each run. What was encrypted the server says (`pg_stat_ssl`).

use std::cell::Cell;
use std::fs;

use crate::harness::cluster::Cluster;
use crate::harness::papers::Papers;
use crate::harness::place::Place;
use crate::harness::program::{Ran, pgplumb, ran};

const PASSWORD: &str = "hunter2-is-secret";

/// Who may come in how. The name of each role says it.
const HBA: &str = "\
local all all trust
hostssl all postgres,encrypted 127.0.0.1/32 trust
hostnossl all postgres,plain 127.0.0.1/32 trust
hostssl all named 127.0.0.1/32 cert
hostssl all signed 127.0.0.1/32 trust clientcert=verify-ca
hostssl all secret 127.0.0.1/32 scram-sha-256
";

/// A server with encryption and the papers to it.
struct Guarded {
    cluster: Cluster,
    papers: Papers,
    place: Place,
    /// How often somebody tried to come in.
    entries: Cell<u64>,
}

impl Guarded {
    fn new() -> Self {
        let cluster = Cluster::start_tcp(&[]).unwrap();
        let papers = Papers::new();
        cluster.create(&["shop"]).unwrap();
        for role in ["encrypted", "plain", "named", "signed", "secret"] {
            cluster.query("shop", &format!("CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")).unwrap();
        }
        cluster.query("shop", "CREATE TABLE seen (entry text, encrypted bool, who text)").unwrap();
        cluster.write("pg_hba.conf", HBA);
        cluster.write("root.crt", &papers.place.read("ca.crt"));
        let guarded = Self { cluster, papers, place: Place::new(), entries: Cell::new(0) };
        guarded.set("ssl_ca_file", "root.crt");
        guarded.show("server");
        guarded
    }

    fn set(&self, name: &str, value: &str) {
        self.cluster.query("postgres", &format!("ALTER SYSTEM SET {name} = '{value}'")).unwrap();
    }

    /// Lets the server show this certificate to those who come from now on.
    fn show(&self, name: &str) {
        for kind in ["crt", "key"] {
            self.cluster.write(&format!("server.{kind}"), &self.papers.place.read(&format!("{name}.{kind}")));
        }
        self.set("ssl", "on");
        self.reload();
    }

    fn reload(&self) {
        // Of two sessions that ask for it, the second begins after the first was heard.
        let reload = "SELECT pg_reload_conf(), pg_sleep(0.2)";
        self.cluster.query("postgres", reload).unwrap();
    }

    /// A URL whose host is the name in the certificate, whatever this machine calls itself.
    fn url(&self, user: &str, more: &str) -> String {
        let port = self.cluster.port();
        let mut url = format!("postgresql://{user}@localhost:{port}/shop?hostaddr=127.0.0.1");
        for word in more.split_whitespace() {
            let (name, value) = word.split_once('=').unwrap();
            let is_file = [".crt", ".key", ".pem"].iter().any(|kind| value.ends_with(kind));
            let value = if is_file { self.papers.path(value) } else { value.to_owned() };
            url.push_str(&format!("&{name}={value}"));
        }
        url
    }

    /// Applies one more migration, which writes down what the server knows of the session.
    fn enters(&self, url: &str, environment: &[(&str, &str)]) -> Ran {
        self.entries.set(self.entries.get() + 1);
        let entry = self.entry();
        let sql = format!(
            "INSERT INTO seen SELECT '{entry}', ssl, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid();\n"
        );
        self.place.write(&format!("generated/{entry}/up.sql"), &sql);
        let mut command = pgplumb(self.place.path(), &["apply", "--db", url]);
        // Nobody's own certificates.
        command.env("HOME", self.place.path()).envs(environment.iter().copied());
        ran(&mut command)
    }

    /// The last migration.
    fn entry(&self) -> String {
        format!("{}_entry", 20_260_101_000_000_u64 + self.entries.get())
    }

    /// What that wrote.
    fn seen(&self) -> String {
        let sql = format!("SELECT concat_ws(' ', encrypted, who) FROM seen WHERE entry = '{}'", self.entry());
        self.cluster.query("shop", &sql).unwrap()
    }

    /// Is let in; encrypted, or not.
    #[track_caller]
    fn lets_in(&self, user: &str, more: &str, encrypted: bool) {
        let entered = self.enters(&self.url(user, more), &[]);
        self.is_in(&entered, &format!("{user} {more}"), encrypted);
    }

    #[track_caller]
    fn is_in(&self, entered: &Ran, what: &str, encrypted: bool) {
        assert_eq!(entered.code, Some(0), "{what}: {}{}", entered.out, entered.err);
        assert!(entered.out.starts_with(&format!("applied {}  1 step", self.entry())), "{what}: {}", entered.out);
        assert_eq!(entered.err, "", "{what}");
        assert!(self.seen().starts_with(if encrypted { "t" } else { "f" }), "{what}: {}", self.seen());
    }

    /// Is not let in, and why.
    #[track_caller]
    fn refuses(&self, user: &str, more: &str, code: &str, words: &[&str]) {
        self.is_out(&self.enters(&self.url(user, more), &[]), &format!("{user} {more}"), code, words);
    }

    #[track_caller]
    fn is_out(&self, entered: &Ran, what: &str, code: &str, words: &[&str]) {
        assert_eq!(entered.code, Some(2), "{what}: {}{}", entered.out, entered.err);
        assert_eq!(entered.out, "", "{what}");
        // As lines are broken anywhere, words are looked for without that.
        let told = entered.err.replace("│", " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.starts_with(code), "{what}: {}", entered.err);
        for words in words {
            assert!(told.contains(words), "{what}: {words}: {}", entered.err);
        }
        assert!(!told.contains(PASSWORD), "{what}: {told}");
        assert_eq!(self.seen(), "", "{what}");
        fs::remove_dir_all(self.place.path().join("generated").join(self.entry())).unwrap();
    }
}

#[test]
fn each_mode_encrypts_as_much_as_it_says() {
    let guarded = Guarded::new();
    for (mode, user, encrypted) in [
        ("disable", "postgres", false),
        ("disable", "plain", false),
        ("allow", "postgres", false),
        ("allow", "plain", false),
        ("allow", "encrypted", true),
        ("prefer", "postgres", true),
        ("prefer", "plain", false),
        ("prefer", "encrypted", true),
        ("require", "postgres", true),
        ("require", "encrypted", true),
    ] {
        guarded.lets_in(user, &format!("sslmode={mode}"), encrypted);
    }
    // libpq's default is `prefer`.
    guarded.lets_in("postgres", "", true);
    guarded.refuses("encrypted", "sslmode=disable", "db::authentication", &["no encryption", "sslmode=require"]);
    guarded.refuses("plain", "sslmode=require", "db::authentication", &["SSL encryption", "sslmode=disable"]);
    let unmet = ["`sslrootcert`"];
    guarded.refuses("postgres", "sslmode=verify-ca", "db::connection_string", &unmet);
    guarded.refuses("postgres", "sslmode=verify-full", "db::connection_string", &unmet);
    guarded.refuses("postgres", "sslmode=full", "db::connection_string", &["`verify-full`"]);

    // A server without encryption.
    guarded.set("ssl", "off");
    guarded.reload();
    for mode in ["disable", "allow", "prefer"] {
        guarded.lets_in("postgres", &format!("sslmode={mode}"), false);
    }
    for more in ["sslmode=require", "sslmode=verify-full sslrootcert=ca.crt"] {
        guarded.refuses("postgres", more, "db::tls", &["server does not support TLS", "`ssl = on`"]);
    }
}

#[test]
fn the_server_s_certificate_is_checked_as_far_as_was_asked_for() {
    let guarded = Guarded::new();
    guarded.lets_in("postgres", "sslmode=verify-ca sslrootcert=ca.crt", true);
    guarded.lets_in("postgres", "sslmode=verify-full sslrootcert=ca.crt", true);
    // An authority at hand is asked, as libpq does for the sake of old versions.
    guarded.refuses("postgres", "sslmode=require sslrootcert=other.crt", "db::tls", &["`sslrootcert`", "certificate"]);
    guarded.lets_in("postgres", "sslmode=require sslrootcert=ca.crt", true);
    guarded.lets_in("postgres", "sslmode=prefer sslrootcert=other.crt", true);
    guarded.refuses(
        "postgres",
        "sslmode=verify-ca sslrootcert=other.crt",
        "db::tls",
        &["signed certificate in certificate chain"],
    );
    guarded.refuses(
        "postgres",
        "sslmode=verify-full sslrootcert=other.crt",
        "db::tls",
        &["signed certificate in certificate chain"],
    );
    // What the operating system trusts is not ours.
    guarded.refuses("postgres", "sslmode=verify-full sslrootcert=system", "db::tls", &["certificate"]);
    let missing = ["root certificate", "nowhere.crt", "No such file"];
    guarded.refuses("postgres", "sslmode=verify-full sslrootcert=nowhere.crt", "db::certificate", &missing);
    guarded.papers.place.write("empty.crt", "");
    let empty = ["empty.crt", "no certificate"];
    guarded.refuses("postgres", "sslmode=verify-full sslrootcert=empty.crt", "db::certificate", &empty);
    let both = guarded.papers.place.read("other.crt") + &guarded.papers.place.read("ca.crt");
    guarded.papers.place.write("both.crt", &both);
    guarded.lets_in("postgres", "sslmode=verify-full sslrootcert=both.crt", true);

    // Another name than the certificate's: the address.
    let by_address = |mode: &str| {
        let url = guarded.url("postgres", &format!("sslmode={mode} sslrootcert=ca.crt"));
        guarded.enters(&url.replace("@localhost:", "@127.0.0.1:"), &[])
    };
    guarded.is_in(&by_address("verify-ca"), "verify-ca by address", true);
    let mismatch = ["127.0.0.1", "mismatch", "`sslmode=verify-ca`"];
    guarded.is_out(&by_address("verify-full"), "verify-full by address", "db::tls", &mismatch);

    guarded.show("expired");
    for mode in ["verify-ca", "verify-full"] {
        let expired = ["certificate has expired"];
        guarded.refuses("postgres", &format!("sslmode={mode} sslrootcert=ca.crt"), "db::tls", &expired);
    }
    guarded.lets_in("postgres", "sslmode=require", true);
    guarded.lets_in("postgres", "sslmode=prefer", true);
}

#[test]
fn a_client_shows_its_certificate() {
    let guarded = Guarded::new();
    let shown = |name: &str| format!("sslmode=verify-full sslrootcert=ca.crt sslcert={name}.crt sslkey={name}.key");
    guarded.lets_in("named", &shown("named"), true);
    assert_eq!(guarded.seen(), "t /CN=named");
    guarded.lets_in("signed", &shown("named"), true);
    let missing = ["valid client certificate", "`sslcert`", "`sslkey`"];
    guarded.refuses("named", "sslmode=require", "db::authentication", &missing);
    guarded.refuses("signed", "sslmode=require", "db::authentication", &missing);
    // Who is named in it is not who comes.
    guarded.cluster.query("shop", "ALTER ROLE encrypted RENAME TO other").unwrap();
    guarded
        .cluster
        .write("pg_hba.conf", &HBA.replace("postgres,encrypted", "postgres").replace("all named", "all named,other"));
    guarded.reload();
    guarded.refuses(
        "other",
        &shown("named"),
        "db::authentication",
        &["certificate authentication failed", "`sslcert`"],
    );
    // What the server has against it may be lost on the way: then the connection ends, and that is another code.
    guarded.refuses("named", &shown("stranger"), "db::", &["`sslcert`"]);
    guarded.refuses("named", &shown("late"), "db::", &["`sslcert`"]);
    // One without the other is a mistake.
    let half = ["`sslcert`", "`sslkey`"];
    guarded.refuses("named", "sslmode=require sslcert=named.crt", "db::connection_string", &half);
    guarded.refuses("named", "sslmode=require sslkey=named.key", "db::authentication", &half);
    let absent = "sslmode=require sslcert=named.crt sslkey=nowhere.key";
    guarded.refuses("named", absent, "db::certificate", &["key", "nowhere.key", "No such file"]);
    // The older forms of a key, which OpenSSL's other programs write.
    guarded.papers.openssl(&["ec", "-in", "named.key", "-out", "old.key"], &[]);
    let old = "sslmode=require sslcert=named.crt sslkey=old.key";
    guarded.refuses("named", old, "db::certificate", &["openssl pkcs8 -topk8"]);
    // The key of somebody else.
    let wrong = "sslmode=require sslcert=named.crt sslkey=stranger.key";
    guarded.refuses("named", wrong, "db::certificate", &["stranger.key", "not the key of the certificate"]);

    // The programs that back up come in the same way.
    let back_up = |more: &str| {
        let arguments = ["backup", "full", "--db", &guarded.url("named", more)];
        ran(pgplumb(guarded.place.path(), &arguments).env("HOME", guarded.place.path()))
    };
    let done = back_up(&shown("named"));
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
}

#[test]
fn the_environment_the_home_folder_and_a_password_count_too() {
    let guarded = Guarded::new();
    let [ca, cert, key] = ["ca.crt", "named.crt", "named.key"].map(|name| guarded.papers.path(name));
    let url = guarded.url("named", "");
    let environment =
        [("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", &*ca), ("PGSSLCERT", &*cert), ("PGSSLKEY", &*key)];
    guarded.is_in(&guarded.enters(&url, &environment), "by the environment", true);
    for (name, from) in [("root.crt", "ca.crt"), ("postgresql.crt", "named.crt"), ("postgresql.key", "named.key")] {
        guarded.place.write(&format!(".postgresql/{name}"), &guarded.papers.place.read(from));
    }
    guarded.is_in(&guarded.enters(&url, &[("PGSSLMODE", "verify-full")]), "by the home folder", true);
    fs::remove_file(guarded.place.path().join(".postgresql/postgresql.key")).unwrap();
    guarded.is_out(&guarded.enters(&url, &[]), "half of a pair", "db::connection_string", &["`sslkey`"]);
    fs::remove_dir_all(guarded.place.path().join(".postgresql")).unwrap();

    // A password, bound to the channel.
    let with = |password: &str, more: &str| guarded.url(&format!("secret:{password}"), more);
    let bound = "sslmode=verify-full sslrootcert=ca.crt channel_binding=require";
    guarded.is_in(&guarded.enters(&with(PASSWORD, bound), &[]), bound, true);
    let wrong = guarded.enters(&with("hunter2-is-wrong", bound), &[]);
    guarded.is_out(&wrong, "wrong password", "db::authentication", &["password authentication failed"]);
    assert!(!wrong.err.contains("hunter2"), "{}", wrong.err);
    // Nobody to be bound to.
    guarded.refuses("postgres", "sslmode=disable channel_binding=require", "db::authentication", &["channel binding"]);
}
