//! One privilege of one role, and the statements that lead from one set of them to another.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;

/// The privileges on one object, each at most once for a grantee and a grantor.
pub type Entries = BTreeSet<Entry>;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// Whoever owns the object.
    Owner,
    Public,
    Role(Ident),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub grantee: Grantee,
    /// `SELECT`, `USAGE`.
    pub privilege: String,
    /// Whether the grantee may grant it to others.
    pub grantable: bool,
    /// None for the owner.
    pub grantor: Option<Ident>,
}

/// One GRANT or REVOKE.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    pub revoke: bool,
    pub grantor: Option<Ident>,
    pub grantee: Grantee,
    /// In the order in which the manual lists them.
    pub privileges: Vec<String>,
    /// WITH GRANT OPTION, GRANT OPTION FOR.
    pub option: bool,
}

/// The order in which the manual lists the privileges.
const ORDER: [&str; 11] = [
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "TRUNCATE",
    "REFERENCES",
    "TRIGGER",
    "MAINTAIN",
    "EXECUTE",
    "USAGE",
    "CREATE",
];

impl Entry {
    /// The entry once this role owns the object: what was granted to or by the role is the owner's then.
    #[must_use]
    pub fn under(&self, owner: &Ident) -> Self {
        let mut entry = self.clone();
        if entry.grantee == Grantee::Role(owner.clone()) {
            entry.grantee = Grantee::Owner;
        }
        entry.grantor = entry.grantor.filter(|grantor| grantor != owner);
        entry
    }

    /// Whether both say the same but for the grant option.
    pub fn same_but_option(&self, other: &Self) -> bool {
        (&self.grantee, &self.privilege, &self.grantor) == (&other.grantee, &other.privilege, &other.grantor)
    }
}

/// The entries as one set; of two that differ in the grant option the one that has it stays (`aclnewowner`).
pub fn merged(entries: impl Iterator<Item = Entry>) -> Entries {
    let mut set = Entries::new();
    for entry in entries {
        let other = Entry { grantable: !entry.grantable, ..entry.clone() };
        if entry.grantable {
            set.remove(&other);
        } else if set.contains(&other) {
            continue;
        }
        set.insert(entry);
    }
    set
}

impl Grant {
    /// The statement, between those that change to the grantor and back where the owner is not the grantor. `all` are
    /// the privileges that ALL stands for; `owner` is how SQL names the owner.
    pub fn sql(&self, object: &str, column: Option<&Ident>, all: &BTreeSet<&str>, owner: &str) -> Vec<String> {
        let grantee = self.grantee_sql(owner);
        let complete = all.len() > 1 && self.privileges.iter().map(String::as_str).collect::<BTreeSet<_>>() == *all;
        let privileges = match column {
            Some(column) => self.privileges.iter().map(|p| format!("{p} ({column})")).collect::<Vec<_>>().join(", "),
            None if complete => "ALL".to_owned(),
            None => self.privileges.join(", "),
        };
        let statement = self.written(&privileges, object, &grantee);
        match &self.grantor {
            Some(grantor) => vec![format!("SET ROLE {grantor}"), statement, "RESET ROLE".to_owned()],
            None => vec![statement],
        }
    }

    /// `GRANT ... ON <object> TO ...`, as ALTER DEFAULT PRIVILEGES has it too.
    pub fn written(&self, privileges: &str, object: &str, grantee: &str) -> String {
        match (self.revoke, self.option) {
            (false, false) => format!("GRANT {privileges} ON {object} TO {grantee}"),
            (false, true) => format!("GRANT {privileges} ON {object} TO {grantee} WITH GRANT OPTION"),
            (true, false) => format!("REVOKE {privileges} ON {object} FROM {grantee}"),
            (true, true) => format!("REVOKE GRANT OPTION FOR {privileges} ON {object} FROM {grantee}"),
        }
    }

    pub fn grantee_sql(&self, owner: &str) -> String {
        match &self.grantee {
            Grantee::Owner => owner.to_owned(),
            Grantee::Public => "PUBLIC".to_owned(),
            Grantee::Role(role) => role.to_string(),
        }
    }
}

