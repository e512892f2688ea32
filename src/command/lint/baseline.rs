//! Findings that were there when the linter came, and are left alone.
//!
//! A finding is known by its code, its file, its object and the statement that it is about, not by its line: what stands
//! above it may change. What is there twice is known twice.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::command::error::CommandError;
use crate::command::{out, write};
use crate::lint::Finding;
use crate::report::findings::fingerprint::name;

const VERSION: u32 = 1;

/// What a baseline file holds.
#[derive(Serialize, Deserialize)]
pub(in crate::command) struct Baseline {
    version: u32,
    /// How often each finding is known.
    known: BTreeMap<String, usize>,
}

impl Baseline {
    pub(in crate::command) fn of(findings: &[Finding]) -> Self {
        let mut known = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.allowed_by.is_none()) {
            *known.entry(name(finding)).or_default() += 1;
        }
        Self { version: VERSION, known }
    }

    /// None where there is no such file.
    pub(in crate::command) fn read(path: &Path) -> Result<Option<Self>, CommandError> {
        match fs::read_to_string(path) {
            Ok(text) => match serde_json::from_str::<Self>(&text) {
                Ok(baseline) if baseline.version == VERSION => Ok(Some(baseline)),
                _ => Err(CommandError::NoBaseline { path: path.to_owned() }),
            },
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(CommandError::Unreadable { path: path.to_owned(), cause }),
        }
    }

    pub(in crate::command) fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    pub(in crate::command) fn take_out_of(mut self, findings: &mut Vec<Finding>) {
        findings.retain(|finding| match self.known.get_mut(&name(finding)) {
            Some(left) if *left > 0 => {
                *left -= 1;
                false
            }
            _ => true,
        });
    }
}

/// Takes out what the file knows; where there is no such file, it is made of what was found.
pub(in crate::command) fn apply(path: &Path, findings: &mut Vec<Finding>) -> Result<(), CommandError> {
    match Baseline::read(path)? {
        Some(known) => known.take_out_of(findings),
        None => {
            write::one(path, &Baseline::of(findings).text())?;
            out::remark(&format!("wrote {}: what was found is known from now on", path.display()));
            findings.clear();
        }
    }
    Ok(())
}
