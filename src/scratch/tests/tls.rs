//! Every `sslmode` against a server that speaks TLS with a certificate for one name, and one that speaks none.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::db::connection::connect;
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::scratch::account::Account;
use crate::scratch::cluster::Cluster;
use crate::scratch::program::Programs;
use crate::scratch::tests::text;

/// A loopback address that no other server listens on, so that the usual port is free.
fn address(last: u8) -> String {
    let pid = std::process::id();
    format!("127.{}.{}.{last}", pid / 250 % 250 + 1, pid % 250 + 1)
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, a certificate for `db.example` from it, one for the client `ann`, and an authority that knows neither.
fn certificates(folder: &Path) {
    let new = "req -x509 -newkey rsa:2048 -nodes -days 2";
    openssl(folder, &format!("{new} -keyout ca.key -out ca.crt -subj /CN=authority"));
    openssl(folder, &format!("{new} -keyout other.key -out other.crt -subj /CN=other"));
    for (name, subject) in [("server", "db.example"), ("ann", "ann")] {
        fs::write(folder.join("names"), format!("subjectAltName=DNS:{subject}")).unwrap();
        openssl(folder, &format!("req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={subject}"));
        let sign = format!("x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names");
        openssl(folder, &format!("{sign} -out {name}.crt"));
    }
}

/// The folder with the certificates, handed to the user that the server runs as.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o700)).tempdir().unwrap();
    certificates(folder.path());
    let account = Account::for_folder(folder.path()).unwrap();
    fs::set_permissions(folder.path().join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
    for path in ["", "server.key"].map(|name| folder.path().join(name)) {
        account.give(&path).unwrap();
    }
    folder
}

const IS_ENCRYPTED: &str = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// What a connection of this form is: encrypted or not, or why there is none.
fn outcome(form: &str) -> Result<bool, DbError> {
    let form = format!("{form} port=5432 user=pgplumb_loader dbname=template1 passfile=/dev/null");
    Ok(text(&mut connect(&ConnectionString::parse(&form)?)?, IS_ENCRYPTED) == "true")
}

#[test]
fn each_mode_asks_for_what_it_should() {
    let programs = Programs::find();
    let files = folder();
    let file = |name: &str| files.path().join(name).display().to_string();
    let (address, plain) = (address(1), address(2));
    let settings = format!(
        "listen_addresses = '{address}'\nssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\nssl_ca_file = '{}'\n",
        file("server.crt"),
        file("server.key"),
        file("ca.crt")
    );
    let (encrypted, mut admin) = Cluster::start(&programs[0], &settings).unwrap();
    let (bare, _admin) = Cluster::start(&programs[0], &format!("listen_addresses = '{plain}'\n")).unwrap();
    let hba = |rules: &str| format!("local all all trust\n{rules}\n");
    let write = |rules: &str| fs::write(encrypted.folder().join("data/pg_hba.conf"), hba(rules)).unwrap();
    for cluster in [&encrypted, &bare] {
        fs::write(cluster.folder().join("data/pg_hba.conf"), hba("host all all all trust")).unwrap();
    }
    text(&mut admin, "SELECT pg_reload_conf()::text");
    let named = format!("host=db.example hostaddr={address}");
    let wrong = format!("host=other.example hostaddr={address}");
    let (ca, other) = (format!("sslrootcert={}", file("ca.crt")), format!("sslrootcert={}", file("other.crt")));

    let accepted = [
        (format!("{named} sslmode=disable"), false),
        (format!("{named} sslmode=allow"), false),
        (named.clone(), true),
        (format!("{named} sslmode=require"), true),
        (format!("{wrong} sslmode=require"), true),
        (format!("{wrong} sslmode=require {ca}"), true),
        (format!("{wrong} sslmode=verify-ca {ca}"), true),
        (format!("{named} sslmode=verify-full {ca}"), true),
        (format!("{named} sslmode=prefer {other}"), true),
        (format!("host={plain}"), false),
    ];
    for (form, expected) in accepted {
        assert_eq!(outcome(&form).unwrap(), expected, "{form}");
    }
    let refused = [
        format!("{named} sslmode=require {other}"),
        format!("{named} sslmode=verify-ca {other}"),
        format!("{named} sslmode=verify-full {other}"),
        format!("{wrong} sslmode=verify-full {ca}"),
        format!("{named} sslmode=verify-full sslrootcert=system"),
        format!("host={plain} sslmode=require"),
    ];
    for form in refused {
        assert!(matches!(outcome(&form), Err(DbError::Tls { .. })), "{form}");
    }
    let unreadable = outcome(&format!("{named} sslmode=verify-full sslrootcert=/nowhere"));
    assert!(matches!(unreadable, Err(DbError::Certificate { role: "root certificate", .. })), "{unreadable:?}");

    write("hostnossl all all all reject\nhostssl all all all cert map=any");
    fs::write(encrypted.folder().join("data/pg_ident.conf"), "any ann pgplumb_loader\n").unwrap();
    text(&mut admin, "SELECT pg_reload_conf()::text");
    while outcome(&named).is_ok() {}
    let client = format!("{named} sslcert={} sslkey={}", file("ann.crt"), file("ann.key"));
    assert!(outcome(&format!("{client} sslmode=verify-full {ca}")).unwrap());
    assert!(outcome(&format!("{client} sslmode=allow")).unwrap(), "refused plain, so encrypted");
    assert!(matches!(outcome(&named), Err(DbError::Authentication { .. })));
}
