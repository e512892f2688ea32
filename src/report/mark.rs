//! What a reviewer wants to see of a step at a glance.
//!
//! What was seen when the step ran on scratch counts. Where it was not run, a hazard comes from the room of the kind, and
//! a lock is told by rule from the statement's first words, on objects that are there before the plan.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::kind::statement::Hazard;
use crate::observe::effect::Effects;
use crate::observe::lock::Stops;
use crate::plan::Plan;
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::script::home::object;

/// One mark. The order is how bad it can be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    LosesData,
    /// The table is written again.
    Rewrites,
    /// The table is read in full under a lock.
    Scans,
    DependsOnData,
    /// Readers and writers wait while it runs.
    StrongLock,
    /// Writers wait while it runs.
    WriteLock,
    Outside,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LosesData => "loses data",
            Self::Rewrites => "rewrites",
            Self::Scans => "reads all rows",
            Self::DependsOnData => "depends on the rows",
            Self::StrongLock => "strong lock",
            Self::WriteLock => "writers wait",
            Self::Outside => "outside a transaction",
        })
    }
}

/// Marks the steps of one plan.
pub struct Marker<'a> {
    from: &'a Facts,
    to: &'a Facts,
    /// Objects that the plan makes, or makes again: nobody can be using them.
    made: BTreeSet<&'a Key>,
}

impl<'a> Marker<'a> {
    pub fn new(plan: &'a Plan, from: &'a Facts, to: &'a Facts) -> Self {
        let made = plan.steps.iter().filter(|step| step.verb == Verb::Create).flat_map(|step| &step.with).collect();
        Self { from, to, made }
    }

    pub fn marks(&self, step: &Step) -> BTreeSet<Mark> {
        let mut marks = BTreeSet::new();
        if step.outside {
            marks.insert(Mark::Outside);
        }
        if let Some(effects) = &step.effects {
            marks.extend(seen(effects));
        }
        if self.on_new(step) {
            return marks;
        }
        let told = step.hazards.iter().map(of_hazard);
        marks.extend(told.filter(|mark| step.effects.is_none() || !matches!(mark, Mark::Rewrites | Mark::Scans)));
        if !step.outside && step.effects.is_none() {
            marks.extend(lock(&step.sql));
        }
        marks
    }

    fn on_new(&self, step: &Step) -> bool {
        let facts = if step.verb == Verb::Create { self.to } else { self.from };
        let object = object(&step.key, facts);
        match step.verb {
            Verb::Create | Verb::Alter => self.made.contains(&object) || !self.from.contains(&object),
            _ => false,
        }
    }
}

/// What the run on scratch says.
fn seen(effects: &Effects) -> BTreeSet<Mark> {
    let mut marks = BTreeSet::new();
    for (relation, effect) in &effects.on {
        marks.extend((effect.rewritten && relation.has_rows()).then_some(Mark::Rewrites));
        marks.extend((effect.scanned && effect.lock.blocks()).then_some(Mark::Scans));
        if relation.is_index() {
            continue;
        }
        marks.extend(match effect.lock.stops() {
            Stops::Nobody => None,
            Stops::Writers => Some(Mark::WriteLock),
            Stops::Everybody => Some(Mark::StrongLock),
        });
    }
    if marks.contains(&Mark::StrongLock) {
        marks.remove(&Mark::WriteLock);
    }
    marks
}

fn of_hazard(hazard: &Hazard) -> Mark {
    match hazard {
        Hazard::LosesData(_) => Mark::LosesData,
        Hazard::Rewrites(_) => Mark::Rewrites,
        Hazard::Scans(_) => Mark::Scans,
        Hazard::DependsOnData(_) => Mark::DependsOnData,
    }
}

/// Statements on a relation by their first words, with the lock that `AlterTableGetLockLevel` in `tablecmds.c` and the
/// commands' own code take.
fn lock(sql: &str) -> Option<Mark> {
    let starts = |words: &[&str]| words.iter().any(|word| sql.starts_with(word));
    if starts(&["ALTER TABLE ", "ALTER MATERIALIZED VIEW "]) {
        return alter_table(sql);
    }
    if starts(&["CREATE INDEX ", "CREATE UNIQUE INDEX ", "CREATE TRIGGER ", "CREATE CONSTRAINT TRIGGER "]) {
        return Some(Mark::WriteLock);
    }
    let strong = [
        "DROP TABLE ",
        "DROP INDEX ",
        "DROP VIEW ",
        "DROP MATERIALIZED VIEW ",
        "DROP TRIGGER ",
        "DROP POLICY ",
        "DROP RULE ",
        "CREATE POLICY ",
        "ALTER POLICY ",
        "CREATE RULE ",
        "CREATE OR REPLACE RULE ",
        "CREATE OR REPLACE VIEW ",
        "ALTER VIEW ",
        "DROP SEQUENCE ",
    ];
    starts(&strong).then_some(Mark::StrongLock)
}

fn alter_table(sql: &str) -> Option<Mark> {
    let has = |words: &[&str]| words.iter().any(|word| sql.contains(word));
    let weak = [
        " VALIDATE CONSTRAINT ",
        " SET STATISTICS ",
        " CLUSTER ON ",
        " SET WITHOUT CLUSTER",
        " ATTACH PARTITION ",
        " SET (",
        " RESET (",
    ];
    if has(&weak) {
        return None;
    }
    let writers =
        has(&[" ENABLE TRIGGER ", " DISABLE TRIGGER ", " ENABLE REPLICA TRIGGER ", " ENABLE ALWAYS TRIGGER "])
            || has(&[" ADD CONSTRAINT "]) && has(&[" FOREIGN KEY "]);
    Some(if writers { Mark::WriteLock } else { Mark::StrongLock })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_are_told_from_the_first_words() {
        let cases = [
            ("ALTER TABLE public.a ADD COLUMN b text", Some(Mark::StrongLock)),
            ("ALTER TABLE public.a VALIDATE CONSTRAINT c", None),
            ("ALTER TABLE public.a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES public.d(e)", Some(Mark::WriteLock)),
            ("CREATE INDEX i ON public.a USING btree (b)", Some(Mark::WriteLock)),
            ("DROP VIEW public.v", Some(Mark::StrongLock)),
            ("COMMENT ON TABLE public.a IS 'ALTER TABLE '", None),
            ("CREATE TABLE public.a ()", None),
        ];
        for (sql, mark) in cases {
            assert_eq!(lock(sql), mark, "{sql}");
        }
    }
}
