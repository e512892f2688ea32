//! Where Postgres keeps an object, and how that becomes a fact.

use std::collections::BTreeMap;

/// `pg_depend`'s way to name anything: the catalog, the row, and the column within a relation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Address {
    pub class: u32,
    pub object: u32,
    pub sub: i32,
}

impl Address {
    pub fn whole(self) -> Self {
        Self { sub: 0, ..self }
    }
}

/// From addresses to the facts that stand for them, by their place among what was read.
#[derive(Debug, Default)]
pub struct Addresses {
    known: BTreeMap<Address, usize>,
    /// What an object without a fact is an internal part of: the row type of its table, an index of its constraint.
    owners: BTreeMap<Address, Address>,
    /// The extension that an object came with.
    members: BTreeMap<Address, Address>,
}

impl Addresses {
    pub fn learn(&mut self, address: Address, fact: usize) {
        self.known.insert(address, fact);
    }

    pub fn learn_part(&mut self, part: Address, owner: Address) {
        self.owners.entry(part).or_insert(owner);
    }

    pub fn learn_member(&mut self, member: Address, extension: Address) {
        self.members.insert(member, extension);
    }

    pub fn is_member(&self, address: Address) -> bool {
        self.members.contains_key(&address.whole())
    }

    /// The fact that stands for this address: itself, or what it is a part of.
    pub fn resolve(&self, address: Address) -> Option<usize> {
        let mut at = address;
        // A part of a part of a part: an array type of a row type of a table. Longer chains do not exist.
        for _ in 0..8 {
            if let Some(fact) = self.known.get(&at).or_else(|| self.known.get(&at.whole())) {
                return Some(*fact);
            }
            let whole = at.whole();
            at = *self.owners.get(&whole).or_else(|| self.members.get(&whole))?;
        }
        None
    }
}
