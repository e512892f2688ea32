//! How a value of one type becomes one of another: by a cast, or by way of its text form where there is none.

use crate::kind::facts::Facts;
use crate::kind::{Body, Site};

/// What to cast to the new type, given an expression of the old one.
pub fn castable(at: &Site, value: &str, from: &str, to: &str) -> String {
    if [at.here, at.there].iter().all(|facts| has_cast(facts, from, to)) {
        return value.to_owned();
    }
    let array = if from.ends_with("[]") && to.ends_with("[]") { "[]" } else { "" };
    format!("{value}::text{array}")
}

/// Whether `from::to` is understood, as far as the facts tell (`find_coercion_pathway` in `parse_coerce.c`).
fn has_cast(facts: &Facts, from: &str, to: &str) -> bool {
    let (from, to) = (base(facts, from), base(facts, to));
    if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        return has_cast(facts, from, to);
    }
    from == to || is_string(&from) || is_string(&to) || facts.has_cast(&from, &to)
}

/// The type without length or precision, and without the domains around it.
fn base(facts: &Facts, name: &str) -> String {
    let plain = match name.split_once('(').and_then(|(head, rest)| Some((head, rest.split_once(')')?.1))) {
        Some((head, tail)) => format!("{head}{tail}"),
        None => name.to_owned(),
    };
    let domain = facts.iter().find_map(|(key, body)| match body {
        Body::Domain(domain) if key.sql() == plain => Some(domain.base_type.clone()),
        _ => None,
    });
    domain.map_or(plain, |inner| base(facts, &inner))
}

/// Types of the string category are cast from and to everything by its text form.
fn is_string(name: &str) -> bool {
    matches!(name, "text" | "character varying" | "character" | "name" | "\"char\"")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::sample::table;
    use crate::kind::Key;

    fn written(from: &str, to: &str) -> String {
        let casts = [("integer", "bigint"), ("timestamp without time zone", "date")];
        let casts = casts.map(|(from, to)| (from.to_owned(), to.to_owned()));
        let facts = Catalog::default().with_enum("mood", &["ok"]).facts.with_casts(BTreeSet::from(casts));
        let (key, nothing): (Key, BTreeSet<Key>) = (table("t"), BTreeSet::new());
        let at = Site { key: &key, here: &facts, there: &facts, absorbed: &nothing };
        castable(&at, "a", from, to)
    }

    #[test]
    fn a_value_takes_the_way_that_there_is() {
        assert_eq!(written("integer", "bigint"), "a");
        assert_eq!(written("integer[]", "bigint[]"), "a");
        assert_eq!(written("numeric(10,2)", "numeric(20,2)"), "a");
        assert_eq!(written("timestamp(3) without time zone", "date"), "a");
        assert_eq!(written("public.mood", "character varying(10)"), "a");
        assert_eq!(written("bigint", "public.mood"), "a::text");
        assert_eq!(written("public.mood[]", "bigint[]"), "a::text[]");
        assert_eq!(written("date", "integer"), "a::text");
    }
}
