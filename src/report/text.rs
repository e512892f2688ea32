//! The report for people: like a code review, with colours that the writer takes out where they are not wanted.

pub mod finding;
pub mod row;

use anstyle::{AnsiColor, Style};
use textwrap::core::display_width;

use crate::base::name::without_public;
use crate::base::wording::counted;
use crate::observe::wording::sentences_apart;
use crate::report::Report;
use crate::report::mark::{Mark, Marker};
use crate::report::text::finding::findings;
use crate::report::text::row::rows;
use crate::report::tree::{restored, tree};

/// The width where there is no terminal to ask.
const WIDTH: usize = 100;
/// Steps with marks that are shown; all are in plan.json.
const SHOWN: usize = 20;

pub(crate) const STRONG: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const CARE: Style = AnsiColor::Yellow.on_default();

/// The width of the terminal that stdout is, within what can be read.
pub fn width() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0)).clamp(50, 140)
}

/// The whole report, its lines no wider than `width` where their words allow.
pub fn render(report: &Report, width: usize) -> String {
    let mut sections = vec![header(report, width)];
    if report.up.is_empty() {
        sections.push(format!("  {GOOD}nothing to change{GOOD:#}\n"));
    } else {
        let mut changes = rows(&tree(report), width);
        changes.push_str(&brought_back(report, width));
        sections.push(changes);
        sections.push(verdict(report, width));
        sections.push(marked(report, width));
    }
    sections.push(findings(report.findings, width));
    sections.push(asides(report, width));
    sections.push(report.written.as_ref().map(|written| format!("wrote {written}\n")).unwrap_or_default());
    sections.retain(|section| !section.is_empty());
    sections.join("\n")
}

pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A word in its column and text beside it, wrapped under itself.
pub(crate) fn beside(head: &str, style: Style, text: &str, column: usize, width: usize) -> String {
    let gap = " ".repeat(column.saturating_sub(display_width(head)).max(1));
    let room = width.saturating_sub(column + 2).max(20);
    let lines = textwrap::wrap(text, textwrap::Options::new(room).break_words(false));
    let indent = " ".repeat(column + 2);
    let text = lines.join(&format!("\n{indent}"));
    format!("  {}{gap}{text}\n", paint(style, head))
}

fn header(report: &Report, width: usize) -> String {
    let parts = [("live", report.live), ("desired", report.desired), ("scratch", report.scratch)];
    let total: usize = parts.iter().map(|(name, value)| name.len() + 2 + display_width(value)).sum();
    let one = total + 6 * (parts.len() - 1) <= width;
    let pad = if one { 0 } else { 7 };
    let said: Vec<String> =
        parts.iter().map(|(name, value)| format!("{}  {value}", paint(DIM, &format!("{name:pad$}")))).collect();
    said.join(if one { "      " } else { "\n" }) + "\n"
}

fn brought_back(report: &Report, width: usize) -> String {
    let restored = restored(report);
    if restored.is_empty() {
        return String::new();
    }
    let counts: Vec<String> = restored.iter().map(|(label, count)| counted(*count, label)).collect();
    beside("restored", DIM, &format!("{}, around what they stand on", counts.join(", ")), 10, width)
}

/// `7 steps in 4 transactions, proven up and down; the down is lossless`.
fn verdict(report: &Report, width: usize) -> String {
    let steps = counted(report.up.steps.len(), "step");
    let parts = counted(report.up.transactions().len(), "transaction");
    let (proven, style) = match report.proof {
        Some(_) => ("proven up and down", GOOD),
        None => ("not proven", CARE),
    };
    let line = format!("{} in {parts}, {}; the down is {}", paint(STRONG, &steps), paint(style, proven), report.grade);
    let options = textwrap::Options::new(width).initial_indent("  ").subsequent_indent("    ").break_words(false);
    textwrap::fill(&line, options) + "\n" + &strongest(report, width) + &rows_seen(report, width)
}

/// The lock that most have to wait for, over all steps, and what happens to rows under it.
fn strongest(report: &Report, width: usize) -> String {
    let transactions = report.up.transactions();
    let effects = transactions.iter().map(|steps| steps.iter().filter_map(|step| step.effects.as_ref()));
    let Some(worst) = sentences_apart(effects, report.sizes).into_iter().next() else { return String::new() };
    beside("locks", DIM, &worst, 10, width)
}

/// What the proof saw of rows.
fn rows_seen(report: &Report, width: usize) -> String {
    let Some(rows) = report.proof.map(|proof| &proof.rows) else { return String::new() };
    let mut said = String::new();
    if let Some((direction, why)) = &rows.fails {
        let text = format!("the {direction} fails on tables that hold rows: {why}");
        said.push_str(&beside("rows", CARE, &without_public(&text), 10, width));
    } else if !rows.seeded.is_empty() {
        let kept =
            if rows.changed.is_empty() && rows.lost.is_empty() { "their values come through" } else { "see below" };
        let text = format!("{} seeded, up and down again: {kept}", counted(rows.seeded.len(), "table"));
        said.push_str(&beside("rows", DIM, &text, 10, width));
    }
    if !rows.refused.is_empty() {
        let names: Vec<String> = rows.refused.keys().map(|name| without_public(name)).collect();
        let text = format!("no row could be made up for {}", names.join(", "));
        said.push_str(&beside("", DIM, &text, 10, width));
    }
    said
}

/// The steps that somebody should look at.
fn marked(report: &Report, width: usize) -> String {
    let marker = Marker::new(report.up, report.live_facts, report.desired_facts);
    let steps = report.up.steps.iter().enumerate().map(|(index, step)| (index + 1, step, marker.marks(step)));
    let marked: Vec<_> = steps.filter(|(_, _, marks)| !marks.is_empty()).collect();
    let mut said = String::new();
    for (number, step, marks) in marked.iter().take(SHOWN) {
        let words: Vec<String> = marks.iter().map(ToString::to_string).collect();
        let style = match marks.first() {
            Some(Mark::LosesData) => BAD,
            Some(Mark::Outside) => DIM,
            _ => CARE,
        };
        let head = format!("step {number}");
        let sql = crate::script::comment::plain(&without_public(&step.sql));
        let marks = words.join(", ");
        let beside = width.saturating_sub(12 + marks.len() + 2);
        let (gap, room) = if beside < 24 { ("\n            ", width.saturating_sub(12)) } else { ("  ", beside) };
        let pad = " ".repeat(10_usize.saturating_sub(head.len()).max(1));
        said.push_str(&format!("  {}{pad}{}{gap}{}\n", paint(DIM, &head), paint(style, &marks), cut(&sql, room)));
    }
    if marked.len() > SHOWN {
        said.push_str(&beside(
            "",
            DIM,
            &format!("and {} more with marks, all in plan.json", marked.len() - SHOWN),
            10,
            width,
        ));
    }
    said
}

fn cut(text: &str, room: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= room {
        return line;
    }
    line.chars().take(room.saturating_sub(3)).collect::<String>().trim_end().to_owned() + "..."
}

/// What is not part of the change but should be known.
fn asides(report: &Report, width: usize) -> String {
    let mut said = String::new();
    let total: usize = report.excluded.values().map(Vec::len).sum();
    if total > 0 {
        let reasons: Vec<String> =
            report.excluded.iter().map(|(reason, names)| format!("{} {reason}", names.len())).collect();
        let text = format!("{}: {}", counted(total, "object"), reasons.join(", "));
        said.push_str(&beside("not managed", DIM, &text, 13, width));
    }
    for note in report.notes {
        said.push_str(&beside("note", DIM, note, 13, width));
    }
    said
}
