//! The reader: every room's query in one snapshot, rows to facts, `pg_depend` to edges.

mod depend;
mod layout;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use miette::Diagnostic;
use postgres::Row;
use serde::Deserialize;
use thiserror::Error;

use crate::catalog::Catalog;
use crate::catalog::address::Addresses;
use crate::catalog::fetch::{Answer, Base, fetch};
use crate::catalog::read::depend::{Depend, edges, learn_parts};
use crate::catalog::read::layout::Layout;
use crate::catalog::tenant;
use crate::db::connection::{Connection, Shared};
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::db::tenant::Tenant;
use crate::kind::facts::{Casts, Facts};
use crate::kind::{Body, Key, ROOMS, Room};

/// Why a database could not be read.
#[derive(Debug, Error, Diagnostic)]
pub enum ReadError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Db(#[from] DbError),
    #[error("cannot read the {label}s of the database")]
    #[diagnostic(
        code(catalog::unreadable),
        help("check that the role may read pg_catalog, and that the server is of a supported version")
    )]
    Room {
        label: &'static str,
        #[source]
        #[diagnostic_source]
        cause: DbError,
    },
    /// Only on the way: another try needs no second session.
    #[error("the server does not share a snapshot")]
    #[diagnostic(code(catalog::not_shared), help("allow the role to run pg_export_snapshot()"))]
    NotShared,
}

/// Reads the whole database in one REPEATABLE READ READ ONLY snapshot.
///
/// The server answers the next room's query while the rows of the last become facts.
///
/// # Errors
/// `ReadError` when the server refuses a query, or a row is not what its room expects.
pub fn read(connection: &mut Connection) -> Result<Catalog, ReadError> {
    match read_by(connection, true) {
        Err(ReadError::NotShared) => read_by(connection, false),
        done => done,
    }
}

/// As `read`, in the snapshot that another session holds.
///
/// # Errors
/// As `read`, and that there is no such snapshot any more.
pub fn read_shared(connection: &mut Connection, shared: &Shared) -> Result<Catalog, ReadError> {
    let tenant = connection.is_for().cloned();
    fetched(tenant, move |sender| connection.read_shared(shared, |snapshot| fetch(snapshot, false, sender)))
}

/// Reads with the help of a second session, or without.
fn read_by(connection: &mut Connection, share: bool) -> Result<Catalog, ReadError> {
    let tenant = connection.is_for().cloned();
    fetched(tenant, move |sender| connection.read_snapshot(|snapshot| fetch(snapshot, share, sender)))
}

fn fetched(
    tenant: Option<Arc<Tenant>>,
    fetching: impl FnOnce(&Sender<Answer>) -> Result<(), ReadError> + Send,
) -> Result<Catalog, ReadError> {
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        let fetching = scope.spawn(move || {
            let fetched = fetching(&sender);
            if fetched.is_err() {
                let _ = sender.send(Answer::End);
            }
            fetched
        });
        let read = read_answers(receiver, tenant);
        fetching.join().unwrap_or_else(|panic| resume_unwind(panic)).and(read)
    })
}

/// Rows to facts, room by room in the order of the registry, whatever order they come in.
fn read_answers(answers: Receiver<Answer>, tenant: Option<Arc<Tenant>>) -> Result<Catalog, ReadError> {
    let ended = || DbError::unexpected("a session that ends before its answer");
    let Ok(Answer::Base(Base { depends, casts, unmanaged, taken })) = answers.recv() else {
        return Err(ended().into());
    };
    let depends: Vec<Depend> = depends.iter().map(Depend::of).collect::<Result<_, _>>()?;
    let mut reader = Reader { tenant, ..Reader::default() };
    reader.count_unmanaged(&unmanaged)?;
    learn_parts(&mut reader.addresses, &depends);
    let mut early: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
    for (place, room) in ROOMS.iter().enumerate() {
        let rows = loop {
            if let Some(rows) = early.remove(&place) {
                break rows;
            }
            let Ok(Answer::Room(place, rows)) = answers.recv() else { return Err(ended().into()) };
            early.insert(place, rows?);
        };
        reader.read_room(room, &rows)?;
    }
    let names = reader.tenant.clone();
    let back = |text: String| match &names {
        Some(tenant) => tenant.back().rename(&text).text,
        None => text,
    };
    let casts = read_casts(&casts)?.into_iter().map(|(from, to, assigns)| (back(from), back(to), assigns)).collect();
    let mut catalog = reader.finish(&depends, casts)?;
    let taken = taken.iter().map(|row| row.try_get(0).map(&back)).collect::<Result<_, _>>().map_err(DbError::from)?;
    catalog.leave_taken(&taken);
    Ok(catalog)
}

