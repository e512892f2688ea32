//! One attempt at one host, and why it failed.

use postgres::config::SslMode;
use postgres::{Client, NoTls};

use crate::db::connection::advice::{handshake, not_encrypted, unknown, unreachable};
use crate::db::connection::notice::Notices;
use crate::db::error::{DbError, with_cause};
use crate::db::tls::connector;
use crate::db::url::sslmode::Mode;
use crate::db::url::{ConnectionString, Host};

/// Encrypted or not, or one after the other, as `sslmode` says.
pub(super) fn connect_host(to: &ConnectionString, host: &Host, notices: &Notices) -> Result<Client, DbError> {
    let mode = if host.is_socket() { Mode::Disable } else { Mode::of(to.parameter("sslmode"))? };
    let plain = || attempt(to, host, None, notices);
    let encrypted = |ssl| attempt(to, host, Some((mode, ssl)), notices);
    match mode {
        Mode::Disable => plain(),
        Mode::Allow => plain().or_else(|first| {
            if is_refusal(&first) { encrypted(SslMode::Require).map_err(|_| first) } else { Err(first) }
        }),
        Mode::Prefer => encrypted(SslMode::Prefer)
            .or_else(|first| if is_refusal(&first) { plain().map_err(|_| first) } else { Err(first) }),
        Mode::Require | Mode::VerifyCa | Mode::VerifyFull => encrypted(SslMode::Require),
    }
}

/// Whether the other form, encrypted or plain, may be let in where this one was not.
fn is_refusal(error: &DbError) -> bool {
    matches!(error, DbError::Tls { .. } | DbError::Authentication { .. })
}

fn attempt(
    to: &ConnectionString,
    host: &Host,
    tls: Option<(Mode, SslMode)>,
    notices: &Notices,
) -> Result<Client, DbError> {
    let mut config = to.config(host)?;
    let notices = notices.clone();
    config.notice_callback(move |notice| notices.put(notice.message()));
    let client = match tls {
        None => config.ssl_mode(SslMode::Disable).connect(NoTls),
        Some((mode, ssl)) => config.ssl_mode(ssl).connect(connector(to, mode)?),
    };
    client.map_err(|error| refused(to, host, &error))
}

/// Why a server did not let us in.
fn refused(to: &ConnectionString, host: &Host, error: &postgres::Error) -> DbError {
    let (server, user) = (host.to_string(), to.user().to_owned());
    let wrong_login = |cause: String| {
        let (server, user) = (host.to_string(), user.clone());
        let check = unknown(to, &cause);
        DbError::Authentication { server, user, cause, check }
    };
    if let Some(db) = error.as_db_error() {
        let cause = db.message().to_owned();
        return match db.code().code() {
            "28P01" | "28000" => wrong_login(cause),
            "3D000" => DbError::NoDatabase { server, database: to.database().to_owned() },
            "57P03" => DbError::CannotConnect {
                server,
                cause,
                check: "wait until the server is up, and run it again".to_owned(),
            },
            "53300" => {
                let check = "close other sessions, or raise `max_connections`".to_owned();
                DbError::CannotConnect { server, cause, check }
            }
            _ => DbError::CannotConnect { server, cause, check: "see the server's log".to_owned() },
        };
    }
    // The driver tells its kinds apart in words only.
    let (kind, cause) = (error.to_string(), with_cause(error));
    let short = cause.split_once(": ").map_or_else(|| cause.clone(), |(_, short)| short.to_owned());
    // Of a client's certificate the server judges when for us the handshake is over: the next read says so.
    if kind.starts_with("error performing TLS") || short.contains("SSL routines") {
        DbError::Tls { server, cause: handshake(&short), check: not_encrypted(host, &short) }
    } else if kind.starts_with("authentication error") || kind.starts_with("invalid configuration") {
        wrong_login(short)
    } else {
        DbError::CannotConnect { server, cause: short, check: unreachable(to, host, error) }
    }
}
