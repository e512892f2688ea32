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

/// A conversion of the values of a column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conversion {
    /// What to write behind USING, without the cast itself; none where nothing has to be.
    pub using: Option<String>,
    /// What it does with values that do not fit, for a person.
    pub fails: String,
}

/// How the value, an expression of one type, becomes one of the other type.
pub fn conversion(at: &Site, value: &str, from: &str, to: &str) -> Conversion {
    let fails = |fails: &str| fails.to_owned();
    let plain = |name: &str| base(at.here, name);
    match (from.strip_suffix("[]"), to.strip_suffix("[]")) {
        // The text of a single value is that of no array: `5` is not `{5}`.
        (None, Some(_)) if !is_text_of_any(&plain(from)) => Conversion {
            using: Some(format!("CASE WHEN {value} IS NOT NULL THEN ARRAY[{value}] END")),
            fails: fails("each value becomes an array of one element, and it fails where one does not convert"),
        },
        (None, Some(_)) => Conversion {
            using: Some(by_way(way_of(at, from, to), value, "").unwrap_or_else(|| value.to_owned())),
            fails: fails("it fails where a value is not written like an array, as in {a,b}"),
        },
        (Some(_), None) if matches!(to, "json" | "jsonb") => Conversion {
            using: Some(format!("pg_catalog.to_{to}({value})")),
            fails: fails("each array becomes a JSON array"),
        },
        (Some(element), None) if !is_string(&plain(to)) => {
            let first = format!("{value}[1]");
            Conversion {
                using: Some(by_way(way_of(at, element, to), &first, "").unwrap_or(first)),
                fails: fails("of each array only the first element is kept, and it fails where that does not convert"),
            }
        }
        (from_element, to_element) => {
            let way = way_of(at, from, to);
            let array = if from_element.is_some() && to_element.is_some() { "[]" } else { "" };
            let read = is_string(&plain(from_element.unwrap_or(from)));
            Conversion { using: by_way(way, value, array), fails: what_fails(way, read, from, to) }
        }
    }
}

fn way_of(at: &Site, from: &str, to: &str) -> Way {
    way(at.here, from, to).min(way(at.there, from, to))
}

fn by_way(way: Way, value: &str, array: &str) -> Option<String> {
    match way {
        Way::Text => Some(format!("{value}::text{array}")),
        Way::Cast => Some(value.to_owned()),
        Way::Assignment => None,
    }
}

fn what_fails(way: Way, reads_text: bool, from: &str, to: &str) -> String {
    match way {
        Way::Text => format!("no cast leads from {from} to {to}, so it fails where the text of a value is no {to}"),
        Way::Cast if reads_text => format!("it fails where a text is no {to}"),
        Way::Cast | Way::Assignment => "it fails where a value does not convert".to_owned(),
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

/// Whether the text of such a value can be that of an array, or holds one in a way of its own.
fn is_text_of_any(name: &str) -> bool {
    is_string(name) || matches!(name, "json" | "jsonb") || name.ends_with("citext")
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
        conversion(&at, "a", from, to).using.unwrap_or_default()
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
        assert_eq!(written("text", "text[]"), "a");
        assert_eq!(written("jsonb", "text[]"), "a::text");
        assert_eq!(written("integer", "bigint[]"), "CASE WHEN a IS NOT NULL THEN ARRAY[a] END");
        assert_eq!(written("integer[]", "bigint"), "a[1]");
        assert_eq!(written("public.mood[]", "bigint"), "a[1]::text");
        assert_eq!(written("integer[]", "text"), "");
        assert_eq!(written("integer[]", "jsonb"), "pg_catalog.to_jsonb(a)");
    }
}