fn read_casts(rows: &[Row]) -> Result<Casts, DbError> {
    #[derive(Deserialize)]
    struct Cast {
        source: String,
        target: String,
        assigns: bool,
    }
    rows.iter().map(|row| decode::<Cast>(row).map(|cast| (cast.source, cast.target, cast.assigns))).collect()
}

#[derive(Deserialize)]
struct Unmanaged {
    reason: String,
    name: String,
}

#[derive(Default)]
struct Reader {
    addresses: Addresses,
    /// In the order in which they were read. `addresses` knows each by its place.
    facts: Vec<(Key, Body)>,
    excluded: BTreeMap<String, Vec<String>>,
    /// Whose schema it is, where it is one of several alike.
    tenant: Option<Arc<Tenant>>,
}

impl Reader {
    /// What no room reads.
    fn count_unmanaged(&mut self, rows: &[Row]) -> Result<(), DbError> {
        for row in rows {
            let Unmanaged { reason, name } = decode(row)?;
            self.leave_out(&reason, name);
        }
        Ok(())
    }

    fn read_room(&mut self, room: &Room, rows: &[Row]) -> Result<(), ReadError> {
        let unreadable = |cause| ReadError::Room { label: room.label, cause };
        let Some(first) = rows.first() else { return Ok(()) };
        let layout = Layout::of(first).map_err(unreadable)?;
        self.facts.reserve(rows.len());
        for row in rows {
            self.read_row(room, row, &layout).map_err(unreadable)?;
        }
        Ok(())
    }

    fn read_row(&mut self, room: &Room, row: &Row, layout: &Layout) -> Result<(), DbError> {
        let address = Layout::address(row, layout.address)?;
        if self.addresses.is_member(address) {
            return Ok(());
        }
        let mut on = None;
        if let Some(below) = layout.on {
            let below = Layout::address(row, below)?;
            if self.addresses.is_member(below) {
                self.leave_out("stands on an extension's object", room.label.to_owned());
                return Ok(());
            }
            on = self.addresses.resolve(below).and_then(|place| self.facts.get(place)).map(|(key, _)| key.clone());
            if on.is_none() {
                // Beside a tenant there is all of the others.
                if self.tenant.is_none() {
                    self.leave_out("stands on an object that is not managed", room.label.to_owned());
                }
                return Ok(());
            }
        }
        let (key, body) = match &self.tenant {
            Some(tenant) => tenant::back(tenant, (room.read)(row, on)?, room.prose)?,
            None => (room.read)(row, on)?,
        };
        if let Some(reason) = row.try_get::<_, Option<&str>>(layout.excluded)? {
            self.leave_out(reason, key.to_string());
            return Ok(());
        }
        self.addresses.learn(address, self.facts.len());
        self.facts.push((key, body));
        Ok(())
    }

    fn leave_out(&mut self, reason: &str, name: String) {
        self.excluded.entry(reason.to_owned()).or_default().push(name);
    }

    /// Everything was read: facts and edges in order.
    fn finish(self, depends: &[Depend], casts: Casts) -> Result<Catalog, ReadError> {
        let Self { addresses, facts, excluded, tenant: _ } = self;
        let mut order: Vec<usize> = (0..facts.len()).collect();
        order.sort_by(|a, b| facts[*a].0.cmp(&facts[*b].0));
        let edges = edges(&addresses, &facts, &order, depends);
        // Sorted, so that the map is built from end to end.
        let mut facts: Vec<Option<(Key, Body)>> = facts.into_iter().map(Some).collect();
        let facts: Facts = order.iter().filter_map(|place| facts[*place].take()).collect();
        Ok(Catalog { facts: facts.with_casts(casts), edges, excluded })
    }
}
