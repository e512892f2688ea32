//! `compare`: how far the two sides are compared.

use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Compare {
    pub owners: Scope,
    pub grants: Scope,
}

/// Privileges are compared everywhere, as a grant that is gone from the files is meant to be gone; where the files
/// never say anything about any, a finding asks first.
impl Default for Compare {
    fn default() -> Self {
        Self { owners: Scope::Declared, grants: Scope::Everywhere }
    }
}

/// How far owners or grants are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// On every object.
    Everywhere,
    /// When the desired state says anything about them.
    #[default]
    Declared,
    /// Nowhere.
    Ignore,
}
