//! What foreign-data wrappers, servers, user mappings, foreign tables and their columns are told: `OPTIONS (name 'value')`.
//!
//! An option whose name says that it holds a secret (a password, a token, a key) is never read: neither plan, snapshot
//! nor report can then show it. A new object is created without it, and whoever has the secret sets it; that it exists
//! is counted with what is not managed, and dropping the object says that it is lost.

use std::collections::BTreeMap;

use crate::base::name::{Ident, literal};
use crate::kind::carried::Carried;

/// Options by name; their order means nothing.
pub type ForeignOptions = BTreeMap<Ident, String>;

/// The names of options that were not read.
pub type Secrets = Carried<Vec<Ident>>;

/// ` OPTIONS (a 'x', b 'y')`, or nothing.
pub fn clause(options: &ForeignOptions) -> String {
    if options.is_empty() {
        return String::new();
    }
    let list: Vec<String> = options.iter().map(|(name, value)| format!("{name} {}", literal(value))).collect();
    format!(" OPTIONS ({})", list.join(", "))
}

/// `OPTIONS (DROP a, SET b 'y', ADD c 'z')`, where they differ.
pub fn change(from: &ForeignOptions, to: &ForeignOptions) -> Option<String> {
    let mut items: Vec<String> =
        from.keys().filter(|name| !to.contains_key(*name)).map(|name| format!("DROP {name}")).collect();
    for (name, value) in to {
        match from.get(name) {
            Some(before) if before == value => {}
            Some(_) => items.push(format!("SET {name} {}", literal(value))),
            None => items.push(format!("ADD {name} {}", literal(value))),
        }
    }
    (!items.is_empty()).then(|| format!("OPTIONS ({})", items.join(", ")))
}

/// What is gone with an object that has secret options.
pub fn loss(secrets: &Secrets, of: &str) -> Option<String> {
    let names: Vec<String> = secrets.0.iter().map(Ident::to_string).collect();
    (!names.is_empty()).then(|| format!("the secret options of {of} ({}), which are not read", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(pairs: &[(&str, &str)]) -> ForeignOptions {
        pairs.iter().map(|(name, value)| (Ident::new(*name), (*value).to_owned())).collect()
    }

    #[test]
    fn every_difference_has_its_verb() {
        let from = options(&[("gone", "1"), ("same", "2"), ("other", "3")]);
        let to = options(&[("same", "2"), ("other", "it's"), ("new", "5")]);
        assert_eq!(change(&from, &to).as_deref(), Some("OPTIONS (DROP gone, ADD new '5', SET other 'it''s')"));
        assert_eq!(change(&from, &from), None);
        assert_eq!(clause(&options(&[("user", "x")])), " OPTIONS (\"user\" 'x')");
    }
}
