//! SQL as a report may show it: reports are kept, and read by more people than the files.

pub(super) mod spans;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::lint::Finding;
use crate::lint::rule::secret_in_sql::{RULE, may_find};
use crate::lint::script::{Context, Script};
use crate::report::secret::spans::{pieces, spans};
use crate::sql::file::SqlFile;
use crate::sql::split::split;

/// The SQL with stars in the place of every password and key.
pub fn masked(sql: &str) -> String {
    starred(sql, found(sql))
}

/// What of the passwords and keys in the SQL a message may quote, the longest first.
pub fn secrets(sql: &str) -> Vec<String> {
    let mut secrets: Vec<String> = found(sql).into_iter().filter_map(|at| sql.get(at)).flat_map(pieces).collect();
    secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    secrets.dedup();
    secrets
}

/// Takes out of what findings say what they quote of secrets in their files, as the server's messages do.
pub fn scrub(findings: &mut [Finding]) {
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in findings {
        let Some(at) = &finding.at else { continue };
        let hidden = known.entry(at.file.path.clone()).or_insert_with(|| secrets(&at.file.text));
        if !hidden.is_empty() {
            finding.message = without(&finding.message, hidden);
            finding.help = finding.help.take().map(|help| without(&help, hidden));
        }
    }
}

/// What `secrets` is, of a text that is no SQL, as a configuration: passwords in the connection strings in it.
pub fn passwords(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("://") {
        let rest = &text[at + mark.len()..];
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '\'' | '"')).unwrap_or(rest.len());
        let login = rest[..end].rsplit_once('@').and_then(|(login, _)| login.split_once(':'));
        found.extend(login.map(|(_, password)| password.to_owned()));
    }
    for (at, name) in text.to_ascii_lowercase().match_indices("password") {
        let Some(rest) = text.get(at + name.len()..) else { continue };
        let rest = rest.trim_start().strip_prefix(['=', ':']).map(str::trim_start);
        let value = rest.and_then(|rest| rest.trim_start_matches(['\'', '"']).split(value_ends).next());
        found.extend(value.map(str::to_owned));
    }
    found.retain(|secret| !secret.is_empty());
    found.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    found
}

fn value_ends(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\'' | '"' | '&' | ',' | '}')
}

/// A text with stars in the place of these, where each stands as a word of its own.
pub fn without(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let spans: Vec<Range<usize>> =
            text.match_indices(secret.as_str()).map(|(at, found)| at..at + found.len()).collect();
        let alone = |span: &Range<usize>| {
            let before = text[..span.start].chars().next_back();
            let after = text[span.end..].chars().next();
            ![before, after].into_iter().flatten().any(|c| c.is_alphanumeric() || c == '_')
        };
        text = starred(&text, spans.iter().filter(|span| alone(span)).cloned().collect());
    }
    text
}

/// The bytes of what is secret: as Postgres reads the statements, and as words stand where it does not.
fn found(sql: &str) -> Vec<Range<usize>> {
    // Most files hold none, and were parsed once already.
    if !may_find(sql) {
        return Vec::new();
    }
    let statements = split(&Arc::new(SqlFile::new("", sql)));
    let script = Script::of_file(&statements, &[], Context::default());
    let found = RULE.script.map(|check| check(&script)).unwrap_or_default();
    found.into_iter().filter_map(|finding| Some(finding.at?.bytes)).chain(spans(sql)).collect()
}

fn starred(text: &str, spans: Vec<Range<usize>>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for span in spans {
        for byte in bytes.get_mut(span).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b'*';
        }
    }
    // A secret begins and ends between characters, and so do the stars.
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let sql = "CREATE TABLE ü (a text);\nCREATE ROLE r LOGIN PASSWORD 'correct horse';\nSELECT 1;\n";
        let masked = masked(sql);
        assert!(!masked.contains("correct") && masked.contains("CREATE TABLE ü (a text);"), "{masked}");
        assert!(masked.ends_with("SELECT 1;\n"), "{masked}");
    }

    #[test]
    fn what_quotes_a_password_is_shown_without_it() {
        let secrets = secrets("CREATE ROLE r PASSWORD 'it-is' NONSENSE;\nALTER ROLE r PASSWORD hush-1;");
        assert_eq!(
            without("at or near \"hush\", \"it-is\" of it, it-isnt", &secrets),
            "at or near \"****\", \"*****\" of it, it-isnt"
        );
        let text = "a: {url: 'postgresql://me:one@h/d'}\nb: {url: 'host=h password=two'}\npassword: three\n";
        let masked = without(text, &passwords(text));
        assert!(!["one", "two", "three"].iter().any(|one| masked.contains(one)), "{masked}");
        assert_eq!(masked.len(), text.len());
    }
}
