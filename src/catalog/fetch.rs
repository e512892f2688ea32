//! Gets the rows of every room in one snapshot, by two sessions where there is much to read.
//!
//! The server's work is what reading waits for, most of it in printing views, constraints, indexes and defaults. A
//! second session takes those one by one, in the snapshot that the first has exported, and the first helps with them
//! when it has done its own. Where no second session is to be had the first does it all. Neither waits for the other
//! within its transaction: a session that did could hold a lock that somebody else's DDL, and so the other, waits for.

use std::collections::VecDeque;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use postgres::Row;

use crate::catalog::read::ReadError;
use crate::catalog::taken;
use crate::catalog::tenant::{of_depend, of_room};
use crate::db::connection::{Shared, Snapshot, connect};
use crate::db::error::DbError;
use crate::kind::{ROOMS, Room};

/// From so many dependencies on a second session is worth its start, which takes as long as it then saves.
const LARGE: usize = 5_000;

/// What comes from the server.
pub enum Answer {
    /// What is needed before the first room.
    Base(Base),
    /// The rows of a room, by its place in `ROOMS`; they come in any order.
    Room(usize, Result<Vec<Row>, ReadError>),
    /// Nothing more comes, because the first session has failed.
    End,
}

pub struct Base {
    pub depends: Vec<Row>,
    pub casts: Vec<Row>,
    pub unmanaged: Vec<Row>,
    /// What belongs to histories of other tools.
    pub taken: Vec<Row>,
}

/// The rooms that either session may take.
#[derive(Clone, Default)]
struct Queue(Arc<Mutex<VecDeque<usize>>>);

impl Queue {
    fn next(&self) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// Asks everything and hands it to `answers`. A second session may still be answering when this one is done.
///
/// # Errors
/// `NotShared` when a second session was to be let in and this one cannot do that; what the server says against a query.
pub fn fetch(snapshot: &mut Snapshot, share: bool, answers: &Sender<Answer>) -> Result<(), ReadError> {
    let tenant = snapshot.tenant().cloned();
    let depends = match &tenant {
        Some(tenant) => snapshot.query(&of_depend(include_str!("depend.sql"), tenant))?,
        None => snapshot.query(include_str!("depend.sql"))?,
    };
    let casts = snapshot.query(include_str!("cast.sql"))?;
    // What is in no schema is nothing of a tenant's.
    let unmanaged = if tenant.is_some() { Vec::new() } else { snapshot.query(include_str!("unmanaged.sql"))? };
    let told = snapshot.query(taken::TOLD)?.first().map(|row| row.try_get(0)).transpose();
    let told: bool = told.map_err(DbError::from)?.unwrap_or_default();
    let taken = if told { snapshot.query(&taken::of_books())? } else { Vec::new() };
    let shared = share && depends.len() >= LARGE;
    // Where nobody receives any more, the reader has stopped and says why.
    let _ = answers.send(Answer::Base(Base { depends, casts, unmanaged, taken }));
    let (printed, own): (Vec<usize>, Vec<usize>) =
        (0..ROOMS.len()).partition(|place| shared && ROOMS.get(*place).is_some_and(|room| room.prints));
    let queue = Queue(Arc::new(Mutex::new(printed.into())));
    if shared {
        let shared = snapshot.share().map_err(|_| ReadError::NotShared)?;
        let (queue, answers) = (queue.clone(), answers.clone());
        // Nobody waits for this thread: getting in may take longer than all the rest.
        let _ = thread::Builder::new().spawn(move || help(&shared, &queue, &answers));
    }
    for place in own {
        let rows = ask(snapshot, place)?;
        let _ = answers.send(Answer::Room(place, Ok(rows)));
    }
    while let Some(place) = queue.next() {
        let rows = ask(snapshot, place)?;
        let _ = answers.send(Answer::Room(place, Ok(rows)));
    }
    Ok(())
}

/// The second session: takes rooms as long as there are any.
fn help(shared: &Shared, queue: &Queue, answers: &Sender<Answer>) {
    let Ok(mut connection) = connect(&shared.to) else { return };
    // When it is too late to take over the snapshot there is nothing left to do.
    let _ = connection.read_shared(shared, |snapshot| {
        while let Some(place) = queue.next() {
            let _ = answers.send(Answer::Room(place, ask(snapshot, place)));
        }
        Ok::<(), ReadError>(())
    });
}

fn ask(snapshot: &mut Snapshot, place: usize) -> Result<Vec<Row>, ReadError> {
    let Some(Room { label, query, .. }) = ROOMS.get(place) else { return Ok(Vec::new()) };
    // Which room was read when the server went away says nothing.
    let narrowed = snapshot.tenant().map(|tenant| of_room(query, tenant));
    let query = narrowed.as_deref().unwrap_or(query);
    snapshot.query(query).map_err(|cause| if cause.is_lost() { cause.into() } else { ReadError::Room { label, cause } })
}
