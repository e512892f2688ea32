//! The comment above a step: why it is there, and what it touches.
//!
//! A comment ends where its line ends, and names can hold line ends: everything goes through `lines`.

mod online;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexSet;

use crate::base::name::without_public;
use crate::base::place::Place;
use crate::kind::statement::Hazard;
use crate::kind::{Key, Site};
use crate::observe::wording::sentences;
use crate::plan::Plan;
use crate::plan::action::{Part, Verb};
use crate::plan::step::Step;
use crate::script::comment::online::{beginning, continuation};
use crate::script::home::object;
use crate::script::layout::lay_out;
use crate::script::{Direction, Header};

/// The widest that a comment gets, where its words allow.
const WIDTH: usize = 110;

/// The text on one line: no character that could end a comment.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }).collect()
}

/// The text as comment lines, with a line end after each.
pub fn lines(text: &str) -> String {
    textwrap::wrap(plain(text).trim(), textwrap::Options::new(WIDTH - 3).break_words(false))
        .iter()
        .map(|line| format!("-- {line}\n"))
        .collect()
}

/// Whether the statement only reads rows to see that a constraint holds.
pub fn is_validation(sql: &str) -> bool {
    (sql.starts_with("ALTER TABLE ") || sql.starts_with("ALTER DOMAIN ")) && sql.contains(" VALIDATE CONSTRAINT ")
}

/// Whether a replaced fact is only dropped and created because of what it stands on.
pub fn is_restored(reason: &str) -> bool {
    reason.starts_with("it stands on ")
}

/// Words the comments of one plan.
pub struct Narrator<'a> {
    header: &'a Header<'a>,
    /// What the plan makes, and which of its steps does.
    created: BTreeMap<&'a Key, usize>,
    steps: &'a [Step],
}

impl<'a> Narrator<'a> {
    pub fn new(plan: &'a Plan, header: &'a Header<'a>) -> Self {
        let makers = plan.steps.iter().enumerate().filter(|(_, step)| step.verb == Verb::Create);
        let mut created = BTreeMap::new();
        for (index, step) in makers {
            for key in &step.with {
                created.entry(key).or_insert(index);
            }
        }
        Self { header, created, steps: &plan.steps }
    }

    /// The statements of one transaction, those that belong together under one comment.
    pub fn blocks(&self, group: &[Step]) -> Vec<String> {
        group.chunk_by(|a, b| self.belong_together(a, b)).map(|block| self.block(block)).collect()
    }

    fn block(&self, block: &[Step]) -> String {
        let mut text = block.first().map(|first| lines(&self.why(first, block))).unwrap_or_default();
        let mut said = BTreeSet::new();
        for line in sentences(block.iter().filter_map(|step| step.effects.as_ref()), self.header.sizes) {
            text.push_str(&lines(&line));
        }
        for hazard in block.iter().filter(|step| !self.on_new(step)).flat_map(hazards) {
            if said.insert(hazard) {
                text.push_str(&lines(&touches(hazard)));
            }
        }
        // One action may have several statements.
        let lost: IndexSet<String> = block.iter().filter_map(|step| self.loses(step)).collect();
        for lost in lost {
            text.push_str(&lines(&format!("loses data: {}", without_public(&lost))));
        }
        for step in block {
            text.push_str(&lay_out(&step.sql));
            text.push('\n');
        }
        text
    }

    /// Statements of one action, and the comments, owners and privileges of what was created just before.
    fn belong_together(&self, a: &Step, b: &Step) -> bool {
        let maker = |step: &Step| {
            let object = step.key.on().filter(|_| step.key.name().is_empty()).unwrap_or(&step.key);
            self.created.get(object).copied()
        };
        let of_new = || b.key.name().is_empty() && maker(b).is_some() && maker(a) == maker(b);
        a.verb == b.verb && (a.key == b.key && a.part == b.part || b.verb == Verb::Create && of_new())
    }

    /// Whether the step works on an object that the plan makes, which nobody can be using.
    fn on_new(&self, step: &Step) -> bool {
        step.verb == Verb::Create && self.created.contains_key(&object(&step.key, self.header.to.facts))
    }

    /// The rows or values that go with what is dropped.
    fn loses(&self, step: &Step) -> Option<String> {
        let (facts, nothing) = (self.header.from.facts, BTreeSet::new());
        let body = facts.get(&step.key).filter(|_| step.verb == Verb::Drop)?;
        body.loses(&Site { key: &step.key, here: facts, there: self.header.to.facts, absorbed: &nothing })
    }

