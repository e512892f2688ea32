//! The plan as one page.

mod drawing;
mod layers;
mod sides;
mod timeline;

use maud::{Markup, html};

use crate::base::wording::counted;
use crate::grade::Grade;
use crate::lint::{Finding, Level};
use crate::observe::wording::sentences;
use crate::report::Report;
use crate::report::findings::{Counts, Findings};
use crate::report::html::sides::side_by_side;
use crate::report::mark::Mark;
use crate::report::page::page;
use crate::report::rows::{Row, rows};
use crate::report::secret::masked;
use crate::report::tree::{Node, Sign, tree};
use crate::script::layout::lay_out;

/// The whole page.
pub fn render(report: &Report) -> String {
    let rows = rows(report);
    let nodes = tree(report);
    let main = html! {
        (findings(report, &rows))
        @if rows.is_empty() {
            p { "Nothing to change." }
        } @else {
            (changes(&nodes))
            (drawing::section(report, &rows))
            (timeline::section(&rows))
            (bodies(&nodes))
            (steps(report, &rows))
            (scripts(report))
        }
        (asides(report))
    };
    let footer = html! {
        "pgplumb " (report.tool) ", from " code { (short(report.from)) } " to " code { (short(report.to)) }
    };
    page(&format!("plan: {}", report.slug), &heading(report), &main, &footer)
}

fn short(fingerprint: &str) -> &str {
    crate::script::short(fingerprint)
}

fn heading(report: &Report) -> Markup {
    let (steps, parts) = (report.up.steps.len(), report.up.transactions().len());
    let Counts { errors, warnings, notes, allowed } = Counts::of(report.findings);
    html! {
        h1 { (report.slug) }
        p.states { (report.live) " → " (report.desired) }
        ul.verdict {
            li { b { (counted(steps, "step")) } " in " (counted(parts, "transaction")) }
            @if report.proof.is_some() { li.good { "proven up and down" } } @else { li.care { "not proven" } }
            @match report.grade {
                Grade::Lossless => li.good { "the down is lossless" },
                Grade::Lossy(gone) => li.bad { "the down is lossy: it does not bring back " (gone.join(", ")) },
            }
            @for (count, noun, class) in [(errors, "error", "bad"), (warnings, "warning", "care"), (notes, "note", "")] {
                @if count > 0 { li class=(class) { (counted(count, noun)) } }
            }
            @if allowed > 0 { li { (allowed) " allowed" } }
            @if let Some((direction, why)) = report.proof.and_then(|proof| proof.rows.fails.as_ref()) {
                li.bad { "the " (direction) " fails on tables that hold rows: " (why) }
            }
        }
    }
}

fn findings(report: &Report, rows: &[Row]) -> Markup {
    let places = Findings::of_plan(report);
    html! {
        @if !report.findings.is_empty() {
            section {
                h2 { "Findings" }
                @for (number, finding) in report.findings.iter().enumerate() {
                    article.finding.(class(finding)) id={ "finding-" (number + 1) } {
                        h3 { span.sign { (sign(finding)) } " " code { (finding.code) } }
                        p { (finding.message) }
                        @if let Some(help) = &finding.help { p.help { b { "Instead: " } (help) } }
                        @if let Some(by) = &finding.allowed_by { p.help { "allowed by " (by) } }
                        @if finding.blocks() { p.help { "allow with " code { "--allow " (finding.allowance()) } } }
                        p.links {
                            @if let Some(spot) = places.spot(finding) { code { (spot.file) ":" (spot.line) } " " }
                            @for row in rows.iter().filter(|row| row.findings.contains(&number)) {
                                a href={ "#step-" (row.number) } { "step " (row.number) } " "
                            }
                        }
                    }
                }
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

fn sign(finding: &Finding) -> String {
    if finding.allowed_by.is_some() { "allowed".to_owned() } else { finding.level.to_string() }
}

fn changes(nodes: &[Node]) -> Markup {
    html! { section { h2 { "Changes" } (branch(nodes)) } }
}

fn branch(nodes: &[Node]) -> Markup {
    html! {
        ul.tree {
            @for node in nodes {
                li {
                    span class=(colour(node.sign)) { (node.sign.letter()) " " (node.label) " " b { (node.name) } }
                    @if !node.detail.is_empty() { " " span.detail { (node.detail) } }
                    @if !node.below.is_empty() { (branch(&node.below)) }
                }
            }
        }
    }
}

fn colour(sign: Sign) -> &'static str {
    match sign {
        Sign::Added => "added",
        Sign::Removed => "removed",
        Sign::Changed => "changed",
    }
}

/// The bodies that changed, wherever they are in the tree.
fn bodies(nodes: &[Node]) -> Markup {
    let mut found = Vec::new();
    collect(nodes, &mut found);
    html! {
        @if !found.is_empty() {
            section {
                h2 { "Bodies" }
                @for (node, from, to) in found {
                    h3 { (node.label) " " (node.name) }
                    (side_by_side(&masked(from), &masked(to)))
                }
            }
        }
    }
}

fn collect<'a>(nodes: &'a [Node], found: &mut Vec<(&'a Node, &'a str, &'a str)>) {
    for node in nodes {
        found.extend(node.texts.as_ref().map(|(from, to)| (node, from.as_str(), to.as_str())));
        collect(&node.below, found);
    }
}

fn steps(report: &Report, rows: &[Row]) -> Markup {
    html! {
        section {
            h2 { "Steps" }
            @for row in rows { (step(report, row)) }
        }
    }
}

fn step(report: &Report, row: &Row) -> Markup {
    let said = row.step.effects.iter().flat_map(|effects| sentences([effects], report.sizes));
    html! {
        article.step id={ "step-" (row.number) } {
            h3 { (row.number) ". " (row.title()) }
            ul.facts {
                @if row.step.outside { li { "outside a transaction" } } @else { li { "transaction " (row.transaction) } }
                @if row.step.effects.is_none() { li.care { "not run" } }
                @for sentence in said { li { (sentence) } }
                @for mark in row.marks.iter().filter(|mark| **mark != Mark::Outside) { li.mark { (mark) } }
                @for at in &row.findings {
                    @if let Some(finding) = report.findings.get(*at) {
                        li { a.(class(finding)) href={ "#finding-" (at + 1) } { (finding.code) } }
                    }
                }
            }
            @if let Some(reason) = &row.step.reason { p.help { (reason) } }
            pre { code { (masked(&lay_out(&row.step.sql))) } }
        }
    }
}

fn scripts(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Scripts" }
            @for (name, sql) in [("up.sql", report.up_sql), ("down.sql", report.down_sql)] {
                details { summary { code { (name) } } pre { code { (masked(sql)) } } }
            }
        }
    }
}

fn asides(report: &Report) -> Markup {
    html! {
        @if !report.excluded.is_empty() || !report.notes.is_empty() {
            section {
                h2 { "Not part of the change" }
                ul {
                    @for (reason, names) in report.excluded { li { (counted(names.len(), "object")) " not managed: " (reason) } }
                    @for note in report.notes { li { (note) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
