//! Encryption as `sslmode` asks for it.

mod connector;

use std::fs;
use std::path::Path;

use native_tls::{Certificate, Identity};

use crate::db::error::DbError;
use crate::db::tls::connector::{Connector, Wish};
use crate::db::url::ConnectionString;
use crate::db::url::sslmode::Mode;

/// What makes the handshake of one connection.
///
/// # Errors
/// `Certificate` when a file cannot be read, `ConnectionString` when the mode wants a root certificate and there is none, or a
/// certificate has no key.
pub(super) fn connector(to: &ConnectionString, mode: Mode) -> Result<Connector, DbError> {
    let wish = wish(to, mode)?;
    // What no file can spoil is made once the server says that it encrypts at all.
    if !wish.has_files() {
        return Ok(Connector::later(wish));
    }
    Connector::now(wish).map_err(|error| unusable(to, error.to_string()))
}

/// What the connection string asks for.
fn wish(to: &ConnectionString, mode: Mode) -> Result<Wish, DbError> {
    let mut wish = Wish { sni: to.parameter("sslsni") != Some("0"), ..Wish::default() };
    let roots = to.parameter("sslrootcert");
    // libpq: with a root certificate at hand `require` checks the chain, for the sake of old versions.
    let checks_chain =
        mode >= Mode::VerifyCa || (mode == Mode::Require && roots.is_some_and(|roots| roots != "system"));
    match roots {
        Some("system") => {}
        Some(path) if checks_chain => wish.roots = Some(certificates(Path::new(path))?),
        None if checks_chain => {
            return Err(DbError::ConnectionString {
                what: "`sslmode` wants the server's certificate checked, and there is no root certificate: give \
                       `sslrootcert`, a file or `system`"
                    .to_owned(),
            });
        }
        _ => {}
    }
    // The name is checked by `verify-full` alone; the system's roots are worth nothing without it.
    wish.checks_name = mode == Mode::VerifyFull || (roots == Some("system") && mode >= Mode::Require);
    wish.checks_chain = checks_chain || wish.checks_name;
    // libpq takes no notice either of a key that belongs to nothing.
    if let Some(certificate) = to.parameter("sslcert") {
        let key = to.parameter("sslkey").ok_or_else(|| DbError::ConnectionString {
            what: "`sslcert` names a certificate, and there is no key to it: give `sslkey`".to_owned(),
        })?;
        wish.identity = Some(identity(Path::new(certificate), Path::new(key))?);
    }
    Ok(wish)
}

/// What the files hold does not go together.
fn unusable(to: &ConnectionString, cause: String) -> DbError {
    match to.parameter("sslkey") {
        Some(key) if cause.contains("key values mismatch") => {
            unreadable("key", Path::new(key), "it is not the key of the certificate in `sslcert`".to_owned())
        }
        _ => DbError::Tls {
            server: to.server(),
            cause,
            check: "check the certificates and the key: `sslrootcert`, `sslcert`, `sslkey`".to_owned(),
        },
    }
}

/// Certificates of a file that holds some.
fn certificates(path: &Path) -> Result<Vec<u8>, DbError> {
    let pem = read("root certificate", path)?;
    let found = Certificate::stack_from_pem(&pem);
    let found = found.map_err(|error| unreadable("root certificate", path, error.to_string()))?;
    if found.is_empty() {
        return Err(unreadable("root certificate", path, "it holds no certificate".to_owned()));
    }
    Ok(pem)
}

/// Certificates and the key to the first.
fn identity(certificate: &Path, key: &Path) -> Result<(Vec<u8>, Vec<u8>), DbError> {
    let (chain, secret) = (read("certificate", certificate)?, read("key", key)?);
    Identity::from_pkcs8(&chain, &secret).map_err(|error| unreadable("key", key, error.to_string()))?;
    Ok((chain, secret))
}

fn read(role: &'static str, path: &Path) -> Result<Vec<u8>, DbError> {
    fs::read(path).map_err(|error| unreadable(role, path, error.to_string()))
}

fn unreadable(role: &'static str, path: &Path, cause: String) -> DbError {
    DbError::Certificate { role, path: path.to_owned(), cause }
}
