//! What a runner says while it works. Whoever listens decides how it looks; for programs it is JSON, described by
//! `docs/schema/event.v1.json`.

mod trace;

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::migrate::backfill::gauge::Reading;
use crate::migrate::progress::Look;
use crate::migrate::seed::Standing;

/// Another session that has what ours waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Blocker {
    pub pid: i32,
    pub user: String,
    /// Empty where it says none.
    pub application: String,
    /// How long its present or last statement has been going on, in seconds.
    pub seconds: i64,
    /// `active`, `idle in transaction`.
    pub state: String,
}

/// Another session that a step waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Holder {
    pub pid: i32,
    /// Or what it is, where it is none of a user: `autovacuum worker`.
    pub user: String,
    /// Empty where it says none.
    pub application: String,
    /// How old its transaction is, in seconds; none where our role may not see it.
    pub seconds: Option<i64>,
    /// Empty where our role may not see it.
    pub state: String,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Another runner is at work on the database.
    Waiting { pid: i32, user: String, application: String, since: String },
    /// A migration begins, or goes on where it was cut off.
    Begins { id: String, resumed: bool, forward: bool },
    /// A statement is done.
    Step {
        number: i32,
        of: usize,
        /// As it was run: secrets are for the listener to keep.
        sql: String,
        #[serde(rename = "seconds", serialize_with = "seconds")]
        took: Duration,
    },
    /// How far a statement is that takes its time.
    Progress {
        number: i32,
        /// What it is: `CREATE INDEX CONCURRENTLY`.
        statement: String,
        /// Since it began.
        #[serde(rename = "seconds", serialize_with = "seconds")]
        elapsed: Duration,
        #[serde(flatten)]
        look: Box<Look>,
    },
    /// It cannot go on before others end.
    Held { number: i32, holders: Vec<Holder> },
    /// How far a backfill got.
    Filled {
        number: i32,
        #[serde(flatten)]
        reading: Reading,
    },
    /// A backfill waits for what its directive says.
    Brakes { number: i32, why: String },
    /// A step that a crash cut off, and what the catalog says of it.
    Found { number: i32, what: &'static str },
    /// A lock was not to be had, or others won; it is tried again.
    Retries {
        attempt: u32,
        of: u32,
        why: String,
        #[serde(serialize_with = "seconds")]
        pause: Duration,
        blockers: Vec<Blocker>,
    },
    /// A session that stood in the way is no more; its seconds are those of its transaction.
    Ended {
        #[serde(flatten)]
        blocker: Blocker,
    },
    /// A migration is done.
    Done {
        id: String,
        steps: usize,
        #[serde(rename = "seconds", serialize_with = "seconds")]
        took: Duration,
        forward: bool,
    },
    /// A seed begins; its standing is why.
    SeedBegins { name: String, standing: Standing },
    /// A seed is done, and committed.
    SeedDone {
        name: String,
        steps: usize,
        #[serde(rename = "seconds", serialize_with = "seconds")]
        took: Duration,
    },
    /// Something worth knowing.
    Note { text: String },
}

/// A time in seconds.
pub(in crate::migrate) fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}
