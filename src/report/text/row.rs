//! The tree of changes as lines: sign, kind, name, and what changed.

use anstyle::Style;
use textwrap::core::display_width;

use crate::report::diffs::unified;
use crate::report::text::{BAD, CARE, DIM, GOOD, paint};
use crate::report::tree::{Node, Sign};

/// The widest that the columns of kinds and of names get.
const LABEL: usize = 17;
const NAME: usize = 32;

/// All nodes, those below others indented.
pub fn rows(nodes: &[Node], width: usize) -> String {
    let mut text = String::new();
    write(nodes, 1, width, &mut text);
    text
}

fn write(nodes: &[Node], depth: usize, width: usize, text: &mut String) {
    let widest = |of: fn(&Node) -> &str, most: usize| {
        nodes.iter().map(|node| display_width(of(node))).filter(|wide| *wide <= most).max().unwrap_or_default()
    };
    let (labels, names) = (widest(|node| node.label, LABEL), widest(|node| &node.name, NAME));
    let indent = "  ".repeat(depth);
    for node in nodes {
        let style = style(node.sign);
        let head = format!("{indent}{} {}", node.sign.letter(), padded(node.label, labels));
        let name = if node.detail.is_empty() { node.name.clone() } else { padded(&node.name, names) };
        let line = format!("{} {name}", paint(style, &head));
        text.push_str(&detailed(line.trim_end(), display_width(&head) + 1 + display_width(&name), &node.detail, width));
        if let Some((from, to)) = &node.texts {
            for line in unified(from, to, &format!("{indent}    ")) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        write(&node.below, depth + 2, width, text);
    }
}

/// The line with its detail behind it, or below it where there is too little room.
fn detailed(line: &str, used: usize, detail: &str, width: usize) -> String {
    if detail.is_empty() {
        return format!("{line}\n");
    }
    let pad = used - display_width(line).min(used);
    let (gap, column) = (" ".repeat(pad + 3), used + 3);
    let room = width.saturating_sub(column);
    if room < 24 {
        return format!("{line}\n        {}\n", paint(DIM, detail));
    }
    let lines = textwrap::wrap(detail, textwrap::Options::new(room).break_words(false));
    format!("{line}{gap}{}\n", lines.join(&format!("\n{}", " ".repeat(column))))
}

fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(display_width(text))))
}

fn style(sign: Sign) -> Style {
    match sign {
        Sign::Added => GOOD,
        Sign::Removed => BAD,
        Sign::Changed => CARE,
    }
}
