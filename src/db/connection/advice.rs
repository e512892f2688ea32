//! What to look at when a server cannot be reached, or does not let us in. Servers and OpenSSL tell reasons apart in
//! words alone; a reason that is in other words gets the general advice.

use std::error::Error;
use std::io;

use crate::db::url::{ConnectionString, Host};

/// When nobody answers.
pub(super) fn unreachable(to: &ConnectionString, host: &Host, error: &postgres::Error) -> String {
    if host.is_socket() {
        return "is a server running on this machine? Give another place with a URL or PGHOST".to_owned();
    }
    let io = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    match io {
        Some(io::ErrorKind::ConnectionRefused) => {
            format!("check that a server listens on port {} of `{}`, and on that address", host.port, host.name)
        }
        // What it has against a certificate is lost on the way where it is gone before it has read all that we said.
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof)
            if to.parameter("sslcert").is_some() =>
        {
            "the server may not accept the certificate in `sslcert`, or its key in `sslkey`: see its log".to_owned()
        }
        Some(io::ErrorKind::TimedOut) => format!("check the network and the firewall on the way to `{}`", host.name),
        _ => format!("check the host name `{}`, the port {} and the network", host.name, host.port),
    }
}

/// When a server does not know us, with what it says.
pub(super) fn unknown(to: &ConnectionString, said: &str) -> String {
    let has = |words: &str| said.contains(words);
    if has("valid client certificate") {
        "give the certificate that this login needs: `sslcert`, and its key in `sslkey`".to_owned()
    } else if has("certificate authentication failed") {
        "the certificate in `sslcert` is not that of this user: give another, or come as the user in it".to_owned()
    } else if has("pg_hba.conf") && has("no encryption") {
        "the server may want this login encrypted: `sslmode=require`, or another entry of `pg_hba.conf`".to_owned()
    } else if has("pg_hba.conf") && has("SSL encryption") {
        "no entry of `pg_hba.conf` lets this login in; where one does that is `hostnossl`, give `sslmode=disable`"
            .to_owned()
    } else {
        to.password_advice()
    }
}

/// Of what OpenSSL says the part for people: what is in parentheses at its end, or between its places in the code.
pub(super) fn handshake(cause: &str) -> String {
    if let Some((_, why)) = cause.strip_suffix(')').and_then(|cause| cause.rsplit_once('('))
        && cause.contains("certificate verify failed")
    {
        return format!("the server's certificate is not accepted: {why}");
    }
    let said = cause.split(':').find(|part| part.contains(" alert "));
    said.map_or_else(|| cause.to_owned(), |said| format!("the server ends it: {}", said.trim()))
}

/// When it comes to no encryption.
pub(super) fn not_encrypted(host: &Host, cause: &str) -> String {
    let has = |words: &str| cause.contains(words);
    if has("does not support TLS") {
        "set `ssl = on` there; `sslmode=prefer` comes in without encryption where there is none".to_owned()
    } else if has("mismatch") {
        let name = &host.name;
        format!(
            "`{name}` is not in the certificate: give a name that is, with `hostaddr` for the address where needed; \
             `sslmode=verify-ca` does not compare names"
        )
    } else if has("has expired") || has("not yet valid") {
        "renew the server's certificate, or check the clock of this machine".to_owned()
    } else if has("alert ") {
        "check the certificate in `sslcert` and its key in `sslkey`, and that the server's `ssl_ca_file` knows who \
         signed it"
            .to_owned()
    } else {
        "check `sslmode` and `sslrootcert`, which holds who signed the server's certificate; `sslmode=require` without \
         `sslrootcert` encrypts without checking it"
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_openssl_says_the_reason_is_kept() {
        let verify = "error:0A000086:SSL routines:f:certificate verify failed:../ssl/a.c:1889: (IP address mismatch)";
        assert_eq!(handshake(verify), "the server's certificate is not accepted: IP address mismatch");
        let alert = "error:0A000418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:../a.c:1:SSL alert number 48";
        assert_eq!(handshake(alert), "the server ends it: tlsv1 alert unknown ca");
        assert_eq!(handshake("server does not support TLS"), "server does not support TLS");
    }
}
