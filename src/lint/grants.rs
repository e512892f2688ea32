//! Files that say nothing at all about privileges, beside a database that has some.

use crate::kind::Key;
use crate::lint::{Context, Finding};
use crate::plan::action::Verb;

/// Every object that would lose privileges which the files may simply never have mentioned.
pub fn find(context: &Context) -> Vec<Finding> {
    if context.grants_declared {
        return Vec::new();
    }
    let lost = context.plan.steps.iter().filter(|step| matches!(step.key, Key::Acl(_)) && step.verb == Verb::Drop);
    lost.map(|step| Finding {
        code: "grants-undeclared".to_owned(),
        object: step.key.sql(),
        says: format!(
            "the schema files declare no privileges at all, and those on {} would be revoked",
            step.key.sql()
        ),
        advice: Some("set `compare: {grants: ignore}` in pgplumb.yaml to leave privileges alone".to_owned()),
        allowed: false,
    })
    .collect()
}
