//! The steps in the order in which they run, a lane for each transaction, coloured by the strongest lock.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::observe::lock::{Lock, Stops};
use crate::report::rows::Row;

/// Pixels: a lane, the column of its name, and the shortest bar.
const LANE: usize = 30;
const NAMES: usize = 130;
const BAR: usize = 34;
/// How much longer a bar gets for each doubling of the estimated time.
const DOUBLING: usize = 10;

/// The section with the picture and what its colours mean.
pub(super) fn section(rows: &[Row]) -> Markup {
    let mut lanes: BTreeMap<usize, (usize, bool)> = BTreeMap::new();
    for row in rows {
        let next = lanes.len();
        lanes.entry(row.transaction).or_insert((next, row.step.outside));
    }
    let mut x = NAMES;
    let bars: Vec<(usize, usize, usize, &Row)> = rows
        .iter()
        .map(|row| {
            let (start, width) = (x, width(row));
            x += width + 4;
            (start, width, lanes.get(&row.transaction).map_or(0, |(lane, _)| *lane), row)
        })
        .collect();
    let (width, height) = (x + 4, lanes.len() * LANE + 4);
    html! {
        section {
            h2 { "In time" }
            p.help { "From left to right; a bar that is longer takes longer, where the size of the live table is known." }
            ul.legend {
                @for class in [Class::Everybody, Class::Writers, Class::Nobody, Class::Free, Class::Unknown] {
                    li { span.key.(class.name()) {} (class.words()) }
                }
            }
            div.scroll {
                svg role="img" aria-label="steps in time" width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
                    @for (number, (lane, outside)) in &lanes {
                        rect.lane x="0" y=(lane * LANE) width=(width) height=(LANE - 2) {}
                        text.lane x="6" y=(lane * LANE + 19) {
                            @if *outside { "outside" } @else { "transaction " (number) }
                        }
                    }
                    @for (x, width, lane, row) in &bars { (bar(*x, *width, *lane, row)) }
                }
            }
        }
    }
}

fn bar(x: usize, width: usize, lane: usize, row: &Row) -> Markup {
    let said = [row.title(), row.locks(), row.work()];
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    html! {
        a href={ "#step-" (row.number) } {
            g class={ "bar " (Class::of(row).name()) } {
                title { (row.number) ". " (said.join(": ")) }
                rect x=(x) y=(lane * LANE + 3) width=(width) height=(LANE - 8) rx="3" {}
                text x=(x + 6) y=(lane * LANE + 19) { (row.number) @if !row.findings.is_empty() { "!" } }
            }
        }
    }
}

fn width(row: &Row) -> usize {
    let doublings = row.time.as_secs().checked_ilog2().map_or(0, |doublings| doublings + 1);
    BAR + usize::try_from(doublings).unwrap_or_default() * DOUBLING
}

/// Who waits for a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Everybody,
    Writers,
    Nobody,
    /// No lock on anything that was there before.
    Free,
    /// It was not run.
    Unknown,
}

impl Class {
    fn of(row: &Row) -> Self {
        match (&row.lock, &row.step.effects) {
            (Some((lock, _)), _) if *lock <= Lock::AccessShare => Self::Free,
            (Some((lock, _)), _) => match lock.stops() {
                Stops::Everybody => Self::Everybody,
                Stops::Writers => Self::Writers,
                Stops::Nobody => Self::Nobody,
            },
            (None, Some(_)) => Self::Free,
            (None, None) => Self::Unknown,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Writers => "writers",
            Self::Nobody => "nobody",
            Self::Free => "free",
            Self::Unknown => "unknown",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Everybody => "ACCESS EXCLUSIVE: readers and writers wait",
            Self::Writers => "SHARE to EXCLUSIVE: writers wait",
            Self::Nobody => "weaker: reads and writes go on",
            Self::Free => "no lock on what was there",
            Self::Unknown => "not run",
        }
    }
}
