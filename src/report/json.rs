//! The report for programs, and what `plan.json` holds: version 1, described by `docs/schema/plan.v1.json`.
//!
//! Whoever reads it may count on the fields that are there; new ones may come. The same plan gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::base::place::Place;
use crate::grade::Grade;
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::kind::statement::Hazard;
use crate::lint::{Finding, Level};
use crate::observe::effect::{Effect, Effects};
use crate::observe::relation::Relation;
use crate::observe::size::{Size, Sizes};
use crate::plan::Plan;
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::prove::data::Rows;
use crate::report::Report;
use crate::report::mark::{Mark, Marker};

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool<'a>,
    server: Server,
    name: &'a str,
    /// Fingerprints of the two states.
    from: &'a str,
    to: &'a str,
    up: Way<'a>,
    down: Way<'a>,
    down_grade: &'a Grade,
    proof: Proven<'a>,
    /// The SHA-256 of each script that the plan was written as.
    files: BTreeMap<&'a str, String>,
    findings: Vec<Found<'a>>,
    blocked: bool,
    not_managed: BTreeMap<&'a str, usize>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Server {
    /// 15, of whatever minor version.
    major: u32,
}

#[derive(Serialize)]
struct Way<'a> {
    transactions: usize,
    steps: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    /// Counted from one, as in the report.
    number: usize,
    verb: Verb,
    fact: Fact,
    /// All facts that the statement creates, alters or drops.
    facts: Vec<Fact>,
    sql: &'a str,
    /// Where the files declare it.
    source: Option<Place>,
    /// Counted from one; a statement outside of transactions has a number of its own.
    transaction: usize,
    outside: bool,
    hazards: &'a [Hazard],
    marks: Vec<Mark>,
    /// None where the step was not run.
    effects: Option<Seen<'a>>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Fact {
    kind: &'static str,
    name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
enum Proven<'a> {
    /// Both directions were run on scratch and reached the promised states.
    Proven {
        rows: &'a Rows,
    },
    NotRun,
}

#[derive(Serialize)]
struct Found<'a> {
    level: Level,
    code: &'static str,
    object: &'a str,
    fact: Option<Fact>,
    message: &'a str,
    help: Option<&'a str>,
    /// The argument of `--allow` that lets it through.
    allowance: String,
    allowed_by: Option<&'a str>,
    blocks: bool,
}

/// What the step was seen to do to relations that were there before the plan.
#[derive(Serialize)]
pub(in crate::report) struct Seen<'a> {
    on: Vec<Touched<'a>>,
    dropped: &'a BTreeSet<Relation>,
    /// What Postgres did not need to read, in its words.
    spared: &'a [String],
}

#[derive(Serialize)]
struct Touched<'a> {
    relation: &'a Relation,
    #[serde(flatten)]
    effect: &'a Effect,
    /// Of the live relation; none where no live database was asked.
    size: Option<Size>,
    /// An estimate from the size.
    seconds: Option<u64>,
}

/// The document, with a line end.
pub fn render(report: &Report) -> String {
    let none = |_: &Key| None;
    let document = Document {
        version: VERSION,
        tool: Tool { name: "pgplumb", version: report.tool },
        server: Server { major: report.server_major },
        name: report.slug,
        from: report.from,
        to: report.to,
        up: way(report.up, (report.live_facts, report.desired_facts), report.sizes, report.places),
        down: way(report.down, (report.desired_facts, report.live_facts), report.sizes, &none),
        down_grade: report.grade,
        proof: report.proof.map_or(Proven::NotRun, |proof| Proven::Proven { rows: &proof.rows }),
        files: [("up.sql", report.up_sql), ("down.sql", report.down_sql)].map(|(name, text)| (name, hash(text))).into(),
        findings: report.findings.iter().map(found).collect(),
        blocked: report.findings.iter().any(Finding::blocks),
        not_managed: report.excluded.iter().map(|(reason, names)| (reason.as_str(), names.len())).collect(),
        notes: report.notes,
    };
    // Only maps with keys that are no strings can fail, and there are none.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn way<'a>(
    plan: &'a Plan,
    (from, to): (&'a Facts, &'a Facts),
    sizes: &'a Sizes,
    places: &dyn Fn(&Key) -> Option<Place>,
) -> Way<'a> {
    let marker = Marker::new(plan, from, to);
    let one = |(index, step): (usize, &'a Step)| One {
        number: index + 1,
        verb: step.verb,
        fact: fact(&step.key),
        facts: step.with.iter().map(fact).collect(),
        sql: &step.sql,
        source: if matches!(step.verb, Verb::Drop | Verb::CleanUp) { None } else { places(&step.key) },
        transaction: step.group + 1,
        outside: step.outside,
        hazards: &step.hazards,
        marks: marker.marks(step).into_iter().collect(),
        effects: step.effects.as_ref().map(|effects| seen(effects, sizes)),
        reason: step.reason.as_deref(),
    };
    Way { transactions: plan.transactions().len(), steps: plan.steps.iter().enumerate().map(one).collect() }
}

pub(in crate::report) fn seen<'a>(effects: &'a Effects, sizes: &Sizes) -> Seen<'a> {
    let on = effects.on.iter().map(|(relation, effect)| {
        let size = sizes.of(relation);
        Touched { relation, effect, size, seconds: size.map(|size| size.time(effect).as_secs()) }
    });
    Seen { on: on.collect(), dropped: &effects.dropped, spared: &effects.spared }
}

/// In hexadecimal digits.
pub fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fact(key: &Key) -> Fact {
    Fact { kind: key.label(), name: key.sql() }
}

fn found(finding: &Finding) -> Found<'_> {
    Found {
        level: finding.level,
        code: finding.code,
        object: &finding.object,
        fact: finding.key.as_ref().map(fact),
        message: &finding.message,
        help: finding.help.as_deref(),
        allowance: finding.allowance(),
        allowed_by: finding.allowed_by.as_deref(),
        blocks: finding.blocks(),
    }
}
