//! Two texts side by side: what is gone on the left, what has come on the right.

use maud::{Markup, html};
use similar::{DiffTag, TextDiff};

/// Lines around a change that stay.
const CONTEXT: usize = 3;

/// A line of either side; none where the other has one more.
type Line<'a> = Option<(usize, &'a str)>;

/// A table with the lines that differ, and some around them.
pub(super) fn side_by_side(from: &str, to: &str) -> Markup {
    let diff = TextDiff::from_lines(from, to);
    let (old, new): (Vec<&str>, Vec<&str>) = (from.lines().collect(), to.lines().collect());
    html! {
        div.scroll {
            table.diff {
                @for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
                    @if index > 0 { tr.skip { td colspan="4" { "…" } } }
                    @for op in group {
                        @let changed = op.tag() != DiffTag::Equal;
                        @for (left, right) in pairs(&old, &new, op.old_range(), op.new_range()) {
                            tr { (cell(left, changed, "gone")) (cell(right, changed, "come")) }
                        }
                    }
                }
            }
        }
    }
}

fn pairs<'a>(
    old: &[&'a str],
    new: &[&'a str],
    from: std::ops::Range<usize>,
    to: std::ops::Range<usize>,
) -> Vec<(Line<'a>, Line<'a>)> {
    let line = |lines: &[&'a str], range: &std::ops::Range<usize>, at: usize| {
        let number = Some(range.start + at).filter(|number| range.contains(number))?;
        Some((number + 1, *lines.get(number)?))
    };
    (0..from.len().max(to.len())).map(|at| (line(old, &from, at), line(new, &to, at))).collect()
}

fn cell(line: Line, changed: bool, class: &str) -> Markup {
    html! {
        @match line {
            Some((number, text)) => {
                td.number { (number) }
                td class=(if changed { class } else { "" }) { code { (text) } }
            }
            None => { td.number {} td.empty {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_beside_each_other() {
        let said = side_by_side("a\nb <c>\nd\n", "a\nB\nd\ne\n").into_string();
        let row = "<tr><td class=\"number\">2</td><td class=\"gone\"><code>b &lt;c&gt;</code></td>\
                   <td class=\"number\">2</td><td class=\"come\"><code>B</code></td></tr>";
        assert!(said.contains(row), "{said}");
        let added = "<tr><td class=\"number\"></td><td class=\"empty\"></td><td class=\"number\">4</td>";
        assert!(said.contains(added), "{said}");
    }
}
