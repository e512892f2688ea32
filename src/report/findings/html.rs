//! Findings as one page: each where it stands in its file, with the lines around it, and a
//! list of the rules that leads there and back.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::base::wording::counted;
use crate::lint::finding::Span;
use crate::lint::rule::RULES;
use crate::lint::{Finding, Level};
use crate::report::findings::{Counts, Findings};
use crate::report::page::page;
use crate::report::secret::masked;

/// Lines that are shown before and after those that a finding is about.
const AROUND: usize = 2;
/// Lines of one finding that are shown at most.
const SHOWN: usize = 40;

/// Findings by file, each with its number on the page; what stands in no file comes first.
type ByFile<'a> = BTreeMap<String, Vec<(usize, &'a Finding)>>;

/// The whole page.
pub fn render(report: &Findings) -> String {
    let main = html! {
        @if !report.findings.is_empty() { (rules(report)) }
        @for (file, found) in &by_file(report) { (section(report, file, found)) }
    };
    page(report.verb, &heading(report), &main, &html! { "pgplumb " (report.tool) })
}

fn by_file<'a>(report: &'a Findings) -> ByFile<'a> {
    let mut files = ByFile::new();
    for (index, finding) in report.findings.iter().enumerate() {
        let file = report.spot(finding).map(|spot| spot.file).unwrap_or_default();
        files.entry(file).or_default().push((index + 1, finding));
    }
    files
}

fn heading(report: &Findings) -> Markup {
    let Counts { errors, warnings, notes, allowed } = Counts::of(report.findings);
    html! {
        h1 { "pgplumb " (report.verb) }
        p.states { (counted(report.files, "file")) }
        ul.verdict {
            @if report.blocked() { li.bad { "blocked" } } @else { li.good { "nothing blocks" } }
            @for (count, noun, class) in [(errors, "error", "bad"), (warnings, "warning", "care"), (notes, "note", "")] {
                @if count > 0 { li class=(class) { (counted(count, noun)) } }
            }
            @if allowed > 0 { li { (allowed) " allowed" } }
            @for checked in report.checked { li { (checked) } }
        }
        @if let Some(why) = report.unmeasured {
            p.care { "Nothing was run (" (why) "): locks and rewrites are guessed from the text." }
        }
    }
}

/// What the rules say that have found something, and where.
fn rules(report: &Findings) -> Markup {
    let mut codes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, finding) in report.findings.iter().enumerate() {
        codes.entry(finding.code).or_default().push(index + 1);
    }
    html! {
        section {
            h2 { "Rules" }
            @for (code, numbers) in &codes {
                @let rule = RULES.iter().find(|rule| rule.code == *code);
                article.step id={ "rule-" (code) } {
                    h3 { code { (code) } @if let Some(rule) = rule { " " (rule.title) } }
                    @if let Some(rule) = rule { p.help { (rule.why) } }
                    p.links { @for number in numbers { a href={ "#finding-" (number) } { (number) } " " } }
                }
            }
        }
    }
}

fn section(report: &Findings, file: &str, found: &[(usize, &Finding)]) -> Markup {
    // Looking for secrets reads the whole file: once for all that is found in it.
    let text = found.iter().find_map(|(_, finding)| finding.at.as_ref()).map(|at| masked(&at.file.text));
    let text = text.unwrap_or_default();
    html! {
        section {
            h2 { @if file.is_empty() { "All of it" } @else { (file) } }
            @for (number, finding) in found { (one(report, *number, finding, &text)) }
        }
    }
}

fn one(report: &Findings, number: usize, finding: &Finding, text: &str) -> Markup {
    html! {
        article.finding.(class(finding)) id={ "finding-" (number) } {
            h3 {
                span.sign { @if finding.allowed_by.is_some() { "allowed" } @else { (finding.level) } }
                " " a href={ "#rule-" (finding.code) } { code { (finding.code) } }
                @if let Some(spot) = report.spot(finding) { " " span.detail { "line " (spot.line) } }
            }
            p { (finding.message) }
            @if !finding.measured { p.help { "guessed from the text" } }
            @if let Some(at) = &finding.at { (lines(at, text)) }
            @if let Some(help) = &finding.help { p.help { b { "Instead: " } (help) } }
            @if let Some(by) = &finding.allowed_by { p.help { "allowed by " (by) } }
            @if finding.blocks() { p.help { "allow with " code { "--allow " (finding.allowance()) } } }
        }
    }
}

/// What the finding is about, with a little of what is around it; `text` is that of the file, without secrets.
fn lines(at: &Span, text: &str) -> Markup {
    let (first, last) = (at.file.line(at.bytes.start), at.file.line(at.bytes.end.max(at.bytes.start)));
    let from = first.saturating_sub(AROUND).max(1);
    let shown: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(number, _)| (from..=last + AROUND).contains(number))
        .take(SHOWN)
        .collect();
    html! {
        table.diff {
            @for (number, line) in shown {
                @let about = (first..=last).contains(&number);
                tr { td.number { (number) } td.about[about] { code { (line) } } }
            }
        }
    }
}

fn class(finding: &Finding) -> &'static str {
    match (&finding.allowed_by, finding.level) {
        (Some(_), _) => "allowed",
        (None, Level::Error) => "error",
        (None, Level::Warning) => "warning",
        (None, Level::Note | Level::Off) => "note",
    }
}
