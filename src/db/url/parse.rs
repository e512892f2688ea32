//! Connection strings as libpq reads them: a URL or `keyword=value` pairs. No message quotes a value: it could be a password.

use std::collections::BTreeMap;

use crate::base::wording::nearest;
use crate::db::error::DbError;

/// Parameters by libpq's names.
pub(super) type Parameters = BTreeMap<String, String>;

/// Every parameter that libpq knows.
const KNOWN: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "max_protocol_version",
    "min_protocol_version",
    "options",
    "passfile",
    "password",
    "port",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "service",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslcert",
    "sslcertmode",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslpassword",
    "sslrootcert",
    "sslsni",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// Parameters that say whom to trust, or how to choose a server, and that are not followed; each with the values that
/// change nothing. Connecting as if they were not there would be less than was asked for.
const UNMET: &[(&str, &[&str])] = &[
    ("load_balance_hosts", &["disable"]),
    ("require_auth", &[]),
    ("requirepeer", &[]),
    ("ssl_max_protocol_version", &[]),
    ("ssl_min_protocol_version", &["TLSv1.2"]),
    ("sslcertmode", &["allow"]),
    ("sslcrl", &[]),
    ("sslcrldir", &[]),
    ("sslpassword", &[]),
];

/// Refuses what could not be kept.
pub(super) fn check_met(parameters: &Parameters) -> Result<(), DbError> {
    for (name, harmless) in UNMET {
        if parameters.get(*name).is_some_and(|value| !value.is_empty() && !harmless.contains(&value.as_str())) {
            return Err(wrong(&format!(
                "`{name}` is not supported, and leaving it out would connect to more than it allows"
            )));
        }
    }
    Ok(())
}

/// Whether the text is meant as a URL.
pub(super) fn is_url(text: &str) -> bool {
    text.starts_with("postgresql://") || text.starts_with("postgres://")
}

/// The parameters that the text gives.
pub(super) fn parse(text: &str) -> Result<Parameters, DbError> {
    let text = text.trim();
    if is_url(text) {
        return url(text);
    }
    let is_scheme = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    if text.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme)) {
        return Err(wrong("a URL begins with `postgresql://`"));
    }
    pairs(text)
}

/// Refuses a parameter that libpq does not know.
pub(super) fn check_name(name: &str) -> Result<(), DbError> {
    if KNOWN.contains(&name) {
        return Ok(());
    }
    let nearest = nearest(name, KNOWN.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    Err(DbError::UnknownParameter { name: name.to_owned(), nearest })
}

/// The same, for a name that may be the rest of a password that was not quoted.
fn check_name_after(found: &Parameters, name: &str) -> Result<(), DbError> {
    match check_name(name) {
        Err(_) if found.contains_key("password") => Err(wrong(
            "an unknown parameter follows the password; quote or percent-encode a password that has spaces or `&`",
        )),
        answer => answer,
    }
}

pub(super) fn wrong(what: &str) -> DbError {
    DbError::ConnectionString { what: what.to_owned() }
}

/// `postgresql://[user[:password]@][host[:port],...][/database][?name=value&...]`
fn url(text: &str) -> Result<Parameters, DbError> {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    // The rest of a password with a `/` or `?` in it: not to be taken, and later printed, for anything else.
    if database.contains('@') || query.contains('@') {
        return Err(wrong("it has an `@` after the host; percent-encode `/`, `?` and `@` in a password"));
    }
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (login, hosts),
        None => ("", authority),
    };
    let mut found = Parameters::new();
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let (names, ports) = hosts_of(hosts)?;
    for (name, value) in
        [("user", user), ("password", password), ("dbname", database), ("host", &names), ("port", &ports)]
    {
        if !value.is_empty() {
            found.insert(name.to_owned(), decode(value)?);
        }
    }
    let mut extra = Parameters::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or_else(|| wrong("a parameter after `?` has no `=`"))?;
        let (name, value) = match (decode(name)?, decode(value)?) {
            // The spelling of JDBC.
            (name, value) if name == "ssl" && value == "true" => ("sslmode".to_owned(), "require".to_owned()),
            plain => plain,
        };
        check_name_after(&extra, &name)?;
        extra.insert(name, value);
    }
    found.extend(extra);
    Ok(found)
}

/// Hosts and ports, each as a list with commas. No port at all gives an empty list of ports.
fn hosts_of(text: &str) -> Result<(String, String), DbError> {
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for one in text.split(',') {
        let (host, port) = if let Some(bracketed) = one.strip_prefix('[') {
            let (host, rest) = bracketed.split_once(']').ok_or_else(|| wrong("an IPv6 address has no closing `]`"))?;
            (host, rest.strip_prefix(':').unwrap_or(rest))
        } else {
            one.split_once(':').unwrap_or((one, ""))
        };
        hosts.push(host);
        ports.push(port);
    }
    let ports = if ports.iter().all(|port| port.is_empty()) { String::new() } else { ports.join(",") };
    Ok((hosts.join(","), ports))
}

/// Takes `%20` and the like apart.
fn decode(text: &str) -> Result<String, DbError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits: Vec<u8> = rest.by_ref().take(2).collect();
        let decoded = std::str::from_utf8(&digits).ok().filter(|pair| pair.len() == 2);
        let decoded = decoded.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|byte| *byte != 0);
        bytes.push(
            decoded.ok_or_else(|| wrong("a `%` is not followed by two hexadecimal digits (write `%25` for `%`)"))?,
        );
    }
    String::from_utf8(bytes).map_err(|_| wrong("it does not decode to UTF-8"))
}

/// `name = value` pairs; values may be quoted, and a backslash takes the next character as it is.
fn pairs(text: &str) -> Result<Parameters, DbError> {
    let mut found = Parameters::new();
    let mut rest = text.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        if rest.peek().is_none() {
            return Ok(found);
        }
        let mut name = String::new();
        while let Some(c) = rest.next_if(|c| *c != '=' && !c.is_whitespace()) {
            name.push(c);
        }
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        // Without its `=` the word is not quoted: a password with a space in it would land here.
        rest.next_if_eq(&'=').ok_or_else(|| wrong("a word has no `=` after it; quote a value that has spaces"))?;
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let quoted = rest.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        loop {
            match rest.next_if(|c| quoted || !c.is_whitespace()) {
                Some('\\') => value.extend(rest.next()),
                Some('\'') if quoted => break,
                Some(c) => value.push(c),
                None if quoted => return Err(wrong("a quoted value has no end")),
                None => break,
            }
        }
        check_name_after(&found, &name)?;
        found.insert(name, value);
    }
}
