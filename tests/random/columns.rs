//! Types, and what a column of each may be filled with.

use super::model::{Column, Domain, Model};

/// A type that always is there.
pub(super) fn plain(number: u8) -> &'static str {
    ["integer", "text", "numeric(8,2)", "timestamp with time zone"][usize::from(number % 4)]
}

/// The base type of a domain, and its check.
pub(super) fn domain(domain: &Domain) -> (&'static str, String) {
    let (base, value) =
        [("integer", "VALUE"), ("text", "length(VALUE)"), ("numeric(8,2)", "VALUE")][usize::from(domain.base % 3)];
    let check = domain.check.map(|least| format!(" CHECK ({value} <> {least})")).unwrap_or_default();
    (base, check)
}

/// The type of a column, as a definition spells it.
pub(super) fn data_type(model: &Model, number: u8) -> String {
    let n = number / 16 % 4;
    let own = |there: bool, letter: char| if there { format!("{letter}{n}") } else { "text".to_owned() };
    match number % 16 {
        0..=3 => plain(number).to_owned(),
        4 => "bigint".to_owned(),
        5 => "boolean".to_owned(),
        6 => "jsonb".to_owned(),
        7 => "integer[]".to_owned(),
        8 => format!("character varying({})", 20 + n),
        9 | 10 => own(model.enums.contains_key(&n), 'e'),
        11 => own(model.enums.contains_key(&n), 'e') + "[]",
        12 | 13 => own(model.domains.contains_key(&n), 'd'),
        14 => own(model.composites.contains_key(&n), 'c'),
        _ => "text COLLATE \"C\"".to_owned(),
    }
}

/// Whether a btree index can be on it whatever it turns out to be.
pub(super) fn sorts(number: u8) -> bool {
    !matches!(number % 16, 6)
}

/// What follows the type: a default, an identity or an expression, and NOT NULL.
pub(super) fn fill(model: &Model, column: &Column, with_id: bool) -> String {
    let n = column.fill / 8 % 4;
    let not_null = if column.not_null { " NOT NULL" } else { "" };
    let number = matches!(column.data_type % 16, 0 | 4);
    let fill = match column.fill % 8 {
        1 if number => return format!(" GENERATED {} AS IDENTITY", ["ALWAYS", "BY DEFAULT"][usize::from(n % 2)]),
        2 if number && with_id => format!(" GENERATED ALWAYS AS (id + {n}) STORED"),
        3 | 4 if number && model.functions.contains_key(&n) => format!(" DEFAULT f{n}({n})"),
        5 if number && model.sequences.contains_key(&n) => format!(" DEFAULT nextval('public.s{n}')"),
        0..=5 => constant(model, column.data_type, n),
        _ => String::new(),
    };
    fill + not_null
}

fn constant(model: &Model, number: u8, n: u8) -> String {
    let text = format!(" DEFAULT 'd{n}'");
    match number % 16 {
        0 | 2 | 4 => format!(" DEFAULT {n}"),
        1 | 8 | 15 => text,
        3 => " DEFAULT now()".to_owned(),
        5 => " DEFAULT true".to_owned(),
        6 | 7 => " DEFAULT '{}'".to_owned(),
        9 | 10 => match model.enums.get(&(number / 16 % 4)).and_then(|labels| labels.first()) {
            Some(label) => format!(" DEFAULT 'l{label}'"),
            None => text,
        },
        _ => String::new(),
    }
}
