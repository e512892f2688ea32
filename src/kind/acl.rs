//! The privileges on an object or a column, where they differ from what such an object has by itself.
//!
//! Entries of the owner are written without the owner's name, because a change of owner carries them over; so they are
//! compared, and reached, in terms of the owner that the object has after the change. A grant that somebody else made
//! is made again as that role. Revoking from a table takes the same privilege from its columns along
//! (`ExecGrant_Relation` in `aclchk.c`), so grants on columns that stay are given again.

pub mod entry;
pub mod item;
pub mod member;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::acl::entry::{Entries, Entry, Grant, Grantee, changes, merged};
use crate::kind::acl::item::Told;
use crate::kind::carried::Carried;
use crate::kind::default_privileges::initial::initial;
use crate::kind::facts::Facts;
use crate::kind::key::Attached;
use crate::kind::owner::owner_of;
use crate::kind::statement::{Alter, Statement};
use crate::kind::{Body, Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Told")]
pub struct Acl {
    pub entries: Entries,
    /// What an object of this kind has by itself.
    pub standard: Carried<Entries>,
    /// The kind as `acldefault` names it; `p` for the schema public, `c` for a column.
    pub objects: Carried<String>,
    pub owner: Carried<Ident>,
}

impl Kind for Acl {
    const LABEL: &'static str = "privileges";
    const QUERY: &'static str = include_str!("acl.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let owner = self.owner_when_created(at);
        self.from_to(&self.starts(at), &self.entries, at, &owner)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        let owner = owner_of(at.here, at.key.root()).unwrap_or(&self.owner.0).to_string();
        let mut statements = self.from_to(std::slice::from_ref(&self.entries), &self.standard.0, at, &owner);
        statements.extend(self.kept_on_columns(&self.standard.0, at, &owner));
        statements
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { entries, standard: _, objects: _, owner: _ } = to;
        let owner = owner_of(at.there, at.key.root()).unwrap_or(&self.owner.0);
        let from = merged(self.entries.iter().map(|entry| entry.under(owner)));
        let mut statements = self.from_to(&[from], entries, at, &owner.to_string());
        statements.extend(self.kept_on_columns(entries, at, &owner.to_string()));
        Alter::in_place(statements)
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        let owner = Key::Owner(Attached::new(at.key.root().clone()));
        if at.here.contains(&owner) { vec![owner] } else { Vec::new() }
    }

    /// The privileges on a column after those on its table.
    fn follows(&self, at: &Site) -> Vec<Key> {
        let on = at.key.on().filter(|_| self.objects.0 == "c").and_then(Key::on);
        on.map(|on| Key::Acl(Attached::new(on.clone()))).into_iter().collect()
    }
}

impl Acl {
    /// GRANT and REVOKE statements that lead from any of these entries to those; `owner` as SQL names the owner then.
    pub fn from_to(&self, starts: &[Entries], to: &Entries, at: &Site, owner: &str) -> Vec<Statement> {
        let Some((on, body)) = at.on() else { return Vec::new() };
        let column = (self.objects.0 == "c").then(|| Ident::new(on.name()));
        self.on_object(starts, to, &body.grant_object(&at.of(on)), column.as_ref(), owner)
    }

    /// The same on the object that GRANT names so.
    fn on_object(
        &self,
        starts: &[Entries],
        to: &Entries,
        object: &str,
        column: Option<&Ident>,
        owner: &str,
    ) -> Vec<Statement> {
        let all = self.all();
        let write = |grant: &Grant| grant.sql(object, column, &all, owner);
        changes(starts, to).iter().flat_map(write).map(Statement::new).collect()
    }

    /// Every privilege that there is for this kind of object.
    fn all(&self) -> BTreeSet<&str> {
        let owners = self.standard.0.iter().filter(|entry| entry.grantee == Grantee::Owner);
        owners.map(|entry| entry.privilege.as_str()).collect()
    }

    /// What the object may have when its privileges are to be set: those that default privileges gave a new one, or
    /// none beyond the standard where it is not new.
    fn starts(&self, at: &Site) -> Vec<Entries> {
        let Some(object) = at.key.on().filter(|_| self.objects.0 != "c") else { return vec![Entries::new()] };
        let mut starts = if at.there.contains(object) { vec![self.standard.0.clone()] } else { Vec::new() };
        for start in initial(at, object.schema(), &self.objects.0, &self.standard.0) {
            if !starts.contains(&start) {
                starts.push(start);
            }
        }
        starts
    }

    fn owner_when_created(&self, at: &Site) -> String {
        let object = at.key.root();
        match owner_of(at.here, object).or_else(|| owner_of(at.there, object)) {
            Some(owner) => owner.to_string(),
            None if self.objects.0 == "p" => self.owner.0.to_string(),
            None => "CURRENT_USER".to_owned(),
        }
    }

    /// The grants on columns that both states have and that the way to these entries revokes by the way.
    fn kept_on_columns(&self, to: &Entries, at: &Site, owner: &str) -> Vec<Statement> {
        let Some(relation) = at.key.on().filter(|_| self.objects.0 == "r") else { return Vec::new() };
        let mut statements = Vec::new();
        for (column, _) in at.there.standing_on(relation) {
            let key = Key::Acl(Attached::new(column.clone()));
            let (Some(before), Some(after)) = (column_acl(at.here, &key), column_acl(at.there, &key)) else { continue };
            let again = self.taken_along(to, before, after);
            statements.extend(after.from_to(&[Entries::new()], &again, &at.of(&key), owner));
        }
        statements
    }

    /// What a column has before and after and loses when its relation, which has these privileges, gets those.
    fn taken_along(&self, to: &Entries, before: &Acl, after: &Acl) -> Entries {
        let kept = |entry: &&Entry| to.iter().any(|other| other.same_but_option(entry));
        let gone: Vec<&Entry> = self.entries.iter().filter(|entry| !kept(entry)).collect();
        let lost =
            |entry: &Entry| gone.iter().any(|gone| gone.grantee == entry.grantee && gone.privilege == entry.privilege);
        after.entries.iter().filter(|entry| before.entries.contains(*entry) && lost(entry)).cloned().collect()
    }
}

fn column_acl<'a>(facts: &'a Facts, key: &Key) -> Option<&'a Acl> {
    match facts.get(key)? {
        Body::Acl(acl) => Some(acl),
        _ => None,
    }
}
