//! `plan.json`, version 1: a plan for programs to read. The same plan gives the same bytes.

use serde::Serialize;

use crate::base::place::Place;
use crate::catalog::Catalog;
use crate::grade::Grade;
use crate::kind::Key;
use crate::kind::statement::Hazard;
use crate::lint::Finding;
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::propose::Proposal;

/// The version of the format; it grows when a reader would have to change.
const VERSION: u32 = 1;

/// What the file is made from.
pub struct Input<'a> {
    pub slug: &'a str,
    pub proposal: &'a Proposal,
    pub live: &'a Catalog,
    pub desired: &'a Catalog,
    /// The major version of the server that the plan is for.
    pub major: u32,
    pub grade: &'a Grade,
    pub findings: &'a [Finding],
    /// Where the files say what is wanted.
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
}

#[derive(Serialize)]
struct File<'a> {
    version: u32,
    tool: &'static str,
    tool_version: &'static str,
    name: &'a str,
    server_major: u32,
    from: String,
    to: String,
    down: &'a Grade,
    proof: Option<Proof<'a>>,
    up: Vec<Entry<'a>>,
    down_steps: Vec<Entry<'a>>,
    findings: &'a [Finding],
    /// What was read and is not managed: how many, by the reason.
    not_managed: Vec<(&'a str, usize)>,
}

#[derive(Serialize)]
struct Proof<'a> {
    up: bool,
    down: bool,
    rows: &'a crate::prove::data::Rows,
}

#[derive(Serialize)]
struct Entry<'a> {
    verb: Verb,
    object: String,
    kind: &'static str,
    facts: Vec<String>,
    sql: &'a str,
    transaction: usize,
    outside_transaction: bool,
    hazards: &'a [Hazard],
    reason: Option<&'a str>,
    file: Option<String>,
    line: Option<usize>,
}

/// The file's text.
///
/// # Errors
/// None that the types allow; that of the encoder is handed on.
pub fn text(input: &Input) -> Result<String, serde_json::Error> {
    let nowhere = |_: &Key| None;
    let file = File {
        version: VERSION,
        tool: "pgplumb",
        tool_version: env!("CARGO_PKG_VERSION"),
        name: input.slug,
        server_major: input.major,
        from: input.live.fingerprint(),
        to: input.desired.fingerprint(),
        down: input.grade,
        // A plan that is not proven both ways is never written as if it were.
        proof: input.proposal.proof.as_ref().map(|proof| Proof { up: true, down: true, rows: &proof.rows }),
        up: entries(&input.proposal.up.steps, input.places),
        down_steps: entries(&input.proposal.down.steps, &nowhere),
        findings: input.findings,
        not_managed: input.live.excluded.iter().map(|(reason, names)| (reason.as_str(), names.len())).collect(),
    };
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}

fn entries<'a>(steps: &'a [Step], places: &dyn Fn(&Key) -> Option<Place>) -> Vec<Entry<'a>> {
    steps.iter().map(|step| entry(step, places(&step.key))).collect()
}

fn entry(step: &Step, place: Option<Place>) -> Entry<'_> {
    Entry {
        verb: step.verb,
        object: step.key.sql(),
        kind: step.key.label(),
        facts: step.with.iter().map(Key::to_string).collect(),
        sql: &step.sql,
        transaction: step.group + 1,
        outside_transaction: step.outside,
        hazards: &step.hazards,
        reason: step.reason.as_deref(),
        line: place.as_ref().map(|place| place.line),
        file: place.map(|place| place.file),
    }
}
