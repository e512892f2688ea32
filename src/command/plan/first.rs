//! The plan that is written, and where it takes two migrations the first of them: judged, and given to whoever asked.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::command::plan::args::Args;
use crate::command::plan::contract::{Held, directive};
use crate::command::plan::give::{folder, give};
use crate::command::plan::pair::{Pair, Places, Said};
use crate::command::plan::settings;
use crate::command::plan::sides::Sides;
use crate::command::side::Opener;
use crate::command::{asked, renamed, runner};
use crate::diff::diff;
use crate::grade::back::lost_on_the_way;
use crate::grade::{Grade, Loss, losses};
use crate::lint::allow::Allow;
use crate::lint::script::Threshold;
use crate::lint::{Finding, Input, blocked, check};
use crate::propose::Proposal;
use crate::script::slug::{slug, spelled};

/// Nothing, where what is not managed is not looked at.
static NOTHING: BTreeMap<String, Vec<String>> = BTreeMap::new();

/// The plan, and what was found of it.
pub(super) struct First<'a> {
    sides: &'a Sides,
    proposal: &'a Proposal,
    held: Option<&'a Held>,
    /// Where it leads: to the desired state, or to where the second begins.
    goal: &'a Catalog,
    losses: Vec<Loss>,
    grade: Grade,
    asked: Vec<Finding>,
    threshold: Threshold,
    strict: bool,
    places: &'a Places<'a>,
}

impl<'a> First<'a> {
    /// Grades it, and asks the rows where that is wanted.
    ///
    /// # Errors
    /// When the live database does not answer.
    pub(super) fn of(
        args: &Args,
        opener: &Opener,
        sides: &'a Sides,
        (proposal, held): (&'a Proposal, Option<&'a Held>),
        places: &'a Places<'a>,
    ) -> Result<Self, CommandError> {
        let goal = held.map_or(&sides.desired.catalog, |held| &held.between);
        let (before, between) = (&sides.live.catalog.facts, &proposal.base(goal).facts);
        let losses = losses(&proposal.up, before, between);
        let back = lost_on_the_way(&proposal.down, before, between);
        let seen = proposal.proof.as_ref().map_or(&[][..], |proof| &proof.rows.changed);
        let grade = Grade::of(&[losses.as_slice(), &back].concat(), seen);
        let asked = if args.check_data { asked::of_plan(&args.database, opener, &proposal.up)? } else { Vec::new() };
        let (threshold, strict) = (opener.config.lint.threshold(), args.strict);
        Ok(Self { sides, proposal, held, goal, losses, grade, asked, threshold, strict, places })
    }

    /// Writes it, and the one that is held back; whether a finding of either blocks.
    ///
    /// # Errors
    /// When something cannot be written.
    pub(super) fn give(&self, args: &Args, opener: &Opener, notes: &[String]) -> Result<bool, CommandError> {
        let Self { sides, proposal, goal, .. } = *self;
        let (from, to, timings) = (&sides.live.catalog, &sides.desired.catalog, &opener.timings);
        let said = renamed::allows(&sides.directives);
        let input = self.input();
        let findings = self.lint(&input, args, opener, &said);
        let slug = args.name.as_ref().map_or_else(|| slug(&diff(&from.facts, &to.facts)), |name| spelled(name));
        let scope = runner::scope(&opener.config);
        // What the up was seen to lead to, where it was run: the runner measures the same.
        let arrived = proposal.proof.as_ref().map_or(goal, |proof| &proof.reached);
        let (left, reached) = timings.time("fingerprints", || (scope.portable(from), scope.portable(arrived)));
        let pair = Pair {
            proposal,
            from,
            to: goal,
            left: &left,
            reached: &reached,
            grade: &self.grade,
            slug: &slug,
            major: sides.desired.major,
            settings: &settings(opener),
            sizes: &sides.live.sizes,
            places: self.places,
            notes: &self.filled().iter().map(directive).collect::<Vec<_>>(),
        };
        let (up_sql, down_sql) = timings.time("writing the scripts", || (pair.up(), pair.down()));
        let scratch = opener.scratch_used().unwrap_or_default();
        let mut report = pair.report(Said {
            live: &sides.live.title,
            desired: &sides.desired.title,
            scratch: &scratch,
            findings: &findings,
            notes,
            up_sql: &up_sql,
            down_sql: &down_sql,
        });
        let now = Timestamp::now();
        timings.time("reporting and writing", || give(args, &mut report, &folder(args, opener, &slug, now)))?;
        let mut blocks = blocked(&findings);
        if let Some(held) = self.held {
            blocks |= held.give(args, opener, now, to, &said, (&pair, &input, &report))?;
        }
        Ok(blocks)
    }

    /// What the rules find, with what the arguments and the files let through.
    fn lint(&self, input: &Input, args: &Args, opener: &Opener, said: &[Allow]) -> Vec<Finding> {
        let policy = opener.config.lint.policy(args.database.env.as_deref());
        check(input, &policy, &[&args.allow, said, self.filled()].concat())
    }

    fn filled(&self) -> &[Allow] {
        self.held.map_or(&[], |held| &held.filled)
    }

    /// What the rules look at.
    fn input(&self) -> Input<'_> {
        let Self { sides: Sides { live, desired, .. }, proposal, .. } = *self;
        Input {
            up: &proposal.up,
            live: &live.catalog.facts,
            desired: &proposal.base(self.goal).facts,
            losses: &self.losses,
            grade: &self.grade,
            grants_declared: desired.grants,
            sizes: &live.sizes,
            threshold: self.threshold,
            version: live.version,
            not_managed: if self.strict { &live.catalog.excluded } else { &NOTHING },
            asked: &self.asked,
            places: self.places,
        }
    }
}
