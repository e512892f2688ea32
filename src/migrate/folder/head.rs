//! What the comment at the head of a script says.

use crate::migrate::folder::Contract;
use crate::sql::directive::After;

/// What the comment at the head of a planned script says: the first characters of both fingerprints, and the grade.
pub fn header(text: &str) -> (Option<String>, Option<String>, Option<String>) {
    let comment: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("-- ")).collect();
    let comment = comment.join(" ");
    let words: Vec<&str> = comment.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let hex = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ends = words.windows(5).find_map(|five| match five {
        ["from", from, "to", to, "PostgreSQL"] if hex(from) && hex(to) => Some((*from, *to)),
        _ => None,
    });
    let Some((from, to)) = ends else { return (None, None, None) };
    let grades = ["lossless", "lossy", "irreversible"];
    let grade = words.windows(2).find(|two| two[0] == "down" && grades.contains(&two[1])).map(|two| two[1].to_owned());
    (Some(from.to_owned()), Some(to.to_owned()), grade)
}

/// What the comment at the head of a script says of a contract. An `after` that cannot be read, which the linter finds,
/// is over only when somebody says so.
pub(super) fn contract(text: &str) -> Option<Contract> {
    let head = text.lines().take_while(|line| line.starts_with("--") || line.is_empty());
    let said = head.into_iter().find_map(|line| {
        let mut words = line.trim_start_matches('-').split_whitespace();
        let is = words.by_ref().take(3).eq(["pgplumb:", "phase", "contract"]);
        is.then(|| words.collect::<Vec<_>>())
    })?;
    let after = said.split_first().filter(|(word, _)| **word == "after");
    Some(Contract { after: after.and_then(|(_, time)| After::read(&time.join(" "))), gone: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_script_names_both_ends() {
        let text =
            "-- a slug (up)\n-- from 422519c0 to 00757ac4, PostgreSQL 15, proven up and down, down\n-- lossy\n\nSET x;";
        let owned = |text: &str| Some(text.to_owned());
        assert_eq!(header(text), (owned("422519c0"), owned("00757ac4"), owned("lossy")));
        assert_eq!(header("-- from here to there, PostgreSQL 15\nSELECT 1"), (None, None, None));
        assert_eq!(header("SELECT 1"), (None, None, None));
    }

    #[test]
    fn the_head_of_a_script_holds_it_back() {
        let after = |text: &str| contract(text).map(|contract| contract.after);
        assert_eq!(after("-- a slug (up)\n-- pgplumb: phase contract\n\nSET x;"), Some(None));
        assert_eq!(after("-- pgplumb: phase contract after 2 releases\n"), Some(Some(After::Releases(2))));
        assert_eq!(after("-- pgplumb: phase contract after some time\n"), Some(None));
        assert_eq!(after("-- pgplumb: phase expand\nSET x;"), None);
        assert_eq!(after("SET x;\n-- pgplumb: phase contract\n"), None);
    }
}
