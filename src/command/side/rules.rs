//! What is taken out of catalogs before they are compared, and what one side inherits of the other.

use crate::base::pattern::Pattern;
use crate::catalog::Catalog;
use crate::command::side::Side;
use crate::command::side::pins::Pins;
use crate::config::{Config, Scope};
use crate::kind::{Body, Key};
use crate::scratch::database::ScratchDb;
use crate::scratch::error::ScratchError;
use crate::source::leave::{Leave, declares_bookkeeping};

/// What is taken out of catalogs before they are compared.
#[derive(Clone, Debug)]
pub struct Rules {
    leave: Leave,
    owners: bool,
    grants: bool,
    pins: Pins,
}

impl Rules {
    /// Those of the configuration, as far as both sides say anything of what is compared.
    pub(super) fn of(config: &Config, from: &Side, to: &Side) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        let compared = |scope: Scope, declared: bool| match scope {
            Scope::Everywhere => true,
            Scope::Declared => declared,
            Scope::Ignore => false,
        };
        // Our own books show up only where a schema in files or migrations is what declares them.
        let declared = |side: &Side| side.loaded.is_some() && declares_bookkeeping(&side.catalog);
        Self {
            leave: Leave {
                schemas: patterns(&config.exclude.schemas),
                objects: patterns(&config.exclude.objects),
                only: config.fleet.schema.clone(),
                bookkeeping: declared(from) || declared(to),
                // What was taken over in one is not to be made in the other.
                taken: from.catalog.taken().chain(to.catalog.taken()).cloned().collect(),
            },
            owners: compared(config.compare.owners, from.owners && to.owners),
            grants: compared(config.compare.grants, from.grants && to.grants),
            pins: Pins::of([from, to]),
        }
    }

    /// Asks the server which updates there are between the versions of extensions that are declared.
    ///
    /// # Errors
    /// What the server says.
    pub fn with_updates(mut self, scratch: &ScratchDb) -> Result<Self, ScratchError> {
        self.pins.ask(scratch)?;
        Ok(self)
    }

    /// Cleans both sides. What `to` says nothing about stays as it is in `from`, and comes back with what is replaced:
    /// the owner of an object that it names no owner for, and privileges where they are not compared.
    pub fn clean_both(&self, from: Catalog, to: Catalog) -> (Catalog, Catalog) {
        let (from, to) = (self.leave_out(from), self.leave_out(to));
        let to = self.inherit(to, &from);
        (from, to)
    }

    /// A state that was read on scratch, as it counts beside `model`.
    pub fn beside(&self, reached: Catalog, model: &Catalog) -> Catalog {
        self.inherit(self.leave_out(reached), model)
    }

    /// One state alone, cleaned of what is never looked at.
    pub fn clean(&self, catalog: Catalog) -> Catalog {
        let mut catalog = self.leave_out(catalog);
        let unheard = |key: &Key| match key {
            Key::Owner(_) => !self.owners,
            Key::Acl(_) | Key::MemberAcl(_) | Key::DefaultPrivileges(_) => !self.grants,
            _ => false,
        };
        remove(&mut catalog, unheard);
        catalog
    }

    fn leave_out(&self, mut catalog: Catalog) -> Catalog {
        self.leave.out_of(&mut catalog);
        self.pins.put(&mut catalog);
        catalog
    }

    fn inherit(&self, mut to: Catalog, from: &Catalog) -> Catalog {
        let silent = |key: &Key, body: &Body| match (key, body) {
            // Where nobody says whose the schema public is, it is whose it is in a new database.
            (_, Body::Owner(owner)) => !self.owners || owner.standard.0.is_none() && !to.facts.contains(key),
            (Key::Acl(_) | Key::MemberAcl(_) | Key::DefaultPrivileges(_), _) => !self.grants,
            _ => false,
        };
        let there = |key: &Key| key.on().is_none_or(|on| to.facts.contains(on));
        let kept: Vec<(Key, Body)> = from
            .facts
            .iter()
            .filter(|(key, body)| silent(key, body) && there(key))
            .map(|(key, body)| (key.clone(), body.clone()))
            .collect();
        let unheard = |key: &Key| match key {
            // Only what is new gets its owner: of the rest, one of the sides knows none.
            Key::Owner(_) => !self.owners && key.on().is_some_and(|on| from.facts.contains(on)),
            Key::Acl(_) | Key::MemberAcl(_) | Key::DefaultPrivileges(_) => !self.grants,
            _ => false,
        };
        remove(&mut to, unheard);
        for (key, body) in kept {
            to.facts.insert(key, body);
        }
        to
    }
}

fn remove(catalog: &mut Catalog, gone: impl Fn(&Key) -> bool) {
    let gone: Vec<Key> = catalog.facts.keys().filter(|key| gone(key)).cloned().collect();
    for key in gone {
        catalog.facts.remove(&key);
    }
}
