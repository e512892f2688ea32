//! The two scripts of a proposal.

use crate::base::place::Place;
use crate::catalog::Catalog;
use crate::grade::Grade;
use crate::kind::Key;
use crate::observe::size::Sizes;
use crate::propose::Proposal;
use crate::script::{Direction, Header, Settings, State, render};

/// Everything that the two scripts say of themselves.
pub(super) struct Pair<'a> {
    pub proposal: &'a Proposal,
    pub from: &'a Catalog,
    pub to: &'a Catalog,
    pub grade: &'a Grade,
    pub slug: &'a str,
    pub major: u32,
    pub settings: &'a Settings,
    pub sizes: &'a Sizes,
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
}

impl Pair<'_> {
    pub(super) fn up(&self) -> String {
        self.script(Direction::Up, self.places)
    }

    pub(super) fn down(&self) -> String {
        // The files say what is wanted, not what was.
        self.script(Direction::Down, &|_| None)
    }

    fn script(&self, direction: Direction, places: &dyn Fn(&Key) -> Option<Place>) -> String {
        let (plan, from, to) = match direction {
            Direction::Up => (&self.proposal.up, self.from, self.to),
            Direction::Down => (&self.proposal.down, self.to, self.from),
        };
        let (left, reached) = (from.fingerprint(), to.fingerprint());
        let proven = if self.proposal.proof.is_some() { "proven up and down" } else { "not proven" };
        let claims = [proven.to_owned(), format!("down {}", self.grade)];
        let header = Header {
            slug: self.slug,
            direction,
            from: State { fingerprint: &left, facts: &from.facts },
            to: State { fingerprint: &reached, facts: &to.facts },
            major: self.major,
            claims: &claims,
            notes: &[],
            settings: self.settings,
            sizes: self.sizes,
            places,
        };
        render(plan, &header)
    }
}
