//! The second of two migrations, the contract: written beside the first, and held back by what its head says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use crate::base::name::without_public;
use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::command::plan::args::Args;
use crate::command::plan::give::{folder, give_held};
use crate::command::plan::pair::Pair;
use crate::command::runner;
use crate::command::side::Opener;
use crate::grade::{Grade, Loss, beside, losses};
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::lint::allow::{Allow, Source};
use crate::lint::{Input, blocked, check};
use crate::plan::Plan;
use crate::plan::action::Verb;
use crate::plan::step::Step;
use crate::propose::Proposal;
use crate::propose::expand::Expansion;
use crate::report::Report;
use crate::sql::directive::After;

/// The new columns that are NOT NULL without a default: the trigger fills them.
fn required(up: &Plan, filled: &BTreeSet<Key>) -> Vec<Allow> {
    let required = up.steps.iter().filter(|step| step.sql.ends_with(" SET NOT NULL"));
    let columns = required.filter(|step| filled.contains(&step.key));
    columns.map(|step| asked("column-required", &step.key, "a trigger fills it")).collect()
}

fn asked(code: &str, about: &Key, because: &str) -> Allow {
    let (code, because) = (code.to_owned(), Some(because.to_owned()));
    Allow { code, object: Some(about.sql()), because, source: Source::Asked, within: None }
}

/// Whoever lints the file has to be told as well.
pub(super) fn directive(allow: &Allow) -> String {
    let (object, because) = (allow.object.as_deref().map(without_public), allow.because.as_deref());
    let (object, because) = (object.unwrap_or_default(), because.unwrap_or_default());
    format!("pgplumb: allow {}:{object} because {because}", allow.code)
}

/// What holds it back.
fn phase(after: Option<After>) -> String {
    let after = after.map(|after| format!(" after {after}")).unwrap_or_default();
    format!("pgplumb: phase contract{after}")
}

/// The contract, and the state that it starts from.
pub(super) struct Held {
    pub between: Catalog,
    proposal: Proposal,
    /// What the first is asked to let through, and says so at its head.
    pub filled: Vec<Allow>,
    after: Option<After>,
    /// Whether it was written before.
    settled: bool,
    /// What it drops because something else took its place.
    moved: BTreeMap<Key, Option<Key>>,
}

impl Held {
    /// The plan to be written first, and what is held back.
    pub(super) fn of(expansion: Option<Expansion>, plain: Proposal) -> (Proposal, Option<Self>) {
        match expansion {
            Some(Expansion { expand, between, contract, after, settled, filled, moved }) => {
                let filled = required(&expand.up, &filled);
                (expand, Some(Self { between, proposal: contract, filled, after, settled, moved }))
            }
            None => (plain, None),
        }
    }

    /// Writes it and says what it is, in what was said of the first; whether a finding blocks. It was written before where
    /// its first is done. `said` is what the files let through.
    pub(super) fn give(
        &self,
        args: &Args,
        opener: &Opener,
        now: Timestamp,
        to: &Catalog,
        said: &[Allow],
        (pair, input, report): (&Pair, &Input, &Report),
    ) -> Result<bool, CommandError> {
        if self.settled {
            return Ok(false);
        }
        let (from, Proposal { up, down, proof, .. }) = (&self.between, &self.proposal);
        let arrived = proof.as_ref().map_or(to, |proof| &proof.reached);
        let reached = runner::scope(&opener.config).portable(arrived);
        let (live, desired) = (&from.facts, &to.facts);
        let losses = losses(up, live, desired);
        let grade = self.grade(&losses, desired);
        let input = Input { up, live, desired, losses: &losses, grade: &grade, ..*input };
        let allows = [args.allow.clone(), said.to_vec(), self.allows()].concat();
        let findings = check(&input, &opener.config.lint.policy(args.database.env.as_deref()), &allows);
        let slug = format!("{}-contract", report.slug);
        let notes: Vec<String> =
            std::iter::once(phase(self.after)).chain(self.allows().iter().map(directive)).collect();
        let pair = Pair {
            proposal: &self.proposal,
            from,
            to,
            left: pair.reached,
            reached: &reached,
            grade: &grade,
            slug: &slug,
            notes: &notes,
            ..*pair
        };
        let (up_sql, down_sql) = (pair.up(), pair.down());
        let mut report = Report {
            slug: &slug,
            live: "the state after the first",
            from: pair.left,
            to: &reached,
            live_facts: live,
            desired_facts: desired,
            edges: [&from.edges, &to.edges],
            up,
            down,
            grade: &grade,
            proof: proof.as_ref(),
            findings: &findings,
            notes: &[self.told()],
            up_sql: &up_sql,
            down_sql: &down_sql,
            written: None,
            ..*report
        };
        give_held(args, &mut report, &beside_first(args, opener, &slug, now))?;
        Ok(blocked(&findings))
    }

    /// How good its down is, which fills what comes back from what took its place.
    fn grade(&self, losses: &[Loss], desired: &Facts) -> Grade {
        let rows = self.proposal.proof.as_ref().map(|proof| &proof.rows);
        let came_back = |key: &Key| rows.is_some_and(|rows| rows.came_back(key));
        let left = beside::left(losses, &self.moved, (&self.between.facts, desired), &came_back);
        Grade::of(&left, rows.map_or(&[], |rows| &rows.changed))
    }

    /// When it is run, for a person.
    fn told(&self) -> String {
        let asked = "`pgplumb apply --phase contract` runs it, once nothing uses what it takes away";
        match self.after {
            Some(after) => format!("held back: `pgplumb apply` runs it after {after}, and before that {asked}"),
            None => format!("held back: {asked}"),
        }
    }

    /// Whoever asks for two migrations asks for the second to drop what has the old names.
    fn allows(&self) -> Vec<Allow> {
        let one = |step: &Step| match step.key {
            Key::Column(_) => Some(asked("drop-column", &step.key, "its values are in the column that took its place")),
            Key::Table(_) => Some(asked("drop-table", &step.key, "its rows are in the table that took its name")),
            Key::View(_) if step.sql.starts_with("DROP VIEW ") => {
                Some(asked("view-columns-changed", &step.key, "it kept a name for as long as was asked"))
            }
            _ => None,
        };
        let steps = self.proposal.up.steps.iter();
        steps.filter(|step| step.verb == Verb::Drop && self.moved.contains_key(&step.key)).filter_map(one).collect()
    }
}

/// Where its files go: it runs after the first.
fn beside_first(args: &Args, opener: &Opener, slug: &str, now: Timestamp) -> PathBuf {
    let mut place = folder(args, opener, slug, now + SignedDuration::from_secs(1));
    if let Some(name) = args.out.as_ref().and_then(|out| out.file_name()) {
        place.set_file_name(format!("{}-contract", name.to_string_lossy()));
    }
    place
}
