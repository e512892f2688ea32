//! The objects that change, and which of them need which.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::base::name::without_public;
use crate::lint::Finding;
use crate::report::Report;
use crate::report::graph::{graph, signs, whole};
use crate::report::html::layers::layers;
use crate::report::rows::Row;

/// Objects that are drawn; nobody reads a picture of more.
const DRAWN: usize = 120;
/// Pixels: a box, the room between boxes, and a character of its text.
const HEIGHT: usize = 28;
const GAP_X: usize = 60;
const GAP_Y: usize = 12;
const CHARACTER: usize = 8;
/// The longest name that is written out.
const NAME: usize = 40;

struct Drawn {
    text: String,
    name: String,
    class: &'static str,
    /// The first step about it.
    step: Option<usize>,
    blocked: bool,
    x: usize,
    y: usize,
    width: usize,
}

/// The section with the picture.
pub(super) fn section(report: &Report, rows: &[Row]) -> Markup {
    let (boxes, needs, left_out) = lay_out(report, rows);
    let width = boxes.iter().map(|one| one.x + one.width).max().unwrap_or_default() + 4;
    let height = boxes.iter().map(|one| one.y + HEIGHT).max().unwrap_or_default() + 4;
    html! {
        section {
            h2 { "What depends on what" }
            p.help { "An arrow leads from what needs to what is needed. Green is new, yellow changed, red dropped; a thick border blocks." }
            @if left_out > 0 { p.help { "And " (left_out) " more objects." } }
            div.scroll {
                svg role="img" aria-label="dependency graph" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
                    defs {
                        marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" {
                            path.tip d="M0,0 L8,4 L0,8 z" {}
                        }
                    }
                    @for (user, used) in &needs {
                        @if let (Some(user), Some(used)) = (boxes.get(*user), boxes.get(*used)) {
                            path.edge d=(curve(user, used)) marker-end="url(#arrow)" {}
                        }
                    }
                    @for one in &boxes { (drawn(one)) }
                }
            }
        }
    }
}

fn drawn(one: &Drawn) -> Markup {
    let class = format!("box {}{}", one.class, if one.blocked { " blocked" } else { "" });
    let shape = html! {
        g class=(class) {
            title { (one.name) }
            rect x=(one.x) y=(one.y) width=(one.width) height=(HEIGHT) rx="4" {}
            text x=(one.x + 8) y=(one.y + 19) { (one.text) }
        }
    };
    match one.step {
        Some(step) => html! { a href={ "#step-" (step) } { (shape) } },
        None => shape,
    }
}

/// From the left side of the user to the right side of what it uses, which stands further left; where a loop was cut,
/// it is the other way round.
fn curve(user: &Drawn, used: &Drawn) -> String {
    let (y1, y2) = (user.y + HEIGHT / 2, used.y + HEIGHT / 2);
    if user.x >= used.x + used.width {
        let (x1, x2) = (user.x, used.x + used.width);
        let middle = usize::midpoint(x1, x2);
        format!("M{x1},{y1} C{middle},{y1} {middle},{y2} {x2},{y2}")
    } else {
        let (x1, x2) = (user.x + user.width, used.x);
        format!("M{x1},{y1} C{},{y1} {},{y2} {x2},{y2}", x1 + GAP_X, x2.saturating_sub(GAP_X))
    }
}

fn lay_out(report: &Report, rows: &[Row]) -> (Vec<Drawn>, Vec<(usize, usize)>, usize) {
    let (from, to) = (report.live_facts, report.desired_facts);
    let signs = signs(report.up, from, to);
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut blocked: BTreeSet<String> = BTreeSet::new();
    for row in rows {
        let name = whole(&row.step.key, from, to).to_string();
        let blocks = |at: &usize| report.findings.get(*at).is_some_and(Finding::blocks);
        blocked.extend(row.findings.iter().any(blocks).then(|| name.clone()));
        first.entry(name).or_insert(row.number);
    }
    let by_name: BTreeMap<String, &str> = signs.iter().map(|(key, sign)| (key.to_string(), *sign)).collect();
    let [live, desired] = report.edges;
    let graph = graph(&[(from, live), (to, desired)], |key| signs.contains_key(key).then(|| key.to_string()));
    let names: Vec<&String> = graph.keys().take(DRAWN).collect();
    let at: BTreeMap<&String, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let needs = graph.iter().flat_map(|(user, uses)| uses.iter().map(move |used| (user, used)));
    let needs: Vec<(usize, usize)> = needs.filter_map(|(user, used)| Some((*at.get(user)?, *at.get(used)?))).collect();
    let mut boxes: Vec<Drawn> = names
        .iter()
        .map(|name| {
            let said = without_public(name);
            let text = shortened(&said);
            let width = text.chars().count() * CHARACTER + 16;
            let class = match by_name.get(*name).copied().unwrap_or_default() {
                "+" => "added",
                "-" => "removed",
                _ => "changed",
            };
            let (step, blocked) = (first.get(*name).copied(), blocked.contains(*name));
            Drawn { text, name: said, class, step, blocked, x: 0, y: 0, width }
        })
        .collect();
    place(&mut boxes, &layers(names.len(), &needs));
    (boxes, needs, graph.len() - names.len())
}

fn place(boxes: &mut [Drawn], layers: &[(usize, usize)]) {
    let mut widest: BTreeMap<usize, usize> = BTreeMap::new();
    for (one, (layer, _)) in boxes.iter().zip(layers) {
        let wide = widest.entry(*layer).or_default();
        *wide = one.width.max(*wide);
    }
    for (one, (layer, row)) in boxes.iter_mut().zip(layers) {
        one.x = 2 + widest.range(..layer).map(|(_, wide)| wide + GAP_X).sum::<usize>();
        one.y = 2 + row * (HEIGHT + GAP_Y);
    }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    name.chars().take(NAME - 1).collect::<String>() + "…"
}
