//! CREATE SUBSCRIPTION without the connection to its publisher.
//!
//! A schema file says what is wanted in the end, and the scratch database must not reach out for another server, so
//! `connect = false` is put in place of the parameters that say what to do there now. Left out instead, the statement
//! would make the plan drop the subscription that it declares.

use std::ops::Range;

use crate::sql::words::Words;

/// What cannot be said together with `connect = false`, or says it already.
const AT_ONCE: [&str; 5] = ["connect", "enabled", "create_slot", "copy_data", "refresh"];

/// The statement with `connect = false` and all of its parameters that last.
pub(super) fn unconnected(text: &str) -> String {
    let words: Vec<(&str, Range<usize>)> = Words::of(text).collect();
    let with = words.windows(2).rposition(|w| w[0].0.eq_ignore_ascii_case("WITH") && w[1].0 == "(");
    let Some(with) = with else {
        return format!("{} WITH (connect = false)", text.trim_end().trim_end_matches(';'));
    };
    let mut kept = String::from("connect = false");
    let (open, items) = (words[with + 1].1.end, &words[with + 2..]);
    let end = items.iter().position(|(word, _)| *word == ")").unwrap_or(items.len());
    for item in items[..end].split(|(word, _)| *word == ",") {
        if let (Some((name, first)), Some((_, last))) = (item.first(), item.last())
            && !AT_ONCE.iter().any(|other| other.eq_ignore_ascii_case(name))
        {
            kept.push_str(&format!(", {}", &text[first.start..last.end]));
        }
    }
    let rest = items.get(end).map_or("", |(_, close)| &text[close.start..]);
    format!("{}{kept}{rest}", &text[..open])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_happen_at_once_is_taken_out_and_what_lasts_stays() {
        let head = "CREATE SUBSCRIPTION s CONNECTION 'x with (' PUBLICATION p";
        let cases = [
            ("", " WITH (connect = false)"),
            (" WITH (enabled = true, Copy_Data)", " WITH (connect = false)"),
            (" with (slot_name = 'a,b', create_slot = true)", " with (connect = false, slot_name = 'a,b')"),
            (" WITH (connect = true, binary, streaming = on);", " WITH (connect = false, binary, streaming = on);"),
        ];
        for (from, to) in cases {
            assert_eq!(unconnected(&format!("{head}{from}")), format!("{head}{to}"));
        }
    }
}
