//! What of a database counts when states are told apart, and the two fingerprints of a state.

use crate::catalog::Catalog;
use crate::kind::Key;
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
}

impl Scope {
    /// The state as it counts.
    pub fn read(&self, mut catalog: Catalog) -> Reading {
        self.leave.out_of(&mut catalog);
        let ignored = |key: &Key| match key {
            Key::Owner(_) => self.ignore_owners,
            Key::Acl(_) | Key::DefaultPrivileges(_) => self.ignore_grants,
            _ => false,
        };
        let ignored: Vec<Key> = catalog.facts.keys().filter(|key| ignored(key)).cloned().collect();
        for key in ignored {
            catalog.facts.remove(&key);
        }
        let (full, portable) = (catalog.fingerprint(), self.portable(&catalog));
        Reading { catalog, full, portable }
    }

    /// The fingerprint that a migration is bound to. Owners and default privileges are left out: they name the role that
    /// runs it, and that is another one on scratch than in production.
    pub fn portable(&self, catalog: &Catalog) -> String {
        catalog.fingerprint_of(|key| match key {
            Key::Owner(_) | Key::DefaultPrivileges(_) => false,
            Key::Acl(_) => self.bind_grants,
            _ => true,
        })
    }
}
