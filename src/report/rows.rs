//! The steps of a plan with what was seen of each, and which findings are about it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::base::name::without_public;
use crate::observe::effect::Effect;
use crate::observe::lock::Lock;
use crate::observe::relation::Relation;
use crate::observe::size::{Size, about};
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::report::Report;
use crate::report::mark::{Mark, Marker};

/// A step.
pub struct Row<'a> {
    /// Counted from one, like the transaction.
    pub number: usize,
    pub transaction: usize,
    pub step: &'a Step,
    pub marks: BTreeSet<Mark>,
    /// The strongest lock on a table that was there before, and that table; none where it takes none.
    pub lock: Option<(Lock, &'a Relation)>,
    /// `rewritten`, `all rows read`: what happens to that table's rows; empty for nothing.
    pub work: &'static str,
    pub size: Option<Size>,
    /// An estimate for all that it reads and writes.
    pub time: Duration,
    /// The findings about it, by their place in the report.
    pub findings: Vec<usize>,
}

/// All steps of the up.
pub fn rows<'a>(report: &'a Report) -> Vec<Row<'a>> {
    let marker = Marker::new(report.up, report.live_facts, report.desired_facts);
    report.up.steps.iter().enumerate().map(|(index, step)| row(report, &marker, index, step)).collect()
}

fn row<'a>(report: &'a Report, marker: &Marker, index: usize, step: &'a Step) -> Row<'a> {
    let strongest = step.effects.as_ref().and_then(|effects| effects.strongest());
    let seconds = |(relation, effect): (&Relation, &Effect)| report.sizes.of(relation).map(|size| size.time(effect));
    let time = step.effects.iter().flat_map(|effects| effects.on.iter()).filter_map(seconds).sum();
    let about = |(number, finding): (usize, &crate::lint::Finding)| {
        let key = finding.key.as_ref()?;
        (step.key == *key || step.with.contains(key)).then_some(number)
    };
    Row {
        number: index + 1,
        transaction: step.group + 1,
        step,
        marks: marker.marks(step),
        lock: strongest.map(|(relation, effect)| (effect.lock, relation)),
        work: strongest.map(|(_, effect)| work(effect)).unwrap_or_default(),
        size: strongest.and_then(|(relation, _)| report.sizes.of(relation)).filter(|size| size.bytes > 0),
        time,
        findings: report.findings.iter().enumerate().filter_map(about).collect(),
    }
}

fn work(effect: &Effect) -> &'static str {
    if effect.emptied {
        "emptied"
    } else if effect.rewritten {
        "rewritten"
    } else if effect.indexes_built() > 0 {
        "index built"
    } else if effect.scanned {
        "all rows read"
    } else {
        ""
    }
}

impl Row<'_> {
    /// `new table customers`.
    pub fn title(&self) -> String {
        let verb = match self.step.verb {
            Verb::Create => "new",
            Verb::Alter => "change",
            Verb::Drop => "drop",
            Verb::Rename => "rename",
            Verb::SetAside => "set aside",
            Verb::CleanUp => "clean up",
        };
        format!("{verb} {}", without_public(&self.step.key.to_string()))
    }

    /// `ACCESS EXCLUSIVE on orders`, or that it takes none, or that nobody looked.
    pub fn locks(&self) -> String {
        match (&self.lock, &self.step.effects) {
            (Some((lock, relation)), _) => format!("{lock} on {relation}"),
            (None, Some(_)) => String::new(),
            (None, None) => "not run".to_owned(),
        }
    }

    /// `rewritten, about 3 min`: an estimate.
    pub fn work(&self) -> String {
        match about(self.time).filter(|_| !self.work.is_empty()) {
            Some(time) => format!("{}, {time} (estimated)", self.work),
            None => self.work.to_owned(),
        }
    }
}
