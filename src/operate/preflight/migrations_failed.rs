//! Migrations that did not end well, or are not what they were.

use crate::base::wording::listed;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "migrations-failed",
    title: "every migration ended well",
    why: "Where a migration stopped half-way, or its file is not what was applied, nobody can say what the schema is.",
    mend: "`pgplumb status` shows how each stands, `pgplumb resume --explain` what was cut off.",
    stops: false,
    look: Look::Here(look),
};

fn look(asked: &Asked) -> Seen {
    let Some(migrations) = &asked.migrations else { return Seen::Unseen("the books could not be read".to_owned()) };
    let mut findings = Vec::new();
    if !migrations.failed.is_empty() {
        let what = format!("failed, or cut off half-way: {}", listed(&migrations.failed));
        findings.push(Finding::new(Level::Error, what));
    }
    if !migrations.changed.is_empty() {
        let what = format!("applied, and not what is in the folder now: {}", listed(&migrations.changed));
        findings.push(Finding::new(Level::Error, what));
    }
    Seen::of(findings, "all did")
}
