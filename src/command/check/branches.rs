//! Migrations that were planned beside others, as findings.

use crate::command::branch::{Branches, Folder};
use crate::command::error::CommandError;
use crate::lint::allow::Allow;
use crate::lint::finding::Span;
use crate::lint::policy::Policy;
use crate::lint::rule::{branches_conflict, branches_not_rebased};
use crate::lint::{Finding, weighed};
use crate::scratch::Scratch;

/// Those that commute with what they knew nothing of and do not say so, and the first that conflicts.
pub(super) fn branches(
    folder: &Folder,
    scratch: &Scratch,
    policy: &Policy,
    allows: &[Allow],
) -> Result<Vec<Finding>, CommandError> {
    let Branches { commuting, conflict } = folder.branches(scratch)?;
    let id = |place: usize| folder.files.get(place).map_or("", |file| file.id.as_str());
    let found = |code, place: usize, message, help: &str| {
        let up = folder.migrations.get(place).map(|migration| &migration.up);
        let at = up.map(|up| {
            let bytes = up.statements().first().map_or(up.bytes.clone(), |first| first.span.clone());
            Span { file: up.file.clone(), bytes }
        });
        Finding { object: id(place).to_owned(), at, ..Finding::of_plan(code, message) }.help(help)
    };
    let (rule, conflicts) = (&branches_not_rebased::RULE, &branches_conflict::RULE);
    let not_rebased = commuting.iter().map(|one| {
        let with: Vec<&str> = one.with.iter().map(|place| id(*place)).collect();
        let message =
            format!("{} was planned beside {}: they commute, and nothing says so", id(one.at), with.join(", "));
        found(rule.code, one.at, message, "run `pgplumb rebase`: it writes that down, and changes no statement")
    });
    let not_rebased = weighed(rule, not_rebased.collect(), policy, allows);
    let conflict = conflict.map(|one| {
        let message = format!("{} was planned beside {}, and they conflict: {}", id(one.at), id(one.with), one.why);
        found(conflicts.code, one.at, message, "run `pgplumb rebase`: it plans the later one anew")
    });
    let conflict = weighed(conflicts, conflict.into_iter().collect(), policy, allows);
    Ok([not_rebased, conflict].concat())
}
