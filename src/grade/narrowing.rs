//! Whether one type holds every value of another, so that casting there and back changes none.
//!
//! The list is conservative: what is not on it counts as narrowing. A wrong "narrows" asks a question too many; a wrong
//! "holds" would lose data in silence.

use std::collections::BTreeSet;

use crate::kind::facts::Facts;

/// What must be known of a state's own types.
pub struct Types {
    /// Enums by the name that columns call them.
    enums: BTreeSet<String>,
}

/// A type as `format_type` prints it, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Named<'a> {
    base: String,
    /// Length, or precision and scale.
    modifiers: Vec<i32>,
    text: &'a str,
}

/// Digits before the point that hold every value of an integer type.
const INTEGERS: [(&str, i32); 3] = [("smallint", 5), ("integer", 10), ("bigint", 19)];

impl Types {
    pub fn of(facts: &Facts) -> Self {
        let enums = facts.keys().filter(|key| key.label() == "enum");
        Self { enums: enums.map(|key| key.sql()).collect() }
    }

    /// With enums by the names that columns call them.
    pub fn with_enums(enums: impl IntoIterator<Item = String>) -> Self {
        Self { enums: enums.into_iter().collect() }
    }

    /// Whether no value changes on the way from one type to the other and back.
    pub fn holds_all(&self, from: &str, to: &str) -> bool {
        match (from.strip_suffix("[]"), to.strip_suffix("[]")) {
            (Some(from), Some(to)) => self.holds_all(from, to),
            (None, None) => self.holds(&Named::of(from), &Named::of(to)),
            // An array has a text form that gives all of it back.
            (Some(_), None) => is_text(&Named::of(to)),
            (None, Some(_)) => false,
        }
    }

    fn holds(&self, from: &Named, to: &Named) -> bool {
        if from.text == to.text || (from.base == to.base && wider(from, to)) {
            return true;
        }
        if is_text(to) && from.base != "character" {
            return true;
        }
        if self.enums.contains(&to.base) || self.enums.contains(&from.base) {
            // A text that is no label stops the change; it does not get lost.
            return is_text(from) || from.base == "character varying";
        }
        match (from.base.as_str(), to.base.as_str()) {
            ("character varying", "character varying") => false,
            ("character", "character varying" | "text") => to.length().is_none_or(|to| from.length() <= Some(to)),
            ("boolean", "integer") | ("cidr", "inet") | ("jsonb", "json") => true,
            ("macaddr", "macaddr8") => true,
            ("date", "timestamp without time zone" | "timestamp with time zone") => true,
            ("timestamp without time zone", "timestamp with time zone") => precision(to) >= precision(from),
            ("time without time zone", "interval") => true,
            ("bit", "bit varying") => to.length().is_none_or(|to| from.length().unwrap_or(1) <= to),
            ("real", "double precision") | ("smallint", "real") => true,
            ("smallint" | "integer", "double precision") => true,
            (base, "numeric") if integer(base).is_some() => fits_numeric(integer(base).unwrap_or_default(), to),
            (base, other) => integer(base).zip(integer(other)).is_some_and(|(from, to)| from <= to),
        }
    }
}

impl<'a> Named<'a> {
    fn of(text: &'a str) -> Self {
        let parts = text.split_once('(').and_then(|(head, rest)| Some((head, rest.split_once(')')?)));
        match parts {
            Some((head, (inside, tail))) => {
                let modifiers = inside.split(',').filter_map(|number| number.trim().parse().ok()).collect();
                Self { base: format!("{head}{tail}"), modifiers, text }
            }
            None => Self { base: text.to_owned(), modifiers: Vec::new(), text },
        }
    }

    fn length(&self) -> Option<i32> {
        self.modifiers.first().copied()
    }
}

