//! Where values come from, and that a password goes nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use miette::Diagnostic;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::db::url::environment::Environment;
use crate::db::url::parse::parse;

fn read(text: &str, environment: &Environment) -> Result<ConnectionString, DbError> {
    ConnectionString::complete(parse(text)?, environment)
}

/// In an empty home.
fn alone(text: &str) -> Result<ConnectionString, DbError> {
    let home = tempfile::tempdir().unwrap();
    read(text, &Environment::fake(&[], home.path()))
}

fn passwords(of: &ConnectionString) -> Vec<Option<&str>> {
    of.hosts.iter().map(|host| host.password.as_deref()).collect()
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_cannot_be_kept_is_refused() {
    for name in ["require_auth", "requirepeer", "sslcrl", "sslpassword", "ssl_max_protocol_version"] {
        let error = alone(&format!("postgresql://localhost/shop?{name}=secret")).unwrap_err().to_string();
        assert!(error.contains(name) && !error.contains("secret"), "{error}");
    }
    alone("postgresql://localhost/shop?ssl_min_protocol_version=TLSv1.2&load_balance_hosts=disable").unwrap();
    let home = tempfile::tempdir().unwrap();
    let error = read("", &Environment::fake(&[("PGSSLCRL", "/etc/crl.pem")], home.path())).unwrap_err();
    assert!(error.to_string().contains("sslcrl"), "{error}");
}

#[test]
fn every_form_of_url() {
    let cases = [
        ("postgresql://", "me on /SOCKETS as me"),
        ("postgres://localhost", "me on localhost as me"),
        ("postgresql://localhost:5433/shop", "shop on localhost:5433 as me"),
        ("postgresql://ann@localhost", "ann on localhost as ann"),
        ("postgresql://ann:secret@localhost/shop?connect_timeout=10&application_name=x", "shop on localhost as ann"),
        ("postgresql://[2001:db8::1]:5433/shop", "shop on 2001:db8::1:5433 as me"),
        ("postgresql:///shop?host=/tmp&port=5433", "shop on /tmp/.s.PGSQL.5433 as me"),
        ("postgresql://%2Fvar%2Frun/shop", "shop on /var/run as me"),
        ("postgresql://a,b:5433/shop?user=ann%40x", "shop on a as ann@x"),
        ("host=localhost dbname=shop", "shop on localhost as me"),
        (r"host = localhost dbname='my shop' user='it\'s'", "my shop on localhost as it's"),
        ("dbname=shop", "shop on /SOCKETS as me"),
        ("", "me on /SOCKETS as me"),
    ];
    let home = tempfile::tempdir().unwrap();
    fs::create_dir(home.path().join("sockets")).unwrap();
    for (text, printed) in cases {
        let found = read(text, &Environment::fake(&[], home.path())).unwrap();
        let sockets = home.path().join("sockets").to_string_lossy().into_owned();
        assert_eq!(found.to_string(), printed.replace("/SOCKETS", &sockets), "{text}");
    }
    let several = alone("postgresql://a,b:5433,c/shop").unwrap();
    let hosts: Vec<String> = several.hosts.iter().map(ToString::to_string).collect();
    assert_eq!(hosts, ["a", "b:5433", "c"]);
}

#[test]
fn what_is_wrong_is_said_without_a_value() {
    let cases = [
        ("mysql://localhost/x", "a URL begins with `postgresql://`"),
        ("postgresql://ann:pa%ss@h/d", "a `%` is not followed by two hexadecimal digits"),
        ("postgresql://ann:pa/ss@h/d", "percent-encode"),
        ("postgresql://ann:pa?ss=1@h/d", "percent-encode"),
        ("postgresql://h:port/d", "the port is not a number"),
        ("postgresql://ann:pw@h/d?sslmod=require", "unknown parameter `sslmod`"),
        ("password=my secret=1 host=h", "quote or percent-encode"),
        ("shop", "a word has no `=` after it"),
        ("host='h", "a quoted value has no end"),
        ("sslmode=sometimes", "`sslmode` is not `disable`"),
        ("connect_timeout=soon", "`connect_timeout` is not a whole number"),
        ("host=a,b port=1,2,3", "the same number"),
        ("service=nowhere", "the service `nowhere` is not defined"),
    ];
    for (text, expected) in cases {
        let error = alone(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
        assert!(!error.contains("ss=1") && !error.contains("secret"), "{text}: {error}");
    }
    let error = alone("hots=localhost").unwrap_err();
    assert_eq!(error.help().unwrap().to_string(), "did you mean `host`?");
}

#[test]
fn what_is_given_goes_before_the_service_before_the_environment_before_the_default() {
    let home = tempfile::tempdir().unwrap();
    let services =
        "# ours\n[other]\nhost=wrong\n\n[shop]\nhost=service.example\nport=6000\ndbname=service\n[last]\nuser=wrong\n";
    write(&home.path().join(".pg_service.conf"), services, 0o644);
    let variables =
        [("PGSERVICE", "shop"), ("PGHOST", "env.example"), ("PGUSER", "env"), ("PGPORT", "7000"), ("PGDATABASE", "")];
    let environment = Environment::fake(&variables, home.path());
    let found = read("dbname=given", &environment).unwrap();
    assert_eq!(found.to_string(), "given on service.example:6000 as env");
    assert_eq!(read("service=last host=h", &environment).unwrap().to_string(), "wrong on h:7000 as wrong");

    let elsewhere = home.path().join("services");
    write(&elsewhere, "[shop]\nhost=file.example\n", 0o644);
    let variables = [("PGSERVICE", "shop"), ("PGSERVICEFILE", elsewhere.to_str().unwrap())];
    assert_eq!(read("", &Environment::fake(&variables, home.path())).unwrap().to_string(), "me on file.example as me");

    let broken = [("PGSERVICE", "bad"), ("PGSERVICEFILE", elsewhere.to_str().unwrap())];
    write(&elsewhere, "[bad]\nhost\n", 0o644);
    let error = read("", &Environment::fake(&broken, home.path())).unwrap_err();
    assert!(error.to_string().contains("a line without `=`"), "{error}");
}

#[test]
fn the_environment_alone_is_asked_only_when_it_names_a_server() {
    let home = tempfile::tempdir().unwrap();
    let names = |variables: &[(&str, &str)]| Environment::fake(variables, home.path()).names_a_server();
    assert!(!names(&[("PGPASSWORD", "x"), ("PGSSLMODE", "require"), ("PGHOST", "")]));
    assert!(names(&[("PGHOST", "h")]) && names(&[("PGSERVICE", "s")]) && names(&[("PGDATABASE", "d")]));
}

#[test]
fn the_password_file_is_matched_field_by_field() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".pgpass");
    let text = "#a:5432:shop:ann:comment\nb:5433:shop:ann:second\na:*:shop:ann:fi\\:r\\\\st:rest\nlocalhost:*:*:ann:socket\n\
                *:*:odd\\:name:*:odd\n";
    write(&file, text, 0o600);
    let environment = Environment::fake(&[], home.path());
    let look = |text: &str| read(text, &environment).unwrap();
    assert_eq!(passwords(&look("postgresql://ann@a,b:5433/shop")), [Some("fi:r\\st"), Some("second")]);
    assert_eq!(passwords(&look("postgresql://ann@b/shop")), [None]);
    assert_eq!(passwords(&look("host=/var/run/postgresql user=ann")), [Some("socket")]);
    assert_eq!(passwords(&look("host=/elsewhere user=ann")), [None]);
    assert_eq!(passwords(&look("host=x user=y dbname=odd:name")), [Some("odd")]);
    assert_eq!(passwords(&look("postgresql://ann:given@a/shop")), [Some("given")]);

    // The password found for one database serves for a scratch database beside it.
    let scratch = look("postgresql://ann@a/shop").with_database("scratch");
    assert_eq!((scratch.database(), passwords(&scratch)), ("scratch", vec![Some("fi:r\\st")]));

    let environment = Environment::fake(&[("PGPASSWORD", "env")], home.path());
    assert_eq!(passwords(&read("postgresql://ann@a/shop", &environment).unwrap()), [Some("env")]);
}

