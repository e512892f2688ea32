//! What a finding is known by from one run to the next.
//!
//! Its code, its file, its object and the SQL that it is about, but not its line: what stands above it may change.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::lint::Finding;

/// `index-not-concurrent migrations/0001.sql orders 3f2a91c0d4e5`: the end is of the SQL that it is about.
pub fn name(finding: &Finding) -> String {
    let sql = finding.at.as_ref().and_then(|at| at.file.text.get(at.bytes.clone())).unwrap_or_default();
    let words: Vec<&str> = sql.split_whitespace().collect();
    let file = finding.at.as_ref().map_or("", |at| at.file.path.as_str());
    format!("{} {file} {} {}", finding.code, finding.object, digest(&words.join(" "), 6))
}

/// One of 40 hexadecimal digits for each finding, no two the same: of what is there twice, the second is told from the
/// first by its number.
pub fn all(findings: &[Finding]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut one = |finding: &Finding| {
        let name = match &finding.at {
            Some(_) => name(finding),
            // Of what stands in no file only the message tells which of several it is.
            None => format!("{} {} {}", finding.code, finding.object, finding.message),
        };
        let number = seen.entry(name.clone()).or_default();
        *number += 1;
        digest(&format!("{name} {number}"), 20)
    };
    findings.iter().map(&mut one).collect()
}

/// The first bytes of the SHA-256, in hexadecimal digits.
fn digest(text: &str, bytes: usize) -> String {
    Sha256::digest(text).iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}