/// Whether the second of two types of one name has room for all that the first has.
fn wider(from: &Named, to: &Named) -> bool {
    match from.base.as_str() {
        "numeric" => match (from.modifiers.as_slice(), to.modifiers.as_slice()) {
            (_, []) => true,
            ([], _) => false,
            (from, to) => {
                let (scale, other) = (from.get(1).unwrap_or(&0), to.get(1).unwrap_or(&0));
                other >= scale && to[0] - other >= from[0] - scale
            }
        },
        "character varying" | "bit varying" => {
            to.length().is_none_or(|to| from.length().is_some_and(|from| from <= to))
        }
        "character" => from.length().unwrap_or(1) <= to.length().unwrap_or(1),
        "bit" => from.length().unwrap_or(1) == to.length().unwrap_or(1),
        base if base.starts_with("time") || base.starts_with("interval") => precision(to) >= precision(from),
        // A type of an extension: `public.geometry(Point,4326)` becoming `public.geometry`.
        _ => to.modifiers.is_empty() && !to.text.contains('('),
    }
}

/// Digits of the seconds' fraction.
fn precision(named: &Named) -> i32 {
    named.length().unwrap_or(6)
}

/// Whether it takes text of any length and keeps it as it is.
fn is_text(named: &Named) -> bool {
    let unbounded = named.base == "character varying" && named.modifiers.is_empty();
    named.base == "text" || unbounded || named.base.ends_with(".citext") || named.base == "citext"
}

fn integer(base: &str) -> Option<i32> {
    INTEGERS.iter().find(|(name, _)| *name == base).map(|(_, digits)| *digits)
}

fn fits_numeric(digits: i32, to: &Named) -> bool {
    match to.modifiers.as_slice() {
        [] => true,
        [precision, rest @ ..] => precision - rest.first().unwrap_or(&0) >= digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn knows_what_holds_every_value() {
        let types = Types::of(&Catalog::default().with_enum("mood", &["ok"]).facts);
        let holds = [
            ("integer", "bigint"),
            ("smallint", "numeric(5,0)"),
            ("bigint", "numeric"),
            ("numeric(8,2)", "numeric(10,3)"),
            ("character varying(20)", "character varying(40)"),
            ("character varying(20)", "text"),
            ("text", "character varying"),
            ("text", "public.citext"),
            ("uuid", "text"),
            ("text", "public.mood"),
            ("public.mood", "text"),
            ("public.mood[]", "text[]"),
            ("timestamp(3) without time zone", "timestamp without time zone"),
            ("date", "timestamp with time zone"),
            ("real", "double precision"),
            ("public.geometry(Point,4326)", "public.geometry"),
            ("bit(3)", "bit varying(3)"),
            ("character(3)", "character varying(3)"),
        ];
        for (from, to) in holds {
            assert!(types.holds_all(from, to), "{from} -> {to}");
        }
    }

    #[test]
    fn everything_else_narrows() {
        let types = Types::of(&Catalog::default().with_enum("mood", &["ok"]).facts);
        let narrows = [
            ("bigint", "integer"),
            ("bigint", "smallint"),
            ("integer", "numeric(10,2)"),
            ("bigint", "double precision"),
            ("numeric", "numeric(10,2)"),
            ("numeric(10,2)", "numeric(10,1)"),
            ("numeric(10,2)", "integer"),
            ("text", "character varying(20)"),
            ("character varying(40)", "character varying(20)"),
            ("character varying", "character varying(20)"),
            ("text", "integer"),
            ("integer", "boolean"),
            ("jsonb", "text[]"),
            ("json", "jsonb"),
            ("timestamp without time zone", "date"),
            ("timestamp with time zone", "timestamp without time zone"),
            ("timestamp without time zone", "timestamp(0) without time zone"),
            ("double precision", "real"),
            ("text[]", "character varying(3)[]"),
            ("integer", "public.mood"),
            ("character(5)", "character(3)"),
            ("public.geometry", "public.geometry(Point,4326)"),
        ];
        for (from, to) in narrows {
            assert!(!types.holds_all(from, to), "{from} -> {to}");
        }
    }
}
