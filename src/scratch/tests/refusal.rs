//! What a server has against us, in our words.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use miette::Diagnostic;

use crate::db::connection::connect;
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::scratch::tests::{scratch, text};

#[test]
fn each_refusal_has_its_own_error() {
    let (scratch, database, mut connection) = scratch();
    let folder = scratch.server.folder().unwrap();
    connection.execute("CREATE ROLE ann LOGIN PASSWORD 'right'; CREATE ROLE shut NOLOGIN").unwrap();
    fs::write(folder.join("data/pg_hba.conf"), "local all ann scram-sha-256\nlocal all all trust\n").unwrap();
    text(&mut connection, "SELECT pg_reload_conf()::text");
    let attempt = |login: &str, name: &str| {
        let text = format!("host={} dbname={name} passfile=/dev/null {login}", folder.display());
        connect(&ConnectionString::parse(&text).unwrap()).map(|_| ())
    };
    // The server reads its files in its own time.
    while attempt("user=ann password=wrong", database.name()).is_ok() {}
    attempt("user=ann password=right", database.name()).unwrap();
    let wrong = attempt("user=ann password=hush", database.name()).unwrap_err();
    assert!(matches!(wrong, DbError::Authentication { .. }), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains("hush"));
    let none = attempt("user=ann", database.name()).unwrap_err();
    assert!(none.help().unwrap().to_string().starts_with("no password was given"), "{none:?}");
    let shut = attempt("user=shut", database.name()).unwrap_err();
    assert!(shut.to_string().ends_with("role \"shut\" is not permitted to log in"), "{shut}");
    let missing = attempt("user=pgplumb_loader", "nowhere").unwrap_err();
    assert!(matches!(&missing, DbError::NoDatabase { database, .. } if database == "nowhere"), "{missing:?}");
}

#[test]
fn a_server_that_is_not_there_is_named_with_what_to_check() {
    let cases = [
        ("host=127.0.0.1 port=1 dbname=x", "cannot connect to 127.0.0.1:1", "listens on port 1 of `127.0.0.1`"),
        ("host=/nowhere dbname=x", "cannot connect to /nowhere/.s.PGSQL.5432", "is a server running on this machine"),
        ("host=nowhere.invalid dbname=x", "cannot connect to nowhere.invalid", "check the host name"),
    ];
    for (given, message, check) in cases {
        let error = connect(&ConnectionString::parse(given).unwrap()).map(|_| ()).unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(error.help().unwrap().to_string().contains(check), "{error:?}");
    }
}

/// A server that lets everyone in and answers every question with `130005`.
fn old_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut buffer = [0; 1024];
        assert!(client.read(&mut buffer).unwrap() > 0);
        client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").unwrap();
        assert!(client.read(&mut buffer).unwrap() > 0);
        client.write_all(b"T\0\0\0\x1a\0\x01v\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\0\0\0\0\0\0").unwrap();
        client.write_all(b"D\0\0\0\x10\0\x01\0\0\0\x06130005C\0\0\0\x09SHOW\0Z\0\0\0\x05I").unwrap();
        let _ = client.read(&mut buffer);
    });
    port
}

#[test]
fn an_unsupported_server_is_named_with_what_is_supported() {
    let given = format!("host=127.0.0.1 port={} dbname=x user=x sslmode=disable", old_server());
    let error = connect(&ConnectionString::parse(&given).unwrap()).map(|_| ()).unwrap_err();
    assert!(error.to_string().ends_with("runs PostgreSQL 13.5, which is not supported"), "{error}");
    assert_eq!(error.help().unwrap().to_string(), "supported are PostgreSQL 14 to 18");
}

#[test]
fn the_second_host_is_tried_when_the_first_does_not_answer() {
    let (scratch, database, _connection) = scratch();
    let folder = scratch.server.folder().unwrap().display();
    let given = format!("host=127.0.0.1,{folder} port=1,5432 user=pgplumb_loader dbname={}", database.name());
    connect(&ConnectionString::parse(&given).unwrap()).unwrap();
}

#[test]
fn a_failed_statement_keeps_what_the_server_said_and_a_lost_session_is_told_apart() {
    let (_scratch, database, mut connection) = scratch();
    let error = connection.execute("SELECT nothing FROM pg_class").unwrap_err();
    assert_eq!(error.sqlstate(), Some("42703"));
    assert!(matches!(error, DbError::Statement { position: Some(8), .. }), "{error:?}");
    let hint = connection.execute("SELECT relnam FROM pg_class").unwrap_err();
    assert!(hint.help().unwrap().to_string().contains("relname"), "{hint:?}");

    let pid = text(&mut connection, "SELECT pg_backend_pid()::text");
    text(&mut database.connect().unwrap(), &format!("SELECT pg_terminate_backend({pid})::text"));
    let lost = (0..100).find_map(|_| connection.execute("SELECT 1").err()).unwrap();
    assert!(lost.is_lost(), "{lost:?}");
}

#[test]
fn a_snapshot_reads_one_state_prints_alike_and_leaves_the_session_as_it_was() {
    let (_scratch, database, mut connection) = scratch();
    connection
        .execute("SET TimeZone = 'Asia/Tokyo'; SET search_path = pg_catalog; CREATE TABLE public.t (a int)")
        .unwrap();
    let mut other = database.connect().unwrap();
    let seen = connection.read_snapshot(|snapshot| {
        let mut look = || -> Result<String, DbError> {
            let sql = "SELECT (SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]?$')
                || current_setting('search_path') || ' ' || current_setting('TimeZone')";
            Ok(snapshot.query(sql)?[0].get(0))
        };
        let first = look()?;
        other.execute("CREATE TABLE public.t2 (a int)")?;
        assert_eq!(first, look()?);
        Ok::<_, DbError>(first)
    });
    assert_eq!(seen.unwrap(), "1\"\" UTC");
    let writes = connection.read_snapshot(|snapshot| snapshot.query("CREATE TABLE public.x ()"));
    assert_eq!(writes.unwrap_err().sqlstate(), Some("25006"));
    assert_eq!(text(&mut connection, "SHOW TimeZone"), "Asia/Tokyo");
}
