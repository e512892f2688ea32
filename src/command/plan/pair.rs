//! The two scripts of a proposal, and the report on it.

use crate::base::place::Place;
use crate::catalog::Catalog;
use crate::grade::Grade;
use crate::kind::Key;
use crate::lint::Finding;
use crate::observe::size::Sizes;
use crate::propose::Proposal;
use crate::report::Report;
use crate::script::{Direction, Header, Settings, State, render};

/// Where the files declare a fact.
pub(in crate::command) type Places<'a> = dyn Fn(&Key) -> Option<Place> + 'a;

/// Everything that the two scripts say of themselves.
pub(in crate::command) struct Pair<'a> {
    pub proposal: &'a Proposal,
    pub from: &'a Catalog,
    pub to: &'a Catalog,
    /// Fingerprints of both; they take time.
    pub left: &'a str,
    pub reached: &'a str,
    pub grade: &'a Grade,
    pub slug: &'a str,
    pub major: u32,
    pub settings: &'a Settings,
    pub sizes: &'a Sizes,
    pub places: &'a Places<'a>,
    /// Further lines for the heads of both.
    pub notes: &'a [String],
}

/// What a report says beyond its scripts: what both sides and the scratch are called, and what was found.
pub(in crate::command) struct Said<'a> {
    pub live: &'a str,
    pub desired: &'a str,
    pub scratch: &'a str,
    pub findings: &'a [Finding],
    pub notes: &'a [String],
    pub up_sql: &'a str,
    pub down_sql: &'a str,
}

impl<'a> Pair<'a> {
    pub(in crate::command) fn up(&self) -> String {
        self.script(Direction::Up, self.places)
    }

    pub(in crate::command) fn down(&self) -> String {
        // The files say what is wanted, not what was.
        self.script(Direction::Down, &|_| None)
    }

    fn script(&self, direction: Direction, places: &Places) -> String {
        let live = State { fingerprint: self.left, facts: &self.from.facts };
        let desired = State { fingerprint: self.reached, facts: &self.to.facts };
        let (plan, from, to) = match direction {
            Direction::Up => (&self.proposal.up, live, desired),
            Direction::Down => (&self.proposal.down, desired, live),
        };
        let proven = if self.proposal.proof.is_some() { "proven up and down" } else { "not proven" };
        let claims = [proven.to_owned(), format!("down {}", self.grade)];
        let header = Header {
            slug: self.slug,
            direction,
            from,
            to,
            major: self.major,
            claims: &claims,
            notes: self.notes,
            settings: self.settings,
            sizes: self.sizes,
            places,
        };
        render(plan, &header)
    }

    pub(in crate::command) fn report(&self, said: Said<'a>) -> Report<'a> {
        let Said { live, desired, scratch, findings, notes, up_sql, down_sql } = said;
        let base = self.proposal.base(self.to);
        Report {
            tool: env!("CARGO_PKG_VERSION"),
            server_major: self.major,
            slug: self.slug,
            live,
            desired,
            scratch,
            from: self.left,
            to: self.reached,
            live_facts: &self.from.facts,
            desired_facts: &base.facts,
            edges: [&self.from.edges, &base.edges],
            up: &self.proposal.up,
            down: &self.proposal.down,
            grade: self.grade,
            proof: self.proposal.proof.as_ref(),
            findings,
            excluded: &self.from.excluded,
            sizes: self.sizes,
            notes,
            up_sql,
            down_sql,
            written: None,
            places: self.places,
        }
    }
}
