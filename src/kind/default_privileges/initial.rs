//! What a new object starts with.

use crate::base::name::Ident;
use crate::kind::acl::entry::{Entries, merged};
use crate::kind::default_privileges::Creation;
use crate::kind::{Body, Key, Site};

/// What a new object of this kind (as `acldefault` names it) in this schema may get by the other state's default
/// privileges: with and without those that the plan takes away, as that may come before or after.
pub fn initial(at: &Site, schema: Option<&Ident>, kind: &str, standard: &Entries) -> Vec<Entries> {
    let Some(objects) = objects(kind) else { return vec![standard.clone()] };
    let all = |_: &Key| true;
    let staying = |key: &Key| at.here.contains(key);
    let mut found = vec![given(at, schema, objects, standard, &all)];
    let stayed = given(at, schema, objects, standard, &staying);
    if !found.contains(&stayed) {
        found.push(stayed);
    }
    found
}

/// What ALTER DEFAULT PRIVILEGES calls the objects of this kind, where there are any for them.
pub(super) fn objects(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "r" => "tables",
        "s" => "sequences",
        "f" => "functions",
        "T" => "types",
        "n" => "schemas",
        _ => return None,
    })
}

fn given(at: &Site, of: Option<&Ident>, objects: &str, standard: &Entries, counts: &dyn Fn(&Key) -> bool) -> Entries {
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
            Some(schema) if objects != "schemas" && of == Some(schema) => here.clone_from(&body.entries),
            Some(_) => {}
        }
    }
    merged(everywhere.into_iter().chain(here))
}
