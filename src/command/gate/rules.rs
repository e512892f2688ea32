//! That the rules of `lint` have nothing against what is due, at the level of the environment.

use std::fs::read_to_string;
use std::path::Path;

use serde_json::Value;

use crate::base::wording::counted;
use crate::command::error::CommandError;
use crate::command::gate::error::{Found, GateError};
use crate::command::lint::look::allows;
use crate::config::Config;
use crate::lint::allow::Allow;
use crate::lint::finding::Finding;
use crate::lint::policy::Policy;
use crate::lint::script::{Context, Script, Threshold};
use crate::lint::{blocked, check_script};
use crate::migrate::folder::Migration;
use crate::migrate::session::Session;
use crate::observe::size::Sizes;
use crate::report::json::hash;
use crate::report::secret::scrub;
use crate::sql::split::split;

/// What the rules are asked with.
pub(super) struct Rules {
    policy: Policy,
    threshold: Threshold,
}

impl Rules {
    pub(super) fn of(config: &Config, environment: Option<&str>) -> Self {
        Self { policy: config.lint.policy(environment), threshold: config.lint.threshold() }
    }

    /// Asks them of each migration by its text and the sizes that the tables of this database have; what an earlier one makes
    /// is known to the later ones.
    ///
    /// # Errors
    /// `GateError::Rules` with what blocks; that a `plan.json` cannot be read, or the server be asked.
    pub(super) fn check(&self, session: &mut Session, due: &[&Migration], given: &[Allow]) -> Result<(), CommandError> {
        let version = session.connection.version();
        let mut context = Context {
            sizes: Sizes::read(&mut session.connection)?,
            major: Some(version.major()),
            minor: Some(version.minor()),
            threshold: self.threshold,
            ..Context::default()
        };
        let mut findings = Vec::new();
        for migration in due {
            let statements = split(&migration.up);
            let script = Script::of_file(&statements, &[], context.clone());
            let mut let_through = given.to_vec();
            let_through.extend(allows(&statements, &(0..migration.up.text.len())));
            let_through.extend(agreed(migration)?);
            findings.extend(check_script(&script, &self.policy, &let_through));
            context.known = script.known;
        }
        if !blocked(&findings) {
            return Ok(());
        }
        findings.retain(Finding::blocks);
        scrub(&mut findings);
        let found = findings.into_iter().map(found).collect::<Vec<Found>>();
        Err(GateError::Rules { count: counted(found.len(), "finding"), found }.into())
    }
}

/// What somebody let through when a pair was planned, where its up is the one that was planned.
fn agreed(migration: &Migration) -> Result<Vec<Allow>, CommandError> {
    if migration.plan_sha256.is_none() {
        return Ok(Vec::new());
    }
    let path = Path::new(&migration.up.path).with_file_name("plan.json");
    let text = read_to_string(&path).map_err(|cause| CommandError::Unreadable { path, cause })?;
    // What is no plan of ours was refused when the folder was read.
    let plan: Value = serde_json::from_str(&text).unwrap_or_default();
    if plan["files"]["up.sql"].as_str() != Some(&hash(&migration.up.text)) {
        return Ok(Vec::new());
    }
    let findings = plan["findings"].as_array().into_iter().flatten();
    let findings = findings.filter(|finding| finding["allowed_by"].is_string());
    Ok(findings.filter_map(|finding| finding["allowance"].as_str()?.parse().ok()).collect())
}

fn found(finding: Finding) -> Found {
    let place = finding.at.as_ref().map(|at| format!("{}:{}: ", at.file.path, at.file.line(at.bytes.start)));
    let Finding { code, message, help, .. } = finding;
    Found { said: format!("{}{code}: {message}", place.unwrap_or_default()), help }
}
