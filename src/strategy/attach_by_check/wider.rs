//! Whether new bounds of a partition take all rows that its old ones took.
//!
//! Bounds are compared as `pg_get_expr` prints them. What cannot be told from the text (a bound of several columns, or of
//! a type whose texts do not sort as its values do) counts as another bound.

use std::cmp::Ordering;

use crate::sql::lex::Lexer;

/// Of two bounds of the same partition key.
pub(super) fn widens(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    if let (Some(old), Some(new)) = (listed(old, "IN"), listed(new, "IN")) {
        return old.iter().all(|value| new.contains(value));
    }
    let ends = |bound: &str| Some((listed(bound, "FROM")?, listed(bound, "TO")?));
    let (Some((old_from, old_to)), Some((new_from, new_to))) = (ends(old), ends(new)) else { return false };
    let least = |end: &[String]| end.first().is_some_and(|value| value == "MINVALUE");
    let most = |end: &[String]| end.first().is_some_and(|value| value == "MAXVALUE");
    let below = least(&new_from) || at_most(&new_from, &old_from);
    let above = most(&new_to) || at_most(&old_to, &new_to);
    below && above
}

/// The values in the parentheses behind this word.
fn listed(bound: &str, word: &str) -> Option<Vec<String>> {
    let mut tokens = Lexer::new(bound);
    tokens.find(|token| token.is_word(bound, word))?;
    let open = tokens.next().filter(|token| token.is_symbol(bound, b'('))?;
    let (mut values, mut depth, mut from) = (Vec::new(), 0, open.at.end);
    for token in tokens {
        let (opens, closes) = (token.is_symbol(bound, b'('), token.is_symbol(bound, b')'));
        if depth == 0 && (closes || token.is_symbol(bound, b',')) {
            values.push(bound[from..token.at.start].trim().to_owned());
            from = token.at.end;
        }
        match (opens, closes) {
            (_, true) if depth == 0 => return Some(values),
            (true, _) => depth += 1,
            (_, true) => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether one end is not behind the other, as far as their texts tell.
fn at_most(one: &[String], other: &[String]) -> bool {
    match (one, other) {
        _ if one == other => true,
        ([one], [other]) => order(one, other).is_some_and(Ordering::is_le),
        _ => false,
    }
}

/// The order of two whole numbers or two ISO dates, perhaps with a time.
fn order(one: &str, other: &str) -> Option<Ordering> {
    let plain = |text: &str| text.trim_matches('\'').to_owned();
    let (one, other) = (plain(one), plain(other));
    if let (Ok(one), Ok(other)) = (one.parse::<i64>(), other.parse::<i64>()) {
        return Some(one.cmp(&other));
    }
    // Of one form and zone, so that the digits stand in the same places and say the same.
    let form = |text: &str| -> String { text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect() };
    let dated = form(&one).starts_with("0000-00-00") && form(&one) == form(&other) && zone(&one) == zone(&other);
    dated.then(|| one.cmp(&other))
}

/// What stands behind the time, if anything does.
fn zone(text: &str) -> Option<&str> {
    let time = text.get("0000-00-00".len()..)?;
    time.rfind(['+', '-']).map(|at| &time[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_more_is_told_from_what_takes_other_rows() {
        let cases = [
            ("FOR VALUES IN ('a', 'b')", "FOR VALUES IN ('b', 'c', 'a')", true),
            ("FOR VALUES IN ('a', 'b')", "FOR VALUES IN ('a', 'c')", false),
            ("FOR VALUES IN ('a,b')", "FOR VALUES IN ('a', 'b')", false),
            ("FOR VALUES FROM (1) TO (10)", "FOR VALUES FROM ('1') TO ('100')", true),
            ("FOR VALUES FROM (1) TO (10)", "FOR VALUES FROM (0) TO (9)", false),
            ("FOR VALUES FROM (9) TO (10)", "FOR VALUES FROM (9) TO (100)", true),
            ("FOR VALUES FROM (1, 2) TO (10, 2)", "FOR VALUES FROM (1, 2) TO (MAXVALUE, MAXVALUE)", true),
            ("FOR VALUES FROM (1, 2) TO (10, 2)", "FOR VALUES FROM (1, 2) TO (11, 2)", false),
            ("FOR VALUES FROM (1) TO (10)", "FOR VALUES FROM (MINVALUE) TO (10)", true),
            (
                "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')",
                "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                true,
            ),
            (
                "FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')",
                "FOR VALUES FROM ('2024-01-02') TO ('2025-01-01')",
                false,
            ),
            (
                "FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-02-01 00:00:00+00')",
                "FOR VALUES FROM ('2024-01-01 00:00:00+00') TO ('2024-03-01 00:00:00+02')",
                false,
            ),
            ("FOR VALUES FROM ('abc') TO ('b')", "FOR VALUES FROM ('abc') TO ('c')", false),
            ("FOR VALUES WITH (modulus 2, remainder 0)", "FOR VALUES WITH (modulus 4, remainder 0)", false),
            ("DEFAULT", "FOR VALUES IN ('a')", false),
        ];
        for (old, new, wider) in cases {
            assert_eq!(widens(old, new), wider, "{old} {new}");
        }
    }
}
