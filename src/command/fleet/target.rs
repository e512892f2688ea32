//! One of many databases.

use crate::db::url::ConnectionString;

/// A database with the name that a person knows it by.
#[derive(Clone, Debug)]
pub(in crate::command) struct Target {
    /// Of one line, and the only one of this name.
    pub(in crate::command) name: String,
    /// The environment of the configuration that it is, where it is one.
    pub(in crate::command) environment: Option<String>,
    pub(in crate::command) to: ConnectionString,
}