    fn why(&self, step: &Step, block: &[Step]) -> String {
        let same = |other: &&Step| other.verb == step.verb && other.key == step.key;
        let before = self.steps.iter().filter(same).any(|other| other.group < step.group);
        let after = self.steps.iter().filter(same).any(|other| other.group > step.group);
        let name = self.name(step);
        if before {
            return format!("{name}: {}", continuation(block));
        }
        match (step.part, step.verb) {
            (Part::Stub, Verb::Drop) => return format!("{name} lets go of what it uses, which uses it"),
            (Part::Rest, Verb::Create | Verb::Alter) if self.steps.iter().filter(same).any(is_stub) => {
                return format!("{name} is made whole, now that what it uses is there");
            }
            _ => {}
        }
        let place = self.place(step).map(|place| format!(" ({place})")).unwrap_or_default();
        let reason = step.reason.as_deref().map(without_public).unwrap_or_default();
        let what = match step.verb {
            _ if step.sql.contains(" ATTACH PARTITION ") => {
                format!("{} is attached{place}{}", on(step), because(&reason))
            }
            _ if step.sql.contains(" DETACH PARTITION ") => format!("{} is detached{}", on(step), because(&reason)),
            Verb::Create | Verb::Drop if reason.is_empty() && turns(step.verb, block) => {
                format!("changed {name}{place}")
            }
            Verb::Create if reason.is_empty() => format!("new {name}{place}"),
            Verb::Create if is_restored(&reason) => format!("restored {name}{place}: {reason}"),
            Verb::Create => format!("replaced {name}{place}: {reason}"),
            Verb::Drop if reason.is_empty() => format!("dropped {name}"),
            Verb::Drop if is_restored(&reason) => format!("{name} makes room and comes back below: {reason}"),
            Verb::Drop => format!("{name} is created anew below: {reason}"),
            Verb::Rename if reason.is_empty() => format!("moved {name} to another schema{place}"),
            Verb::Rename if self.header.direction == Direction::Down => format!("{name} gets its old name back"),
            Verb::Rename => format!("renamed {name}{place}: {reason}"),
            Verb::Alter => format!("changed {name}{place}"),
            Verb::SetAside => format!("{name}: the old one is set aside while columns move to the new one"),
            Verb::CleanUp => format!("{name}: nothing uses the old one any more"),
        };
        let half = if is_stub(step) { "; a stub first, because what it uses uses it" } else { "" };
        format!("{what}{half}{}", beginning(block, after))
    }

    /// What the step is about: a table where it is one of several columns, and a partition where it comes or goes.
    fn name(&self, step: &Step) -> String {
        let columns = step.with.iter().filter(|key| key.on() == step.key.on() && matches!(key, Key::Column(_))).count();
        let on = step.key.on().map(ToString::to_string).unwrap_or_default();
        without_public(&match step.key {
            Key::Column(_) if step.verb == Verb::Alter && columns > 1 => format!("{columns} columns of {on}"),
            _ => step.key.to_string(),
        })
    }

    /// Where the files declare it, for what a file declares.
    fn place(&self, step: &Step) -> Option<Place> {
        if self.header.direction == Direction::Down || matches!(step.verb, Verb::Drop | Verb::CleanUp) {
            return None;
        }
        (self.header.places)(&step.key)
    }
}

fn is_stub(step: &Step) -> bool {
    step.part == Part::Stub
}

/// The table that is a partition.
fn on(step: &Step) -> String {
    without_public(&step.key.on().map(ToString::to_string).unwrap_or_default())
}

fn because(reason: &str) -> String {
    let restored = reason.strip_prefix("it stands on ").map(|what| format!(": its place is under {what}"));
    restored.unwrap_or_else(|| if reason.is_empty() { String::new() } else { format!(": {reason}") })
}

/// Whether statements do the reverse of what their verb says: a REVOKE from PUBLIC makes privileges differ from what
/// is granted by default, and `COMMENT ... IS NULL` takes away what an extension says.
fn turns(verb: Verb, block: &[Step]) -> bool {
    let takes = |step: &Step| {
        let takes =
            step.sql.contains("REVOKE ") || step.sql.ends_with(" IS NULL") || step.sql.contains(" DISABLE TRIGGER ");
        let attribute = step.sql.starts_with("COMMENT ON ") || step.sql.contains(" TRIGGER ");
        let gives = step.sql.contains("GRANT ") || attribute && !takes;
        (takes && verb == Verb::Create) || (gives && verb == Verb::Drop)
    };
    let nameless =
        |step: &Step| step.key.name().is_empty() || matches!(step.key, Key::TriggerCopy(_) | Key::DefaultPrivileges(_));
    block.iter().any(|step| nameless(step) && takes(step))
}

/// What the kind told of the step, other than what was seen better.
fn hazards(step: &Step) -> impl Iterator<Item = &Hazard> {
    let measured = step.effects.is_some();
    let seen = move |hazard: &&Hazard| measured && matches!(hazard, Hazard::Rewrites(_) | Hazard::Scans(_));
    step.hazards.iter().filter(move |hazard| !seen(hazard))
}

fn touches(hazard: &Hazard) -> String {
    let (what, because) = match hazard {
        Hazard::LosesData(because) => ("loses data", because),
        Hazard::Rewrites(because) => ("may rewrite the table", because),
        Hazard::Scans(because) => ("reads the whole table", because),
        Hazard::DependsOnData(because) => ("depends on the rows", because),
    };
    format!("{what}: {}", without_public(because))
}
