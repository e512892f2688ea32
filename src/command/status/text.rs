//! How things stand, for a person.

use crate::command::drift::listed;
use crate::command::runner::ran;
use crate::command::status::Document;
use crate::migrate::foreign::origin::Origin;

/// All of it.
pub(super) fn shown(document: &Document) -> String {
    let mut text = format!("{}\n", document.database);
    let width = document.migrations.iter().map(|one| one.id.chars().count()).max().unwrap_or_default();
    for one in &document.migrations {
        let late = if one.out_of_order { ", out of order" } else { "" };
        let mut line = format!("  {:width$}  {}{late}", one.id, one.standing.words());
        if let Some(waits) = &one.waits {
            line.push_str(&format!(", held back: waits for {waits}"));
        }
        let (by, from, at) = (one.applied_by, one.applied_from, one.started_at);
        line.push_str(&whose(&Who { by, from, at, seconds: one.seconds, ticket: one.ticket, origin: one.origin }));
        line.push_str(&one.back);
        text.push_str(&format!("{line}\n"));
        if let Some(error) = &one.error {
            text.push_str(&format!("    {error}\n"));
        }
    }
    if document.migrations.is_empty() {
        text.push_str("  there are no migrations\n");
    }
    text.push_str(&seeds(document));
    match document.drift.found {
        None => text.push_str("nothing is on record that the schema could be held against\n"),
        Some(false) => text.push_str("the schema is what the last run left\n"),
        Some(true) => {
            let listed = listed(&document.drift.differences);
            text.push_str(&format!("the schema is not what the last run left: {listed}"));
        }
    }
    text
}

/// The seeds, under a line of their own; nothing where there are none.
fn seeds(document: &Document) -> String {
    if document.seeds.is_empty() {
        return String::new();
    }
    let mut text = "seeds\n".to_owned();
    let width = document.seeds.iter().map(|seed| seed.name.chars().count()).max().unwrap_or_default();
    for seed in &document.seeds {
        let (by, from, at) = (seed.applied_by, seed.applied_from, seed.applied_at);
        let who = whose(&Who { by, from, at, seconds: seed.seconds, ticket: seed.ticket, origin: None });
        text.push_str(&format!("  {:width$}  {}{who}\n", seed.name, seed.standing.words()));
    }
    text
}

/// What the books say of a run beside what it was.
struct Who<'a> {
    by: Option<&'a str>,
    from: Option<&'a str>,
    at: Option<&'a str>,
    seconds: Option<f64>,
    ticket: Option<&'a str>,
    /// The other tool that did it.
    origin: Option<&'a Origin>,
}

fn whose(who: &Who) -> String {
    let mut line = String::new();
    if let (Some(by), Some(at)) = (who.by, who.at) {
        line.push_str(&format!("  {}", ran(at, by, who.from, who.origin)));
    }
    if let Some(seconds) = who.seconds {
        line.push_str(&format!(", {seconds:.2} s"));
    }
    if let Some(ticket) = who.ticket {
        line.push_str(&format!(", {ticket}"));
    }
    line
}
