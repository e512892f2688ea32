//! Sequences that are about to give what their column has already.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::name::literal;
use crate::base::wording::listed;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::{Count, Looking};
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "sequence-behind",
    part: Part::Data,
    title: "every sequence is ahead of its column",
    why: "After rows were loaded with their keys, the sequence gives numbers that are taken: inserts fail with a duplicate key, \
          or where nothing is unique, two rows have the same number. Set it behind the last one.",
    look,
};

#[derive(Deserialize)]
struct Filled {
    sequence: String,
    of: String,
    column: String,
    rises: bool,
    step: i64,
    unique: bool,
}

impl Filled {
    /// The number of the column that is furthest on.
    fn last(&self) -> String {
        let Self { of, column, rises, .. } = self;
        format!("SELECT {}({column})::bigint FROM {of}", if *rises { "max" } else { "min" })
    }

    /// Asks for one row: 1 where the next number of the sequence is not ahead of the column.
    fn is_behind(&self) -> String {
        let Self { sequence, rises, step, .. } = self;
        // In numeric: the last number that there is has none after it.
        let next = format!("CASE WHEN is_called THEN last_value::numeric + {step} ELSE last_value END");
        let order = if *rises { "<=" } else { ">=" };
        format!("SELECT count(*) FROM {sequence} WHERE {next} {order} ({})", self.last())
    }
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let columns: Vec<Filled> = looking.objects(include_str!("sequence_behind.sql"))?;
    let mut by_sequence: BTreeMap<&str, Vec<&Filled>> = BTreeMap::new();
    for filled in &columns {
        by_sequence.entry(&filled.sequence).or_default().push(filled);
    }
    let mut seen = Seen::of(Vec::new(), "all are");
    for (sequence, all) in by_sequence {
        let mut behind = Vec::new();
        for filled in &all {
            match looking.count(&filled.is_behind())? {
                Count::Rows(0) => {}
                Count::Rows(_) => behind.push(*filled),
                Count::Unknown(why) => seen.unseen.push(format!("{sequence}: {why}")),
            }
        }
        seen.findings.extend(found(sequence, &behind));
    }
    Ok(seen)
}

fn found(sequence: &str, behind: &[&Filled]) -> Option<Finding> {
    let first = behind.first()?;
    let level = if behind.iter().any(|filled| filled.unique) { Level::Critical } else { Level::Warning };
    let names: Vec<String> = behind.iter().map(|filled| format!("{}.{}", filled.of, filled.column)).collect();
    let lasts: Vec<String> = behind.iter().map(|filled| format!("({})", filled.last())).collect();
    // Of several columns, the one that is furthest on.
    let last = match lasts.as_slice() {
        [one] => one.clone(),
        many => format!("{}({})", if first.rises { "greatest" } else { "least" }, many.join(", ")),
    };
    let mend = format!("SELECT pg_catalog.setval({}, {last});", literal(sequence));
    Some(Finding::new(level, sequence, format!("is behind {}: it gives numbers that are taken", listed(&names))).mend(mend))
}
