//! Standard privileges as facts, where default privileges make them worth saying.

use std::collections::BTreeMap;

use crate::base::name::Ident;
use crate::kind::acl::Acl;
use crate::kind::acl::entry::Entries;
use crate::kind::carried::Carried;
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
    for facts in [from, to] {
        let missing: Vec<(Key, Body)> = facts.keys().filter_map(|key| standard_of(key, facts, &affected)).collect();
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
    let body = Acl {
        entries: standard.clone(),
        standard: Carried(standard.clone()),
        objects: Carried(kind.to_owned()),
        owner: Carried(Ident::new("")),
    };
    Some((acl, Body::Acl(body)))
}
