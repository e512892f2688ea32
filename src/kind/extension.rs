//! An extension and the schema it is in. What it brought along belongs to it and is not looked at.
//!
//! Its version is carried, not compared: which one there is depends on the server. Only where a schema declares one it is
//! pinned on both sides, and an update planned.

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, literal};
use crate::kind::carried::Carried;
use crate::kind::key::Global;
use crate::kind::statement::{Alter, Change, Disturbs, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Extension {
    pub schema: Ident,
    pub version: Carried<String>,
    /// Whether Postgres can move it to another schema.
    pub relocatable: Carried<bool>,
    /// Whether it keeps rows of the user's in tables of its own (`pg_extension.extconfig`).
    pub keeps_rows: Carried<bool>,
    /// What it brought along with the privileges that such objects have by themselves, where default privileges may give
    /// others to what is made. Known of a database only.
    #[serde(default, skip_serializing)]
    pub members: Carried<Vec<Brought>>,
    /// The names that its objects have. Known of a database only.
    #[serde(default, skip_serializing)]
    pub names: Carried<Vec<Slot>>,
    /// The version where it counts; of one comparison, and in no snapshot or fingerprint.
    #[serde(skip)]
    pub pinned: Option<Pin>,
}

/// An object of an extension's.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Brought {
    /// As GRANT names it: `TABLE public.spatial_ref_sys`.
    pub object: String,
    pub schema: Option<Ident>,
    /// The kind as `acldefault` names it.
    pub objects: String,
}

/// A version that is compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pin {
    version: String,
    /// Those that the server can update it to from there; none where it was not asked.
    updates: Carried<Option<Vec<String>>>,
}

impl Pin {
    fn leads_to(&self, version: &str) -> bool {
        self.updates.0.as_ref().is_none_or(|updates| updates.iter().any(|update| update == version))
    }
}

impl Extension {
    /// Makes its version count. `updates` says where the server can update it to from a version, where that was asked.
    pub(super) fn pin(&mut self, updates: &dyn Fn(&str) -> Option<Vec<String>>) {
        let version = self.version.0.clone();
        self.pinned = Some(Pin { updates: Carried(updates(&version)), version });
    }
}

impl Kind for Extension {
    const LABEL: &'static str = "extension";
    const QUERY: &'static str = concat!(include_str!("extension/member.sql"), include_str!("extension.sql"));

    fn create(&self, at: &Site) -> Vec<Statement> {
        let version = self.pinned.as_ref().map(|pin| format!(" VERSION {}", literal(&pin.version)));
        one(format!("CREATE EXTENSION {} WITH SCHEMA {}{}", at.sql(), self.schema, version.unwrap_or_default()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP EXTENSION {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { schema, version: _, relocatable: _, keeps_rows: _, members: _, names: _, pinned } = to;
        let (mut statements, mut disturbs) = (Vec::new(), Disturbs::Nothing);
        if *schema != self.schema {
            if !self.relocatable.0 {
                return Alter::replace("the extension cannot be moved to another schema");
            }
            statements.extend(one(format!("ALTER EXTENSION {} SET SCHEMA {schema}", at.sql())));
        }
        if let (Some(from), Some(Pin { version, .. })) = (&self.pinned, pinned)
            && from.version != *version
        {
            if !from.leads_to(version) {
                return Alter::replace(format!(
                    "there is no update of the extension from {} to {version}",
                    from.version
                ));
            }
            // An update often makes views and functions of its own anew, which nothing may stand on then.
            disturbs = Disturbs::TypeDependents;
            statements.extend(one(format!("ALTER EXTENSION {} UPDATE TO {}", at.sql(), literal(version))));
        }
        if statements.is_empty() { Alter::Equivalent } else { Alter::InPlace(Change { statements, disturbs }) }
    }

    fn requires(&self, _at: &Site) -> Vec<Key> {
        vec![Key::Schema(Global { name: self.schema.clone() })]
    }

    /// What is there already under such a name keeps the extension from being created.
    fn slots(&self, _at: &Site) -> Vec<Slot> {
        self.names.0.clone()
    }

    fn loses(&self, at: &Site) -> Option<String> {
        self.keeps_rows.0.then(|| format!("the rows in the tables of extension {}", at.sql()))
    }
}
