//! What was run, for a person.

use crate::command::runner::{ran, taken_back};
use crate::migrate::books::{Outcome, Record};
use crate::migrate::seed::past::Past;

/// Migrations, and seeds under a line of their own where there are any.
pub(super) fn shown(records: &[Record], seeds: &[Past]) -> String {
    let mut text = String::new();
    let width = records.iter().map(|record| record.id.chars().count()).max().unwrap_or_default();
    for record in records {
        let outcome = match record.outcome {
            Outcome::Started => "started",
            Outcome::Applied => "applied",
            Outcome::Failed => "failed",
            Outcome::RolledBack => "rolled back",
        };
        let ran = ran(&record.started_at, &record.applied_by, None, record.origin.as_ref());
        let (took, ticket, back) = (took(record.seconds), behind(record.ticket.as_deref()), taken_back(record));
        text.push_str(&format!("{:4}  {:width$}  {outcome:11}  {ran}{took}{ticket}{back}\n", record.run, record.id));
    }
    if !seeds.is_empty() {
        text.push_str("seeds\n");
    }
    let width = seeds.iter().map(|seed| seed.name.chars().count()).max().unwrap_or_default();
    for seed in seeds {
        let ran = ran(&seed.applied_at, &seed.applied_by, seed.applied_from.as_deref(), None);
        let environment = seed.environment.as_ref().map(|name| format!(", for {name}")).unwrap_or_default();
        let (took, ticket) = (took(seed.seconds), behind(seed.ticket.as_deref()));
        let sha256 = seed.sha256.get(..8).unwrap_or(&seed.sha256);
        let Past { number, name, .. } = seed;
        text.push_str(&format!("{number:4}  {name:width$}  {sha256}  {ran}{took}{environment}{ticket}\n"));
    }
    if text.is_empty() { "nothing was ever run\n".to_owned() } else { text }
}

fn took(seconds: Option<f64>) -> String {
    seconds.map(|seconds| format!(", {seconds:.2} s")).unwrap_or_default()
}

fn behind(ticket: Option<&str>) -> String {
    ticket.map(|ticket| format!(", {ticket}")).unwrap_or_default()
}
