//! Privileges as Postgres prints them, `app=arw*/postgres`, and as they are kept.
//!
//! Having Postgres print its own arrays is more than ten times as fast as having it build rows of them.

use serde::Deserialize;
use thiserror::Error;

use crate::base::name::Ident;
use crate::kind::acl::Acl;
use crate::kind::acl::entry::{Entries, Entry, Grantee};
use crate::kind::carried::Carried;

/// The letters of `aclitemout`.
const LETTERS: [(char, &str); 14] = [
    ('r', "SELECT"),
    ('a', "INSERT"),
    ('w', "UPDATE"),
    ('d', "DELETE"),
    ('D', "TRUNCATE"),
    ('x', "REFERENCES"),
    ('t', "TRIGGER"),
    ('m', "MAINTAIN"),
    ('X', "EXECUTE"),
    ('U', "USAGE"),
    ('C', "CREATE"),
    ('T', "TEMPORARY"),
    ('c', "CONNECT"),
    ('s', "SET"),
];

/// An `Acl` as the catalog or a snapshot tells it.
#[derive(Deserialize)]
pub(super) struct Told {
    entries: List,
    standard: List,
    objects: Carried<String>,
    owner: Carried<Ident>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Items(Vec<String>),
    Entries(Entries),
}

/// Text that is no privilege as Postgres prints them.
#[derive(Debug, Error)]
#[error("`{0}` is not a list of privileges")]
pub(super) struct NotAnItem(String);

impl TryFrom<Told> for Acl {
    type Error = NotAnItem;

    fn try_from(told: Told) -> Result<Self, NotAnItem> {
        let Told { entries, standard, objects, owner } = told;
        let entries = entries.under(&owner.0)?;
        let standard = Carried(standard.under(&owner.0)?);
        Ok(Self { entries, standard, objects, owner })
    }
}

impl List {
    fn under(self, owner: &Ident) -> Result<Entries, NotAnItem> {
        match self {
            Self::Entries(entries) => Ok(entries),
            Self::Items(items) => {
                let mut entries = Entries::new();
                for item in items {
                    entries.extend(parsed(&item, owner).ok_or(NotAnItem(item))?);
                }
                Ok(entries)
            }
        }
    }
}

/// The entries that one item stands for, in terms of the owner.
fn parsed(item: &str, owner: &Ident) -> Option<Vec<Entry>> {
    let (grantee, rest) = name(item)?;
    let (letters, grantor) = rest.strip_prefix('=')?.split_once('/')?;
    let (grantor, "") = name(grantor)? else { return None };
    let grantee = match grantee {
        name if name.is_empty() => Grantee::Public,
        name if name == owner.as_str() => Grantee::Owner,
        name => Grantee::Role(Ident::new(name)),
    };
    let grantor = Some(Ident::new(grantor)).filter(|grantor| grantor != owner);
    let mut entries: Vec<Entry> = Vec::new();
    for letter in letters.chars() {
        if letter == '*' {
            entries.last_mut()?.grantable = true;
            continue;
        }
        let (_, privilege) = LETTERS.iter().find(|(other, _)| *other == letter)?;
        entries.push(Entry {
            grantee: grantee.clone(),
            privilege: (*privilege).to_owned(),
            grantable: false,
            grantor: grantor.clone(),
        });
    }
    Some(entries)
}

/// The name at the start, which is quoted where it holds more than letters, and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['=', '/']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut rest = quoted;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(item: &str) -> Vec<(Grantee, String, bool, Option<String>)> {
        let entries = parsed(item, &Ident::new("boss")).unwrap();
        let plain = |e: Entry| (e.grantee, e.privilege, e.grantable, e.grantor.map(|g| g.as_str().to_owned()));
        entries.into_iter().map(plain).collect()
    }

    #[test]
    fn names_letters_and_stars_are_read() {
        let role = |name: &str| Grantee::Role(Ident::new(name));
        assert_eq!(said("=X/boss"), [(Grantee::Public, "EXECUTE".to_owned(), false, None)]);
        assert_eq!(
            said("boss=r*a/boss"),
            [(Grantee::Owner, "SELECT".to_owned(), true, None), (Grantee::Owner, "INSERT".to_owned(), false, None)]
        );
        assert_eq!(
            said("\"a \"\"=/b\"=U/\"x-y\""),
            [(role("a \"=/b"), "USAGE".to_owned(), false, Some("x-y".to_owned()))]
        );
        assert_eq!(said("gone=/boss"), []);
        for wrong in ["", "a", "a=r", "a=?/b", "a=*/b", "\"a=r/b"] {
            assert!(parsed(wrong, &Ident::new("boss")).is_none(), "{wrong}");
        }
    }
}
