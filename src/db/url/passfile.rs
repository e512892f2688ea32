//! `.pgpass`: `host:port:database:user:password`, where `*` stands for anything and a backslash for the next character.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// What a password is looked up by.
pub(super) struct Login<'a> {
    pub(super) host: &'a str,
    pub(super) port: &'a str,
    pub(super) database: &'a str,
    pub(super) user: &'a str,
}

/// The outcome of a look into the file.
pub(super) enum Found {
    Password(String),
    Nothing,
    /// Others may read or write the file, so it is not used, as in libpq.
    TooOpen,
}

/// The password of the first line that fits.
pub(super) fn look_up(file: &Path, login: &Login<'_>) -> Found {
    let Ok(facts) = fs::metadata(file) else { return Found::Nothing };
    if !facts.is_file() {
        return Found::Nothing;
    }
    if facts.permissions().mode() & 0o077 != 0 {
        return Found::TooOpen;
    }
    let text = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    // A server in the default socket folder counts as `localhost`.
    let is_default = login.host.is_empty() || login.host == "/var/run/postgresql" || login.host == "/tmp";
    let host = if is_default { "localhost" } else { login.host };
    let wanted = [host, login.port, login.database, login.user];
    let password = text.lines().filter(|line| !line.starts_with('#')).find_map(|line| fits(line, &wanted));
    password.map_or(Found::Nothing, Found::Password)
}

/// The password of a line whose four fields fit.
fn fits(line: &str, wanted: &[&str; 4]) -> Option<String> {
    let mut rest = line;
    for want in wanted {
        let (field, after) = field(rest)?;
        // `*` is a wildcard only when it is not escaped.
        let is_any = rest.starts_with("*:");
        if !is_any && field != *want {
            return None;
        }
        rest = after;
    }
    Some(field(&format!("{rest}:"))?.0)
}

/// The text up to the next colon that no backslash hides, and what follows the colon.
fn field(text: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ':' => return Some((found, &text[at + 1..])),
            '\\' => found.extend(chars.next().map(|(_, escaped)| escaped)),
            c => found.push(c),
        }
    }
    None
}
