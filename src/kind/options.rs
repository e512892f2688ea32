//! Storage parameters as the catalog keeps them: `name=value` strings.

use std::collections::BTreeMap;

use crate::base::name::{Ident, literal};

fn parsed(options: &[String]) -> BTreeMap<&str, &str> {
    options.iter().map(|option| option.split_once('=').unwrap_or((option, ""))).collect()
}

/// `fillfactor = 70, toast.autovacuum_enabled = false`, each value quoted where it is no plain word or number.
pub fn list(options: &[String]) -> String {
    parsed(options).iter().map(|(name, value)| setting(name, value)).collect::<Vec<_>>().join(", ")
}

/// `SET (...)` and `RESET (...)` clauses that lead from one list to the other.
pub fn changes(from: &[String], to: &[String]) -> Vec<String> {
    let (from, to) = (parsed(from), parsed(to));
    let set: Vec<String> =
        to.iter().filter(|(name, value)| from.get(*name) != Some(value)).map(|(n, v)| setting(n, v)).collect();
    let reset: Vec<String> = from.keys().filter(|name| !to.contains_key(*name)).map(|name| spelled(name)).collect();
    let mut clauses = Vec::new();
    if !set.is_empty() {
        clauses.push(format!("SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        clauses.push(format!("RESET ({})", reset.join(", ")));
    }
    clauses
}

/// Whether two lists say the same, whatever their order.
pub fn same(from: &[String], to: &[String]) -> bool {
    parsed(from) == parsed(to)
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
        assert_eq!(changes(&from, &to), ["SET (fillfactor = 80)", "RESET (toast.autovacuum_enabled)"]);
        assert!(changes(&to, &to).is_empty());
    }

    #[test]
    fn quotes_values_that_are_no_word() {
        assert_eq!(list(&["a=x y".to_owned(), "b=-1".to_owned()]), "a = 'x y', b = -1");
    }
}