#[test]
fn a_password_file_that_others_can_read_is_not_used_and_the_advice_says_so() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".pgpass");
    write(&file, "*:*:*:*:secret\n", 0o640);
    let found = read("host=h", &Environment::fake(&[], home.path())).unwrap();
    assert_eq!(passwords(&found), [None]);
    assert!(found.password_advice().contains("chmod 600"), "{}", found.password_advice());
}

#[test]
fn settings_reach_the_options_with_their_spaces_kept() {
    let found = alone("host=h options='-c geqo=off'").unwrap();
    let found = found.with_settings([("search_path", "\"$user\", public"), ("TimeZone", "UTC")].into_iter());
    assert_eq!(found.parameter("options"), Some("-c geqo=off -c search_path=\"$user\",\\ public -c TimeZone=UTC"));
}

/// Everything about an outcome that could reach a person.
fn printed(outcome: &Result<ConnectionString, DbError>) -> String {
    match outcome {
        Ok(found) => {
            let refused = crate::db::connection::connect(found).err();
            let refused = refused.map(|error| format!("{error} {error:?} {}", help(&error)));
            format!(
                "{found} {found:?} {} {} {}",
                found.describe(),
                found.password_advice(),
                refused.unwrap_or_default()
            )
        }
        Err(error) => format!("{error} {error:?} {}", help(error)),
    }
}

