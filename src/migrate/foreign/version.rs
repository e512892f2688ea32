//! Versions as tools write them, so that those of a table and those of files can be held against each other.

/// How many digits the time at the head of a migration's name has.
pub(super) const DIGITS: usize = 14;

/// A version without what does not count: dashes, zeros in front, parts at the end that are zero.
pub(super) fn plain(version: &str) -> String {
    let version = version.replace('-', "");
    let mut parts: Vec<&str> = version.split(['.', '_']).map(|part| part.trim_start_matches('0')).collect();
    while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts.join(".")
}

/// The same as numbers; none where it is not made of any.
pub(super) fn numbers(version: &str) -> Option<Vec<u128>> {
    plain(version).split('.').map(|part| if part.is_empty() { Some(0) } else { part.parse().ok() }).collect()
}

/// Fourteen digits for a version that is one number, and what is left of it; none for any other.
pub(super) fn digits(version: &str) -> Option<(String, String)> {
    let digits = version.replace('-', "");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (head, rest) = digits.split_at(digits.len().min(DIGITS));
    Some((format!("{head:0>DIGITS$}"), rest.to_owned()))
}

/// What stands in the name of a file: its version, where it has one, and the rest.
pub(super) fn parts(stem: &str) -> (Option<String>, String) {
    if let Some((head, name)) = stem.split_once("__") {
        let (prefix, version) = head.split_at(head.len().min(1));
        if ["V", "U", "B"].contains(&prefix) && numbers(version).is_some() && !version.is_empty() {
            return (Some(version.replace('_', ".")), name.to_owned());
        }
        if head == "R" {
            return (None, format!("R_{name}"));
        }
    }
    let (head, name) = stem.split_once('_').unwrap_or((stem, ""));
    match digits(head) {
        Some(_) => (Some(head.to_owned()), name.to_owned()),
        None => (None, stem.to_owned()),
    }
}

/// A name that is fit for a folder.
pub(super) fn slug(name: &str) -> String {
    let fit = |c: char| if c.is_alphanumeric() || ['-', '.'].contains(&c) { c } else { '_' };
    let name: String = name.chars().map(fit).collect();
    name.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_the_same_however_they_are_written() {
        assert_eq!(plain("0001"), "1");
        assert_eq!(plain("2024-01-31-120000"), "20240131120000");
        assert_eq!([plain("1.0"), plain("1"), plain("01_0_0")], ["1", "1", "1"]);
        assert_ne!(plain("1.10"), plain("1.1"));
        assert_eq!(numbers("1.0.10"), Some(vec![1, 0, 10]));
        assert_eq!(numbers("ae1027"), None);
        assert!(numbers("1.9") < numbers("1.10"));
    }

    #[test]
    fn a_number_becomes_fourteen_digits() {
        let said = |version: &str| digits(version).map(|(head, rest)| format!("{head} {rest}"));
        assert_eq!(said("7").as_deref(), Some("00000000000007 "));
        assert_eq!(said("2024-01-31-120000").as_deref(), Some("20240131120000 "));
        assert_eq!(said("20240131120000123").as_deref(), Some("20240131120000 123"));
        assert_eq!(said("1.1"), None);
        assert_eq!(said(""), None);
    }

    #[test]
    fn names_of_files_are_taken_apart() {
        let said = |stem: &str| {
            let (version, name) = parts(stem);
            format!("{} {name}", version.unwrap_or_default())
        };
        assert_eq!(said("V1_1__two_words"), "1.1 two_words");
        assert_eq!(said("R__views"), " R_views");
        assert_eq!(said("0001_first"), "0001 first");
        assert_eq!(said("2024-01-31-120000_first"), "2024-01-31-120000 first");
        assert_eq!(said("create_views"), " create_views");
        assert_eq!(said("42"), "42 ");
    }

    #[test]
    fn names_are_made_fit_for_folders() {
        assert_eq!(slug("<< Flyway Baseline >>"), "Flyway_Baseline");
        assert_eq!(slug("../a b\u{1b}[0m.x"), ".._a_b_0m.x");
        assert_eq!(slug("größe"), "größe");
    }
}
