//! What a new object starts with.

use crate::base::name::Ident;
use crate::kind::acl::entry::{Entries, merged};
use crate::kind::default_privileges::Creation;
use crate::kind::{Body, Key, Site};

/// What a new object of this kind (as `acldefault` names it) may get by the other state's default privileges: with and
/// without those that the plan takes away, as that may come before or after.
pub fn initial(at: &Site, object: &Key, kind: &str, standard: &Entries) -> Vec<Entries> {
    let objects = match kind {
        "r" => "tables",
        "s" => "sequences",
        "f" => "functions",
        "T" => "types",
        "n" => "schemas",
        _ => return vec![standard.clone()],
    };
    let all = |_: &Key| true;
    let staying = |key: &Key| at.here.contains(key);
    let mut found = vec![given(at, object, objects, standard, &all)];
    let stayed = given(at, object, objects, standard, &staying);
    if !found.contains(&stayed) {
        found.push(stayed);
    }
    found
}

fn given(at: &Site, object: &Key, objects: &str, standard: &Entries, counts: &dyn Fn(&Key) -> bool) -> Entries {
    let mut everywhere = standard.clone();
    let mut here = Entries::new();
    let nobodys = Creation { role: Ident::new(""), schema: None, objects: Ident::new("") };
    for (key, body) in at.there.from(&Key::DefaultPrivileges(nobodys)) {
        let (Key::DefaultPrivileges(creation), Body::DefaultPrivileges(body)) = (key, body) else { break };
        if !body.current.0 || creation.objects.as_str() != objects || !counts(key) {
            continue;
        }
        match &creation.schema {
            None => everywhere.clone_from(&body.entries),
            Some(schema) if objects != "schemas" && object.schema() == Some(schema) => here.clone_from(&body.entries),
            Some(_) => {}
        }
    }
    merged(everywhere.into_iter().chain(here))
}