fn help(error: &DbError) -> String {
    error.help().map(|help| help.to_string()).unwrap_or_default()
}

/// A word that none of our own texts holds, among characters that have a meaning somewhere.
fn password() -> impl Strategy<Value = String> {
    ("[ '\\\\@:/?#%&=!\\[\\]a-c]{0,6}", "[ '\\\\@:/?#%&=!\\[\\]a-c]{0,6}").prop_map(|(a, b)| format!("{a}xyzzyq{b}"))
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

proptest! {
    #[test]
    fn a_password_is_understood_and_never_printed(password in password(), quoted in any::<bool>()) {
        // Nobody listens on port 1 of this machine.
        let text = if quoted {
            let escaped = password.replace('\\', "\\\\").replace('\'', "\\'");
            format!("host=127.0.0.1 port=1 password='{escaped}' user=ann sslmode=disable")
        } else {
            format!("postgresql://ann:{}@127.0.0.1:1/shop?sslmode=disable", encoded(&password))
        };
        let outcome = alone(&text);
        prop_assert_eq!(passwords(outcome.as_ref().unwrap()), [Some(password.as_str())]);
        prop_assert!(!printed(&outcome).contains("xyzzyq"), "{}", printed(&outcome));
    }

    /// Not encoded, not quoted: it may be misunderstood, and even then it stays secret.
    #[test]
    fn a_password_in_a_broken_string_is_not_printed(password in password(), form in 0..4) {
        let text = match form {
            0 => format!("postgresql://ann:{password}@127.0.0.1:1/shop"),
            1 => format!("password={password} host=127.0.0.1 port=1"),
            2 => format!("host=127.0.0.1 port=1 password={password}"),
            _ => format!("postgresql://127.0.0.1:1/shop?user=ann&password={password}"),
        };
        let home = tempfile::tempdir().unwrap();
        let outcome = read(&text, &Environment::fake(&[("PGSSLMODE", "disable")], home.path()));
        prop_assert!(!printed(&outcome).contains("xyzzyq"), "{}\n{}", text, printed(&outcome));
    }
}
