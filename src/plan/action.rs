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

/// A fact that closes a loop is made, changed and dropped in two parts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// No loop, all of it.
    #[default]
    Whole,
    /// Only what others need of it is made, or is left of it.
    Stub,
    /// The other half: its definition comes, or it goes.
    Rest,
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
    /// Which part of a fact that closes a loop this is about.
    pub part: Part,
    /// Whether this is what can be done before anything that stands in the way of the fact is gone.
    pub prepares: bool,
    /// The place among its like where the files' order counts: a column's position.
    pub ordinal: i16,
}

/// The statements of an action in its online form.
#[derive(Clone, Debug, Default)]
pub struct Phases {
    /// Needs what the fact is made of, and neither its name nor anything else of it. It goes as early as it can.
    pub prepare: Vec<Statement>,
    /// Each runs after the one before. The first stands where the plain form would, the others go as late as they can.
    pub then: Vec<Vec<Statement>>,
}

impl Phases {
    pub fn of(then: Vec<Vec<Statement>>) -> Self {
        Self { prepare: Vec::new(), then }
    }
}
