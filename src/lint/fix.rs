//! Findings that a change of the text makes go away.

use std::ops::Range;

use crate::lint::Finding;
use crate::lint::finding::Fix;

/// A text with fixes in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fixed {
    pub text: String,
    /// How many findings are gone with it.
    pub count: usize,
}

/// Applies the fixes that these findings over one text carry, each finding's all together or not at all; of two that
/// touch the same bytes the first. None where nothing is to be done.
pub fn apply<'a>(text: &str, findings: impl Iterator<Item = &'a Finding>) -> Option<Fixed> {
    let mut chosen: Vec<&Fix> = Vec::new();
    let mut count = 0;
    for finding in findings.filter(|finding| !finding.fix.is_empty()) {
        let inside = |fix: &Fix| text.get(fix.bytes.clone()).is_some();
        // Two findings about one statement may ask for the same.
        let fits = |fix: &Fix| chosen.iter().all(|other| *other == fix || !meet(&other.bytes, &fix.bytes));
        if finding.fix.iter().all(|fix| inside(fix) && fits(fix)) {
            let new: Vec<&Fix> = finding.fix.iter().filter(|fix| !chosen.contains(fix)).collect();
            chosen.extend(new);
            count += 1;
        }
    }
    chosen.sort_by_key(|fix| fix.bytes.start);
    let mut fixed = text.to_owned();
    for fix in chosen.iter().rev() {
        fixed.replace_range(fix.bytes.clone(), &fix.text);
    }
    (count > 0).then_some(Fixed { text: fixed, count })
}

/// Whether the order of two changes would matter.
fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start <= other.end && other.start <= one.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(fixes: &[(Range<usize>, &str)]) -> Finding {
        let fix = fixes.iter().map(|(bytes, text)| Fix { bytes: bytes.clone(), text: (*text).to_owned() }).collect();
        Finding { fix, ..Finding::of_plan("drop-table", "it goes") }
    }

    fn fixed(text: &str, all: &[Finding]) -> Option<(String, usize)> {
        apply(text, all.iter()).map(|fixed| (fixed.text, fixed.count))
    }

    #[test]
    fn fixes_that_do_not_meet_are_all_applied() {
        let all = [finding(&[(0..1, "A"), (4..4, "!")]), finding(&[(2..3, "")]), finding(&[])];
        assert_eq!(fixed("a b c", &all), Some(("A  !c".to_owned(), 2)));
        assert_eq!(fixed("a b c", &[finding(&[])]), None);
    }

    #[test]
    fn a_finding_is_fixed_as_a_whole_or_not_at_all() {
        let all = [finding(&[(0..1, "A")]), finding(&[(0..1, "Z"), (4..5, "C")]), finding(&[(2..3, "B")])];
        assert_eq!(fixed("a b c", &all), Some(("A B c".to_owned(), 2)));
        let twice = [finding(&[(1..1, "x")]), finding(&[(1..1, "x")])];
        assert_eq!(fixed("ab", &twice), Some(("axb".to_owned(), 2)), "what two ask for is done once");
        assert_eq!(fixed("ü", &[finding(&[(1..2, "")])]), None, "never within a character");
    }
}
