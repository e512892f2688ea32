//! What a statement does to relations that other sessions use: seen by running it, not told by a table of ours.
//!
//! The statement runs in a transaction of its own, so that the locks it holds at its end are those that it took. Postgres
//! itself says what it rewrites, verifies, validates and builds (`client_min_messages = debug1`; these messages are made
//! by `errmsg_internal`, so no locale changes them), and its statistics of the running transaction count full scans,
//! also those that no message tells. What cannot run in a transaction is watched from a second session.

pub mod effect;
pub mod lock;
pub mod relation;
pub mod size;
pub mod wording;

mod known;
mod message;
mod question;
mod watch;

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::observe::effect::{Effect, Effects};
use crate::observe::known::{Known, Relations, relations};
use crate::observe::lock::Lock;
use crate::observe::message::Message;
use crate::observe::question::{Questions, counted};
use crate::observe::relation::Relation;
use crate::observe::watch::watched;

/// The planner chooses an index wherever there is one, so that a full scan says that there was none.
const INSIDE: &str = "BEGIN; SET LOCAL client_min_messages = debug1; SET LOCAL enable_seqscan = off";
const OUTSIDE: &str = "SET client_min_messages = debug1; SET enable_seqscan = off";
const END: &str = "RESET client_min_messages; RESET enable_seqscan";

/// `active_sql_transaction`, `invalid_transaction_termination`: the statement, or a COMMIT within it, cannot run inside
/// a transaction block.
const OUTSIDE_ONLY: [&str; 2] = ["25001", "2D000"];

/// A lock that a session holds or waits for.
#[derive(Clone, Deserialize)]
struct Seen {
    /// None where it waits for another session as a whole.
    oid: Option<u32>,
    mode: Lock,
    granted: bool,
    /// None for a relation that is gone.
    now: Option<Known>,
    scans: i64,
    written: i64,
}

/// What was counted before a statement.
#[derive(Deserialize)]
struct Pending {
    oid: u32,
    scans: i64,
    written: i64,
}

/// A relation that is named by its oid alone.
#[derive(Deserialize)]
struct Numbered {
    oid: u32,
}

/// Runs statements one by one, all on one connection, and sees what they do to the relations that were there when it
/// looked. Relations that come later are not followed: nobody else uses them yet.
pub struct Observer {
    questions: Questions,
    known: Relations,
    /// The relations that the session did something with that it counts; of others its counters are zero.
    counted: BTreeSet<u32>,
}

impl Observer {
    /// Looks at what is there now.
    ///
    /// # Errors
    /// What the server says against the query, or that it went away.
    pub fn start(connection: &mut Connection) -> Result<Self, DbError> {
        let mut observer = Self::new(connection)?;
        observer.look(connection)?;
        Ok(observer)
    }

    /// One that knows of no relation yet.
    ///
    /// # Errors
    /// What the server says against the query, or that it went away.
    pub fn new(connection: &mut Connection) -> Result<Self, DbError> {
        let questions = Questions::prepare(connection)?;
        let counted = counted(connection)?;
        Ok(Self { questions, known: Relations::default(), counted })
    }

    /// The same in another session of the same database, a new one.
    ///
    /// # Errors
    /// That the server went away.
    pub fn turn_to(self, connection: &mut Connection) -> Result<Self, DbError> {
        Ok(Self { questions: Questions::prepare(connection)?, counted: BTreeSet::new(), ..self })
    }

    /// Looks at what is there by now.
    ///
    /// # Errors
    /// What the server says against the query, or that it went away.
    pub fn look(&mut self, connection: &mut Connection) -> Result<(), DbError> {
        self.known.look(connection)
    }

    /// Runs one statement: inside a transaction, or, where Postgres refuses that, with the second session looking on.
    ///
    /// # Errors
    /// What the server says against the statement; nothing is left of it then but what Postgres itself leaves.
    pub fn run(
        &mut self,
        connection: &mut Connection,
        watcher: &mut Connection,
        sql: &str,
    ) -> Result<Effects, DbError> {
        self.questions.foresee(connection, sql)?;
        match self.inside(connection, sql) {
            Err(error) if error.sqlstate().is_some_and(|state| OUTSIDE_ONLY.contains(&state)) => {}
            result => return result,
        }
        connection.execute(OUTSIDE)?;
        let result = self.outside(connection, watcher, sql);
        if !matches!(&result, Err(error) if error.is_lost()) {
            connection.execute(END)?;
        }
        result
    }

