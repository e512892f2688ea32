//! What of a database counts when states are told apart, and the two fingerprints of a state.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::kind::Key;
use crate::migrate::folder::Fact;
use crate::source::leave::Leave;

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub leave: Leave,
    /// Owners and privileges that the configuration says to ignore.
    pub ignore_owners: bool,
    pub ignore_grants: bool,
    /// Whether privileges are always compared, so that a plan can be bound to them.
    pub bind_grants: bool,
}

/// One state and its fingerprints.
#[derive(Debug)]
pub struct Reading {
    pub catalog: Catalog,
    /// Of everything that counts here.
    pub full: String,
    /// Of what is the same wherever the same migrations were run, whoever ran them.
    pub portable: String,
    /// The same without what held contracts will take away; none where there are none.
    pub without: Option<String>,
}

impl Reading {
    /// Whether it is the state that a migration names, by a fingerprint or the first characters of one.
    pub fn is(&self, named: &str) -> bool {
        let without = self.without.as_ref().is_some_and(|without| without.starts_with(named));
        self.portable.starts_with(named) || without
    }
}

impl Scope {
    /// The state as it counts.
    pub fn read(&self, mut catalog: Catalog) -> Reading {
        self.leave.out_of(&mut catalog);
        let ignored = |key: &Key| match key {
            Key::Owner(_) => self.ignore_owners,
            Key::Acl(_) | Key::MemberAcl(_) | Key::DefaultPrivileges(_) => self.ignore_grants,
            _ => false,
        };
        let ignored: Vec<Key> = catalog.facts.keys().filter(|key| ignored(key)).cloned().collect();
        for key in ignored {
            catalog.facts.remove(&key);
        }
        let (full, portable) = (catalog.fingerprint(), self.portable(&catalog));
        Reading { catalog, full, portable, without: None }
    }

    /// The portable fingerprint of the state without these facts, and all that is on them.
    pub fn portable_without(&self, catalog: &Catalog, gone: &BTreeSet<Fact>) -> String {
        let is_gone =
            |key: &Key| std::iter::successors(Some(key), |key| key.on()).any(|key| gone.contains(&Fact::of(key)));
        catalog.fingerprint_of(|key| self.is_portable(key) && !is_gone(key))
    }

    /// The fingerprint that a migration is bound to. Owners and default privileges are left out: they name the role that
    /// runs it, and that is another one on scratch than in production.
    pub fn portable(&self, catalog: &Catalog) -> String {
        catalog.fingerprint_of(|key| self.is_portable(key))
    }

    fn is_portable(&self, key: &Key) -> bool {
        match key {
            Key::Owner(_) | Key::DefaultPrivileges(_) => false,
            Key::Acl(_) | Key::MemberAcl(_) => self.bind_grants,
            _ => true,
        }
    }
}
