//! One thing that a plan does to one fact, before it is known where in the order it stands.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::kind::Key;
use crate::kind::statement::Statement;

/// What is done. The order is that of an otherwise free choice: what goes first makes room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    Drop,
    /// Renames a type out of the way while columns still use it.
    SetAside,
    Create,
    Alter,
    /// Drops what was set aside.
    CleanUp,
    Rename,
}

#[derive(Clone, Debug)]
pub struct Action {
    pub verb: Verb,
    pub key: Key,
    /// Facts that the same statements create or drop.
    pub with: BTreeSet<Key>,
    pub statements: Vec<Statement>,
    /// Why a fact that both states have is dropped and created.
    pub reason: Option<String>,
    /// Whether it makes Postgres run user-defined functions, whose bodies name things that no catalog records.
    pub runs: bool,
    /// Which part of an action that runs in several phases this is; 0 for the first or only one.
    pub phase: usize,
}
