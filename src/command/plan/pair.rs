//! The two scripts of a proposal.

use crate::base::place::Place;
use crate::catalog::Catalog;
use crate::grade::Grade;
use crate::kind::Key;
use crate::observe::size::Sizes;
use crate::propose::Proposal;
use crate::script::{Direction, Header, Settings, State, render};

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
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
    /// Further lines for the heads of both.
    pub notes: &'a [String],
}

impl Pair<'_> {
    pub(in crate::command) fn up(&self) -> String {
        self.script(Direction::Up, self.places)
    }

    pub(in crate::command) fn down(&self) -> String {
        // The files say what is wanted, not what was.
        self.script(Direction::Down, &|_| None)
    }

    fn script(&self, direction: Direction, places: &dyn Fn(&Key) -> Option<Place>) -> String {
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
}
