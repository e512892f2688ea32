//! One SQL statement that a kind asks for, with what must be known to place it.

use serde::{Deserialize, Serialize};

/// What a statement does that a reviewer must be told.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "hazard", content = "because")]
pub enum Hazard {
    /// Rows or values are gone afterwards; says which and why.
    LosesData(String),
    /// The table is rewritten under a strong lock.
    Rewrites(String),
    /// The table is read in full under a lock that stops writers.
    Scans(String),
    /// It fails, or does something else, when the rows do not fit.
    DependsOnData(String),
}

/// SQL without the closing semicolon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    pub sql: String,
    /// Postgres refuses it inside a transaction block.
    pub outside: bool,
    /// What it makes can only be used after a commit (`ALTER TYPE ... ADD VALUE`).
    pub commit_after: bool,
    /// It must run in a transaction after that of the statement before it.
    pub commit_before: bool,
    pub hazards: Vec<Hazard>,
}

impl Statement {
    pub fn new(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), outside: false, commit_after: false, commit_before: false, hazards: Vec::new() }
    }

    #[must_use]
    pub fn outside(mut self) -> Self {
        self.outside = true;
        self
    }

    #[must_use]
    pub fn commit_after(mut self) -> Self {
        self.commit_after = true;
        self
    }

    #[must_use]
    pub fn commit_before(mut self) -> Self {
        self.commit_before = true;
        self
    }

    #[must_use]
    pub fn hazard(mut self, hazard: Hazard) -> Self {
        self.hazards.push(hazard);
        self
    }
}

/// One statement, for the many kinds whose answer is just that.
pub fn one(sql: impl Into<String>) -> Vec<Statement> {
    vec![Statement::new(sql)]
}

/// How a changed fact gets from one state to the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Alter {
    /// The two differ in nothing that a statement could or should change.
    Equivalent,
    /// Postgres can change it where it stands.
    InPlace(Change),
    /// It must be dropped and created again; says why.
    Replace(String),
}

/// Statements that change a fact where it stands, and what has to make room for them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Change {
    pub statements: Vec<Statement>,
    /// Which facts that depend on this one must be dropped before and created again after.
    pub disturbs: Disturbs,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Disturbs {
    #[default]
    Nothing,
    /// Those whose kind says `Kind::STANDS_ON_TYPE`: Postgres does not rebuild them when a column's type changes.
    TypeDependents,
    /// All of them.
    Dependents,
}

impl Alter {
    /// In place with these statements, or equivalent when there is none to run.
    pub fn in_place(statements: Vec<Statement>) -> Self {
        if statements.is_empty() {
            Self::Equivalent
        } else {
            Self::InPlace(Change { statements, disturbs: Disturbs::Nothing })
        }
    }

    pub fn replace(why: impl Into<String>) -> Self {
        Self::Replace(why.into())
    }
}
