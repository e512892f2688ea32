//! `environments`, and `scratch`: where the servers are.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A server: its connection string, or the name of the variable that holds it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    pub url: Option<String>,
    pub url_env: Option<String>,
    /// Whether people depend on it; where nothing is said its name says it. Of an environment alone, not of `scratch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub production: Option<bool>,
    /// Which schema of it is meant, where it is one of several alike. Of an environment alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_schema: Option<String>,
}

/// A connection string may hold a password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url.as_ref().map(|_| "..."))
            .field("url_env", &self.url_env)
            .field("production", &self.production)
            .field("tenant_schema", &self.tenant_schema)
            .finish()
    }
}
