//! The two states that the head of a script names: a claim about where it was planned for, and no part of what it runs.

use std::ops::Range;

use crate::script::short;

/// Where the head says `from 422519c0 to 00757ac4, PostgreSQL 15`, the bytes of both.
fn ends(text: &str) -> Option<[Range<usize>; 2]> {
    let mut start = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.starts_with("-- ")) {
        for (at, _) in line.match_indices("from ") {
            let from = start + at + "from ".len()..start + at + "from ".len() + 8;
            let to = from.end + " to ".len()..from.end + " to ".len() + 8;
            let hex = |span: &Range<usize>| {
                text.get(span.clone()).is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_hexdigit()))
            };
            let between = text.get(from.end..to.start) == Some(" to ");
            if hex(&from) && between && hex(&to) && text.get(to.end..).is_some_and(|rest| rest.starts_with(", Postgre"))
            {
                return Some([from, to]);
            }
        }
        start += line.len();
    }
    None
}

/// The same script with other states at its head; as it is where its head names none.
pub fn with_ends(text: &str, from: &str, to: &str) -> String {
    let mut text = text.to_owned();
    if let Some([at_from, at_to]) = ends(&text) {
        text.replace_range(at_to, short(to));
        text.replace_range(at_from, short(from));
    }
    text
}

/// Whether two scripts are the same but for the states at their heads.
pub fn differ_in_ends(one: &str, other: &str) -> bool {
    match ends(other) {
        Some([from, to]) => one != other && with_ends(one, &other[from], &other[to]) == other,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- from here (up)\n-- from 422519c0 to 00757ac4, PostgreSQL 15, proven up and down\n\nSET x;\n-- from 422519c0";

    #[test]
    fn only_the_states_at_the_head_are_other() {
        let other = with_ends(TEXT, "aaaaaaaabbbbbbbb", "cccccccc");
        assert_eq!(other, TEXT.replacen("422519c0 to 00757ac4", "aaaaaaaa to cccccccc", 1));
        assert!(differ_in_ends(&other, TEXT) && differ_in_ends(TEXT, &other));
        assert!(!differ_in_ends(TEXT, TEXT));
        assert!(!differ_in_ends(&other, &TEXT.replace("SET x", "SET y")));
        let by_hand = "-- from a to b\nSET x;\n-- from 422519c0 to 00757ac4, PostgreSQL 15\n";
        assert_eq!(with_ends(by_hand, "aaaaaaaa", "bbbbbbbb"), by_hand);
        assert!(!differ_in_ends(by_hand, "SET x;"));
    }
}
