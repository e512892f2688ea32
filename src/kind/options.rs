//! Storage parameters as the catalog keeps them: `name=value` strings.

use crate::base::name::{Ident, literal};

fn parsed(options: &[String]) -> Vec<(&str, &str)> {
    options.iter().map(|option| option.split_once('=').unwrap_or((option, ""))).collect()
}

/// `fillfactor = 70, toast.autovacuum_enabled = false`, each value quoted where it is no plain word or number.
pub fn list(options: &[String]) -> String {
    parsed(options).iter().map(|(name, value)| setting(name, value)).collect::<Vec<_>>().join(", ")
}

/// `SET (...)` and `RESET (...)` clauses that lead from one list to the other, to its order too: the catalog keeps
/// the order in which options were set, and `pg_dump` shows it.
pub fn changes(from: &[String], to: &[String]) -> Vec<String> {
    if from == to {
        return Vec::new();
    }
    let (old, new) = (parsed(from), parsed(to));
    // SET keeps what it does not name and appends what it does (`transformRelOptions` in `reloptions.c`).
    let kept: Vec<_> = old.iter().copied().filter(|option| new.contains(option)).collect();
    let in_order = new.starts_with(&kept);
    let set: Vec<String> = new[if in_order { kept.len() } else { 0 }..].iter().map(|(n, v)| setting(n, v)).collect();
    let gone = |(name, _): &&(&str, &str)| !in_order || !new.iter().any(|(other, _)| other == name);
    let reset: Vec<String> = old.iter().filter(gone).map(|(name, _)| spelled(name)).collect();
    let mut clauses = Vec::new();
    if !reset.is_empty() {
        clauses.push(format!("RESET ({})", reset.join(", ")));
    }
    if !set.is_empty() {
        clauses.push(format!("SET ({})", set.join(", ")));
    }
    clauses
}

fn spelled(name: &str) -> String {
    name.split('.').map(|part| Ident::new(part).to_string()).collect::<Vec<_>>().join(".")
}

fn setting(name: &str, value: &str) -> String {
    let plain =
        !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.' || c == '-');
    let number_or_word = plain && Ident::new(value).to_string() == value || value.parse::<f64>().is_ok();
    let value = if number_or_word || matches!(value, "true" | "false" | "on" | "off") {
        value.to_owned()
    } else {
        literal(value)
    };
    format!("{} = {value}", spelled(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_what_differs_and_resets_what_is_gone() {
        let from = ["fillfactor=70".to_owned(), "toast.autovacuum_enabled=false".to_owned()];
        let to = ["fillfactor=80".to_owned()];
        assert_eq!(changes(&from, &to), ["RESET (toast.autovacuum_enabled)", "SET (fillfactor = 80)"]);
        assert!(changes(&to, &to).is_empty());
    }

    #[test]
    fn quotes_values_that_are_no_word() {
        assert_eq!(list(&["a=x y".to_owned(), "b=-1".to_owned()]), "a = 'x y', b = -1");
    }
}
