//! Standard privileges as facts, where default privileges make them worth saying.

use std::collections::BTreeMap;

use crate::base::name::Ident;
use crate::kind::acl::Acl;
use crate::kind::acl::entry::Entries;
use crate::kind::acl::member::{Member, MemberAcl};
use crate::kind::carried::Carried;
use crate::kind::default_privileges::initial::objects;
use crate::kind::extension::Brought;
use crate::kind::facts::Facts;
use crate::kind::key::Attached;
use crate::kind::{Body, Key};

/// Gives every object that has only its standard privileges a fact that says so, in both states, where default
/// privileges would give a new one others: otherwise an object that is created would keep those.
pub fn spell_out(from: &mut Facts, to: &mut Facts) {
    let mut affected: BTreeMap<String, Entries> = BTreeMap::new();
    for (key, body) in from.iter().chain(to.iter()) {
        if let (Key::DefaultPrivileges(creation), Body::DefaultPrivileges(body)) = (key, body)
            && body.current.0
        {
            affected.insert(creation.objects.as_str().to_owned(), body.standard.0.clone());
        }
    }
    let of_members = [brought(from, to, &affected), brought(to, from, &affected)];
    for (facts, members) in [from, to].into_iter().zip(of_members) {
        let mut missing: Vec<(Key, Body)> = facts.keys().filter_map(|key| standard_of(key, facts, &affected)).collect();
        missing.extend(members);
        for (key, body) in missing {
            facts.insert(key, body);
        }
    }
}

fn standard_of(key: &Key, facts: &Facts, affected: &BTreeMap<String, Entries>) -> Option<(Key, Body)> {
    let (objects, kind) = match key {
        Key::Table(_) | Key::View(_) | Key::MaterializedView(_) | Key::ForeignTable(_) => ("tables", "r"),
        Key::Sequence(_) => ("sequences", "s"),
        Key::Function(_) | Key::Procedure(_) | Key::Aggregate(_) => ("functions", "f"),
        Key::BaseType(_) | Key::Enum(_) | Key::Domain(_) | Key::Composite(_) | Key::Range(_) => ("types", "T"),
        Key::Schema(_) => ("schemas", "n"),
        _ => return None,
    };
    let standard = affected.get(objects)?;
    let acl = Key::Acl(Attached::new(key.clone()));
    if facts.contains(&acl) || key.schema().is_none() && key.name() == "public" {
        return None;
    }
    Some((acl, Body::Acl(only(standard, kind))))
}

/// What the extensions brought along that only this state has.
fn brought(facts: &Facts, other: &Facts, affected: &BTreeMap<String, Entries>) -> Vec<(Key, Body)> {
    let mut missing = Vec::new();
    for (key, body) in facts.iter().filter(|(key, _)| !other.contains(key)) {
        let Body::Extension(extension) = body else { continue };
        for Brought { object, schema, objects: kind } in &extension.members.0 {
            let acl = Key::MemberAcl(Member::new(key.clone(), object));
            let Some(standard) = objects(kind).and_then(|objects| affected.get(objects)) else { continue };
            if !facts.contains(&acl) {
                missing.push((acl, Body::MemberAcl(MemberAcl::new(only(standard, kind), schema.clone()))));
            }
        }
    }
    missing
}

fn only(standard: &Entries, kind: &str) -> Acl {
    Acl {
        entries: standard.clone(),
        standard: Carried(standard.clone()),
        objects: Carried(kind.to_owned()),
        owner: Carried(Ident::new("")),
    }
}