/// The revokes and grants that lead from any of `starts` to `to`: whoever granted with a right that was granted to him
/// comes after that grant, and before its revoke.
pub fn changes(starts: &[Entries], to: &Entries) -> Vec<Grant> {
    let had: Entries = merged(starts.iter().flatten().cloned());
    let find = |set: &Entries, entry: &Entry| set.iter().find(|other| other.same_but_option(entry)).cloned();
    let mut groups = BTreeMap::new();
    let mut add = |revoke: bool, depth: usize, option: bool, entry: &Entry| {
        let rank = if revoke { usize::MAX - depth } else { depth };
        let group = (!revoke, rank, entry.grantor.clone(), entry.grantee.clone(), option);
        groups.entry(group).or_insert_with(Vec::new).push(entry.privilege.clone());
    };
    for entry in &had {
        match find(to, entry) {
            None => add(true, depth(entry, &had, had.len()), false, entry),
            Some(kept) if entry.grantable && !kept.grantable => add(true, depth(entry, &had, had.len()), true, entry),
            Some(_) => {}
        }
    }
    for entry in to {
        let has = |start: &Entries| find(start, entry).is_some_and(|had| had.grantable || !entry.grantable);
        if !starts.iter().all(has) {
            add(false, depth(entry, to, to.len()), entry.grantable, entry);
        }
    }
    groups
        .into_iter()
        .map(|((grant, _, grantor, grantee, option), mut privileges)| {
            privileges.sort_by_key(|p| (ORDER.iter().position(|o| o == p), p.clone()));
            Grant { revoke: !grant, grantor, grantee, privileges, option }
        })
        .collect()
}

/// How many grants lead from the owner to the one who made this one.
fn depth(entry: &Entry, set: &Entries, limit: usize) -> usize {
    let Some(grantor) = entry.grantor.as_ref().filter(|_| limit > 0) else { return 0 };
    let above = |other: &&Entry| {
        other.grantable && other.privilege == entry.privilege && other.grantee == Grantee::Role(grantor.clone())
    };
    1 + set.iter().filter(above).map(|above| depth(above, set, limit - 1)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(grantee: &str, privilege: &str, grantable: bool, grantor: Option<&str>) -> Entry {
        let grantee = match grantee {
            "owner" => Grantee::Owner,
            "public" => Grantee::Public,
            role => Grantee::Role(Ident::new(role)),
        };
        Entry { grantee, privilege: privilege.to_owned(), grantable, grantor: grantor.map(Ident::new) }
    }

    fn sql(starts: &[Entries], to: &Entries) -> Vec<String> {
        let all = BTreeSet::from(["SELECT", "INSERT"]);
        changes(starts, to).iter().flat_map(|grant| grant.sql("TABLE t", None, &all, "boss")).collect()
    }

    #[test]
    fn groups_by_grantee_and_writes_all() {
        let to = Entries::from([entry("a", "SELECT", false, None), entry("a", "INSERT", false, None)]);
        assert_eq!(sql(&[Entries::new()], &to), ["GRANT ALL ON TABLE t TO a"]);
        assert_eq!(sql(&[to], &Entries::new()), ["REVOKE ALL ON TABLE t FROM a"]);
    }

    #[test]
    fn grant_options_come_and_go_alone() {
        let plain = Entries::from([entry("a", "SELECT", false, None)]);
        let option = Entries::from([entry("a", "SELECT", true, None)]);
        assert_eq!(sql(std::slice::from_ref(&plain), &option), ["GRANT SELECT ON TABLE t TO a WITH GRANT OPTION"]);
        assert_eq!(sql(&[option], &plain), ["REVOKE GRANT OPTION FOR SELECT ON TABLE t FROM a"]);
    }

    #[test]
    fn chains_of_grantors_are_built_from_the_owner_and_taken_down_from_the_end() {
        let chain = Entries::from([
            entry("a", "SELECT", false, Some("b")),
            entry("b", "SELECT", true, Some("c")),
            entry("c", "SELECT", true, None),
        ]);
        let up = sql(&[Entries::new()], &chain);
        assert_eq!(
            up,
            [
                "GRANT SELECT ON TABLE t TO c WITH GRANT OPTION",
                "SET ROLE c",
                "GRANT SELECT ON TABLE t TO b WITH GRANT OPTION",
                "RESET ROLE",
                "SET ROLE b",
                "GRANT SELECT ON TABLE t TO a",
                "RESET ROLE",
            ]
        );
        let down = sql(&[chain], &Entries::new());
        assert_eq!(down[1], "REVOKE SELECT ON TABLE t FROM a");
        assert_eq!(down[6], "REVOKE SELECT ON TABLE t FROM c");
    }

    #[test]
    fn several_starts_are_all_led_to_the_same_end() {
        let one = Entries::from([entry("public", "SELECT", false, None)]);
        let other = Entries::from([entry("a", "SELECT", false, None)]);
        assert_eq!(
            sql(&[one, other.clone()], &other),
            ["REVOKE SELECT ON TABLE t FROM PUBLIC", "GRANT SELECT ON TABLE t TO a"]
        );
    }

    #[test]
    fn what_was_granted_to_the_new_owner_is_the_owners() {
        let boss = Ident::new("boss");
        let from = [entry("owner", "SELECT", false, None), entry("boss", "SELECT", true, None)];
        let merged = merged(from.iter().map(|entry| entry.under(&boss)));
        assert_eq!(merged, Entries::from([entry("owner", "SELECT", true, None)]));
    }
}