    fn inside(&mut self, connection: &mut Connection, sql: &str) -> Result<Effects, DbError> {
        connection.execute(INSIDE)?;
        let seen = self.counters(connection).and_then(|before| {
            connection.listen();
            connection.execute(sql)?;
            let mut seen = self.questions.seen(connection)?;
            let busy = seen.iter().filter(|seen| seen.scans > 0 || seen.written > 0);
            self.counted.extend(busy.filter_map(|seen| seen.oid));
            for seen in &mut seen {
                if let Some(before) = before.iter().find(|before| Some(before.oid) == seen.oid) {
                    seen.scans -= before.scans;
                    seen.written -= before.written;
                }
            }
            Ok(seen)
        });
        let says = says(connection);
        let seen = match seen {
            Ok(seen) => seen,
            Err(error) => {
                // A lost connection has no transaction; its own error is the better one.
                let _ = connection.execute("ROLLBACK");
                // What it read before it failed is counted, and nobody saw what that was.
                self.counted.extend(self.known.all.keys());
                return Err(error);
            }
        };
        connection.execute("COMMIT")?;
        Ok(self.effects(&seen, &says, true))
    }

    /// What the session has counted before a statement.
    fn counters(&mut self, connection: &mut Connection) -> Result<Vec<Pending>, DbError> {
        if self.counted.is_empty() {
            return Ok(Vec::new());
        }
        let pending = self.questions.pending(connection, self.counted.iter().copied().collect())?;
        // The others were reported meanwhile.
        self.counted = pending.iter().map(|pending| pending.oid).collect();
        Ok(pending)
    }

    fn outside(
        &mut self,
        connection: &mut Connection,
        watcher: &mut Connection,
        sql: &str,
    ) -> Result<Effects, DbError> {
        connection.listen();
        // What it drops may be gone before that is seen.
        self.known.is_sure = false;
        let near = self.known.named_in(sql);
        let tied = self.known.tied_to(&near, watcher)?;
        let [near, tied] =
            [near, tied].map(|all| all.into_iter().map(|known| known.relation.clone()).collect::<Vec<_>>());
        let mut seen = watched(connection, watcher, self.questions.pid, sql, [&near, &tied])?;
        let says = says(connection);
        let oids: Vec<u32> = seen.iter().filter_map(|seen| seen.oid).collect();
        self.counted.extend(&oids);
        let after = relations(connection, &oids, None)?;
        for seen in &mut seen {
            seen.now = after.iter().find(|known| Some(known.oid) == seen.oid).cloned();
        }
        Ok(self.effects(&seen, &says, false))
    }

    /// What was seen, in names; from then on the relations are known as they are now.
    fn effects(&mut self, seen_all: &[Seen], says: &[Message], in_transaction: bool) -> Effects {
        let mut effects = Effects { in_transaction, ..Effects::default() };
        for seen in seen_all {
            let Some(known) = seen.oid.and_then(|oid| self.known.all.get(&oid)) else { continue };
            let again = seen.now.is_none() && again(seen_all, &known.relation);
            // REINDEX CONCURRENTLY drops an index that is dead: nobody opens it any more who could wait for its lock, which
            // is over before it is seen, or is not.
            let dead = again && known.table.is_some() && !in_transaction;
            let mode = if dead { seen.mode.min(Lock::ShareUpdateExclusive) } else { seen.mode };
            let effect = effects.on.entry(known.relation.clone()).or_insert_with(|| Effect::of(mode));
            effect.lock = effect.lock.max(mode);
            effect.scanned |= seen.scans > 0 && known.relation.has_rows();
            effect.written = effect.written.max(seen.written);
            match &seen.now {
                Some(now) => known.compare(now, effect),
                // One that is made again under its name is as good as there.
                None if again => {}
                None => drop(effects.dropped.insert(known.relation.clone())),
            }
        }
        for (oid, now) in seen_all.iter().filter_map(|seen| Some((seen.oid?, seen.now.as_ref()))) {
            let known = self.known.all.remove(&oid);
            let new = now.filter(|now| known.is_some() || effects.on.contains_key(&now.relation));
            self.known.all.extend(new.map(|now| (oid, now.clone())));
        }
        effects.take(says);
        effects
    }
}

fn again(seen: &[Seen], relation: &Relation) -> bool {
    seen.iter().filter_map(|seen| seen.now.as_ref()).any(|now| now.relation == *relation)
}

fn says(connection: &mut Connection) -> Vec<Message> {
    connection.heard().iter().filter_map(|text| Message::read(text)).collect()
}
