//! The one pair: planned from nothing to where the migrations lead, and proven as it was written.

use std::path::Path;

use crate::catalog::Catalog;
use crate::command::branch::said;
use crate::command::error::CommandError;
use crate::command::plan::pair::{Pair, Said};
use crate::command::plan::settings;
use crate::command::progress::Progress;
use crate::command::runner;
use crate::command::side::{Opener, Side};
use crate::command::squash::Args;
use crate::command::squash::error::SquashError;
use crate::grade::{Grade, losses};
use crate::kind::Key;
use crate::lint::down::Came;
use crate::migrate::squash::Replaced;
use crate::observe::size::Sizes;
use crate::propose::{Proposal, Request, propose};
use crate::prove::Bench;
use crate::prove::history::{Watch, history};
use crate::report::json;
use crate::scratch::Scratch;
use crate::script::slug::spelled;
use crate::source::convention::discover;
use crate::source::migrations::{Replayed, replay};
use crate::source::owned::act_for;
use crate::strategy;

/// Its three files, and where it has to lead.
pub(super) struct One {
    pub up: String,
    pub down: String,
    pub plan: String,
    wanted: Catalog,
}

impl One {
    /// Plans it to where the migrations before `next` lead.
    pub(super) fn plan(
        opener: &mut Opener,
        place: &Path,
        next: Option<&str>,
        replaced: &[Replaced],
        args: &Args,
    ) -> Result<Self, CommandError> {
        let Way { titles, from, to, proposal, wanted, major } = Way::plan(opener, place, next)?;
        let scope = runner::scope(&opener.config);
        let reached = proposal.proof.as_ref().map_or(&to, |proof| &proof.reached);
        let (left, reached) = (scope.portable(&from), scope.portable(reached));
        let losses = losses(&proposal.up, &from.facts, &to.facts);
        let grade = Grade::of(&losses, proposal.proof.as_ref().map_or(&[], |proof| &proof.rows.changed));
        let (slug, sizes, places) = (spelled(&args.name), Sizes::default(), |_: &Key| None);
        let notes: Vec<String> = replaced.iter().map(Replaced::directive).collect();
        let (settings, scratch) = (settings(opener), opener.scratch_used().unwrap_or_default());
        let pair = Pair {
            proposal: &proposal,
            from: &from,
            to: &to,
            left: &left,
            reached: &reached,
            grade: &grade,
            slug: &slug,
            major,
            settings: &settings,
            sizes: &sizes,
            places: &places,
            notes: &notes,
        };
        let (up, down) = (pair.up(), pair.down());
        let plan = json::render(&pair.report(Said {
            live: &titles[0],
            desired: &titles[1],
            scratch: &scratch,
            findings: &[],
            notes: &[],
            up_sql: &up,
            down_sql: &down,
        }));
        Ok(Self { up, down, plan, wanted })
    }

    /// Runs the files as they are, up, down and up, on a new database.
    pub(super) fn prove(
        &self,
        folder: &Path,
        scratch: &Scratch,
        measure: &dyn Fn(&Catalog) -> String,
    ) -> Result<(), CommandError> {
        let migrations = discover(folder)?;
        let played = history(&migrations, scratch, &Watch { first: 0, measure, progress: &|_| {} })?;
        let differs = |why: String| Err(SquashError::Differs { why }.into());
        if let Some((_, error)) = &played.failed {
            return differs(said(error));
        }
        if played.states.last() != Some(&measure(&self.wanted)) {
            let left = crate::migrate::start::differences(&played.catalog, &self.wanted);
            return differs(left.join(", "));
        }
        match played.downs.as_slice() {
            [Some(Came::Proven)] => {}
            [Some(Came::Refused(why))] => return differs(why.clone()),
            [Some(Came::Differs(left))] => return differs(left.join(", ")),
            _ => return differs("its down was not run".to_owned()),
        }
        let lost =
            self.wanted.excluded.iter().filter(|(reason, names)| played.catalog.excluded.get(*reason) != Some(names));
        let reasons: Vec<String> = lost.map(|(reason, names)| format!("{reason} ({})", names.join(", "))).collect();
        if reasons.is_empty() { Ok(()) } else { Err(SquashError::Lost { reasons }.into()) }
    }
}

/// The way from nothing to where the migrations lead.
struct Way {
    /// What both ends are called, for a person.
    titles: [String; 2],
    from: Catalog,
    to: Catalog,
    proposal: Proposal,
    /// The second end with all that is in it.
    wanted: Catalog,
    major: u32,
}

impl Way {
    fn plan(opener: &mut Opener, place: &Path, next: Option<&str>) -> Result<Self, CommandError> {
        let nothing = opener.replay(place, Some(""))?;
        let Replayed { catalog: wanted, db, major, .. } = replay(place, next, opener.scratch()?)?;
        let desired = Side::of(wanted.clone(), "what the migrations lead to".to_owned(), major);
        let rules = opener.rules(&nothing, &desired);
        let loader = db.loader();
        let as_applied = |mut catalog: Catalog| {
            act_for(&mut catalog, loader, loader);
            catalog
        };
        let (from, to) = rules.clean_both(nothing.catalog, as_applied(desired.catalog));
        let request = Request {
            live: &from,
            desired: &to,
            renames: &[],
            prepare: &|catalog, model| rules.beside(as_applied(catalog), model),
            prove: true,
            // There is nothing yet that anybody could wait for.
            rewrite: &strategy::plain,
            hot: &|_| false,
            timings: &opener.timings,
        };
        let _progress = Progress::start("planning and proving");
        let proposal = propose(&mut Bench { connection: &mut db.connect()?, watcher: &mut db.connect()? }, &request)?;
        Ok(Self { titles: [nothing.title, desired.title], from, to, proposal, wanted, major })
    }
}
