//! Whether the environment variables are set that the configuration declares, and are hard enough to guess.

use std::collections::BTreeSet;

use crate::base::wording::counted;
use crate::operate::preflight::asked::{Asked, Variable};
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "variables",
    title: "the environment variables are set, and secrets are hard to guess",
    why: "A program that starts after the migration fails without them, and a secret that can be guessed is none.",
    mend: "Set it where the program is started; `openssl rand -base64 32` makes a secret.",
    stops: false,
    look: Look::Here(look),
};

/// A secret has at least so many characters, and so many different ones.
const SECRET_LENGTH: usize = 16;
const SECRET_VARIETY: usize = 8;

/// What stands in examples, and in too many real places.
const KNOWN: &[&str] =
    &["changeme", "change_me", "change-me", "example", "password", "passw0rd", "secret", "qwerty", "letmein", "123456"];

fn look(asked: &Asked) -> Seen {
    if asked.variables.is_empty() {
        return Seen::Fine("the configuration declares none".to_owned());
    }
    let findings = asked.variables.iter().filter_map(|variable| {
        let what = wrong(variable)?;
        Some(Finding::new(Level::Error, format!("`{}` {what}", variable.name)))
    });
    Seen::of(findings.collect(), counted(asked.variables.len(), "variable"))
}

/// Never with the value, nor a part of it.
fn wrong(variable: &Variable) -> Option<String> {
    let Some(value) = variable.value.as_deref().filter(|value| !value.is_empty()) else {
        return Some("is not set".to_owned());
    };
    let length = value.chars().count();
    let least = variable.min_length.max(if variable.secret { SECRET_LENGTH } else { 0 });
    if length < least {
        return Some(format!("has fewer than {least} characters"));
    }
    if !variable.secret {
        return None;
    }
    let different: BTreeSet<char> = value.chars().collect();
    if different.len() < SECRET_VARIETY {
        return Some(format!("has fewer than {SECRET_VARIETY} different characters"));
    }
    let lower = value.to_lowercase();
    KNOWN.iter().any(|known| lower.contains(known)).then(|| "holds a word that everybody tries first".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: Option<&str>, min_length: usize, secret: bool) -> Option<String> {
        let value = value.map(str::to_owned);
        wrong(&Variable { name: "KEY".to_owned(), value, min_length, secret })
    }

    #[test]
    fn a_secret_is_long_varied_and_not_a_known_word() {
        assert_eq!(said(None, 0, false).unwrap(), "is not set");
        assert_eq!(said(Some(""), 0, false).unwrap(), "is not set");
        assert_eq!(said(Some("x"), 0, false), None);
        assert_eq!(said(Some("short"), 6, false).unwrap(), "has fewer than 6 characters");
        assert_eq!(said(Some("kf93mvA8x"), 0, true).unwrap(), "has fewer than 16 characters");
        assert_eq!(said(Some("abababababababab"), 0, true).unwrap(), "has fewer than 8 different characters");
        assert_eq!(said(Some("ChangeMe-93mvA8xkQ"), 0, true).unwrap(), "holds a word that everybody tries first");
        assert_eq!(said(Some("kf93mvA8xLw0qPz7"), 0, true), None);
    }

    #[test]
    fn the_value_is_not_printed() {
        let variable = Variable { name: "KEY".to_owned(), value: Some("hunter2".to_owned()), min_length: 0, secret: true };
        assert!(!format!("{variable:?}").contains("hunter2"));
    }
}
