//! How a value of one type becomes one of another: by assignment, by a cast, or by way of its text form.

use crate::kind::facts::Facts;
use crate::kind::{Body, Site};

/// What ALTER COLUMN TYPE needs for a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Way {
    /// By way of the text form: there is no cast.
    Text,
    /// By a cast that has to be written. It cuts what is too long, in silence.
    Cast,
    /// By itself, as in an INSERT: what is too long is an error.
    Assignment,
}

/// What to write behind USING, without the cast itself; none where nothing has to be.
pub fn using(at: &Site, value: &str, from: &str, to: &str) -> Option<String> {
    let way = way(at.here, from, to).min(way(at.there, from, to));
    let array = if from.ends_with("[]") && to.ends_with("[]") { "[]" } else { "" };
    match way {
        Way::Text => Some(format!("{value}::text{array}")),
        Way::Cast => Some(value.to_owned()),
        Way::Assignment => None,
    }
}

/// As far as the facts tell (`find_coercion_pathway` in `parse_coerce.c`).
fn way(facts: &Facts, from: &str, to: &str) -> Way {
    let (from, to) = (base(facts, from), base(facts, to));
    if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        return way(facts, from, to);
    }
    if from == to || is_string(&to) || facts.assigns(&from, &to) {
        Way::Assignment
    } else if is_string(&from) || facts.has_cast(&from, &to) {
        Way::Cast
    } else {
        Way::Text
    }
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

/// Types of the string category: everything is assigned to them by its text form, and cast from them.
fn is_string(name: &str) -> bool {
    matches!(name, "text" | "character varying" | "character" | "name" | "\"char\"")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kind::Key;
    use crate::kind::key::Scoped;

    fn written(from: &str, to: &str) -> String {
        let casts =
            [("integer", "bigint", true), ("timestamp without time zone", "date", true), ("boolean", "integer", false)];
        let casts = casts.map(|(from, to, assigns)| (from.to_owned(), to.to_owned(), assigns));
        let facts = Facts::default().with_casts(BTreeSet::from(casts));
        let (key, nothing): (Key, BTreeSet<Key>) = (Key::Table(Scoped::new("public", "t")), BTreeSet::new());
        let at = Site { key: &key, here: &facts, there: &facts, absorbed: &nothing };
        using(&at, "a", from, to).unwrap_or_default()
    }

    #[test]
    fn a_value_takes_the_way_that_there_is() {
        assert_eq!(written("integer", "bigint"), "");
        assert_eq!(written("integer[]", "bigint[]"), "");
        assert_eq!(written("numeric(10,2)", "numeric(20,2)"), "");
        assert_eq!(written("character varying(20)", "character varying(5)"), "", "else it would be cut");
        assert_eq!(written("timestamp(3) without time zone", "date"), "");
        assert_eq!(written("public.mood", "character varying(10)"), "");
        assert_eq!(written("boolean", "integer"), "a");
        assert_eq!(written("text", "integer"), "a");
        assert_eq!(written("bigint", "public.mood"), "a::text");
        assert_eq!(written("public.mood[]", "bigint[]"), "a::text[]");
        assert_eq!(written("date", "integer"), "a::text");
    }
}
