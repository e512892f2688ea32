//! What another thread may know of a session that is watched.

use std::sync::Arc;
use std::thread::Thread;
use std::time::Instant;

use crate::migrate::event::Holder;
use crate::migrate::progress::Look;
use crate::migrate::watch::{Busy, Shared};

/// A statement at work.
#[derive(Clone, Debug)]
pub struct At {
    pub number: i32,
    pub sql: Arc<str>,
    pub since: Instant,
}

/// What there is to see of a session at work.
pub struct Sight {
    pub(super) shared: Arc<Shared>,
    /// Who looks.
    pub(super) thread: Option<Thread>,
}

impl Sight {
    /// The statement that it is at; none between two.
    pub fn at_work(&self) -> Option<At> {
        let busy = self.shared.busy();
        let Busy { since, statement: Some((number, sql)), .. } = busy.as_ref()? else { return None };
        Some(At { number: *number, sql: Arc::clone(sql), since: *since })
    }

    /// Begins to look how far this statement is, which works on a table of this name.
    pub fn ask_progress(&self, at: &At, table: Option<String>) {
        if let Some(busy) = self.shared.busy().as_mut().filter(|busy| busy.since == at.since) {
            busy.asked = Some(table);
        }
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
    }

    /// How far it is by the last look, and whom it waits for; none where there was no look since this was asked before.
    pub fn progress(&self) -> Option<(Look, Vec<Holder>)> {
        self.shared.seen().progress.take()
    }
}
