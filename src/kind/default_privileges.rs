//! What ALTER DEFAULT PRIVILEGES says: the privileges that objects which a role creates get, everywhere or in a schema.
//!
//! Said for all schemas they stand in place of the built-in ones; said for one schema they come on top of those. The
//! change comes after every object of the plan is made, so that it cannot matter to what they get.

pub mod initial;
pub mod spell_out;

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::acl::entry::{Entries, changes};
use crate::kind::carried::Carried;
use crate::kind::facts::Facts;
use crate::kind::key::{Global, Shape};
use crate::kind::statement::{Alter, Statement};
use crate::kind::{Body, Key, Kind, Site};

/// For whose new objects, in which schema, and of which kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Creation {
    pub role: Ident,
    /// None for every schema.
    pub schema: Option<Ident>,
    /// `tables`, as the statement calls them.
    pub objects: Ident,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DefaultPrivileges {
    pub entries: Entries,
    /// What holds where nothing is said.
    pub base: Carried<Entries>,
    /// What an object of this kind has by itself.
    pub standard: Carried<Entries>,
    /// Whether the role is the one that read them, and so creates what a plan creates.
    pub current: Carried<bool>,
}

impl Shape for Creation {
    fn name(&self) -> &str {
        self.objects.as_str()
    }
    fn renamed(&self, _name: &str) -> Self {
        self.clone()
    }
    fn sql(&self) -> String {
        let schema = self.schema.as_ref().map(|schema| format!(" in schema {schema}")).unwrap_or_default();
        format!("for {}{schema} on {}", self.role, self.objects.as_str())
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

impl Kind for DefaultPrivileges {
    const LABEL: &'static str = "default privileges";
    const QUERY: &'static str = include_str!("default_privileges.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        from_to(&self.base.0, &self.entries, at)
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        from_to(&self.entries, &self.base.0, at)
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { entries, base: _, standard: _, current: _ } = to;
        Alter::in_place(from_to(&self.entries, entries, at))
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        schema_of(at.key).into_iter().collect()
    }

    fn follows(&self, at: &Site) -> Vec<Key> {
        let Key::DefaultPrivileges(creation) = at.key else { return Vec::new() };
        let mine = |key: &&Key| creation.schema.is_none() || key.schema() == creation.schema.as_ref();
        at.here
            .keys()
            .filter(|key| key.on().is_none() && *key != at.key && !comes_later(key))
            .filter(mine)
            .cloned()
            .collect()
    }

    /// Extensions that are created: nobody says of everything that they bring along what it has by itself.
    fn frees(&self, at: &Site) -> Vec<Key> {
        let new = |key: &&Key| matches!(key, Key::Extension(_)) && !at.here.contains(key);
        if self.current.0 { at.there.keys().filter(new).cloned().collect() } else { Vec::new() }
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        schema_of(at.key).filter(|schema| dropped(schema))
    }
}

/// Event triggers come after everything, default privileges among it.
fn comes_later(key: &Key) -> bool {
    is_same_kind(key) || matches!(key, Key::EventTrigger(_))
}

fn is_same_kind(key: &Key) -> bool {
    matches!(key, Key::DefaultPrivileges(_))
}

fn schema_of(key: &Key) -> Option<Key> {
    match key {
        Key::DefaultPrivileges(creation) => creation.schema.clone().map(|name| Key::Schema(Global { name })),
        _ => None,
    }
}

fn from_to(from: &Entries, to: &Entries, at: &Site) -> Vec<Statement> {
    let Key::DefaultPrivileges(creation) = at.key else { return Vec::new() };
    let schema = creation.schema.as_ref().map(|schema| format!(" IN SCHEMA {schema}")).unwrap_or_default();
    let (role, objects) = (&creation.role, creation.objects.as_str().to_uppercase());
    let owner = role.to_string();
    changes(std::slice::from_ref(from), to)
        .iter()
        .map(|grant| grant.written(&grant.privileges.join(", "), &objects, &grant.grantee_sql(&owner)))
        .map(|sql| Statement::new(format!("ALTER DEFAULT PRIVILEGES FOR ROLE {role}{schema} {sql}")))
        .collect()
}

/// Whether there are default privileges for what the plan creates.
pub fn any_current(facts: &Facts) -> bool {
    facts.iter().any(|(_, body)| matches!(body, Body::DefaultPrivileges(body) if body.current.0))
}

/// Reads the default privileges as this role would: those of the loader of a scratch database are its own, and it is
/// the one that creates what a plan creates.
pub fn adopt(facts: &mut Facts, loader: &str, role: &str) {
    let own: Vec<(Key, Body)> =
        facts.iter().filter(|(key, _)| is_same_kind(key)).map(|(key, body)| (key.clone(), body.clone())).collect();
    for (key, body) in own {
        let (Key::DefaultPrivileges(mut creation), Body::DefaultPrivileges(mut body)) = (key.clone(), body) else {
            continue;
        };
        facts.remove(&key);
        if creation.role.as_str() == loader {
            creation.role = Ident::new(role);
        }
        body.current = Carried(creation.role.as_str() == role);
        facts.insert(Key::DefaultPrivileges(creation), Body::DefaultPrivileges(body));
    }
}
