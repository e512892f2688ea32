//! The reader: every room's query in one snapshot, rows to facts, `pg_depend` to edges.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

use miette::Diagnostic;
use postgres::Row;
use serde::Deserialize;
use thiserror::Error;

use crate::catalog::Catalog;
use crate::catalog::address::{Address, Addresses};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::facts::Facts;
use crate::kind::{Key, ROOMS, Room};

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
}

/// Rows on their way from the server to the facts.
const WAITING_ROOMS: usize = 4;

/// Reads the whole database in one REPEATABLE READ READ ONLY snapshot.
///
/// The server answers the next room's query while the rows of the last become facts.
///
/// # Errors
/// `ReadError` when the server refuses a query, or a row is not what its room expects.
pub fn read(connection: &mut Connection) -> Result<Catalog, ReadError> {
    connection.read_snapshot(|snapshot| {
        let depends = snapshot.query(include_str!("depend.sql"))?;
        let casts = snapshot.query(include_str!("cast.sql"))?;
        let unmanaged = snapshot.query(include_str!("unmanaged.sql"))?;
        let (sender, receiver) = sync_channel::<(&Room, Vec<Row>)>(WAITING_ROOMS);
        thread::scope(|scope| {
            let reader = scope.spawn(move || {
                let mut reader = Reader::default();
                reader.learn_casts(&casts)?;
                reader.count_unmanaged(&unmanaged)?;
                reader.learn_parts(&depends);
                for (room, rows) in receiver {
                    reader.read_room(room, &rows)?;
                }
                reader.read_edges(&depends);
                Ok(reader.catalog)
            });
            for room in ROOMS {
                let rows = snapshot.query(room.query).map_err(|cause| ReadError::Room { label: room.label, cause })?;
                if sender.send((room, rows)).is_err() {
                    // The reader has stopped, and says below why.
                    break;
                }
            }
            drop(sender);
            reader.join().unwrap_or_else(|panic| resume_unwind(panic))
        })
    })
}

#[derive(Deserialize)]
struct Cast {
    source: String,
    target: String,
    assigns: bool,
}

#[derive(Deserialize)]
struct Unmanaged {
    reason: String,
    name: String,
}

/// The OIDs of the catalogs `pg_attrdef`, `pg_type` and `pg_proc`, fixed by their headers.
const PG_ATTRDEF: u32 = 2604;
const PG_TYPE: u32 = 1247;
const PG_PROC: u32 = 1255;

#[derive(Deserialize)]
struct Head {
    classid: u32,
    objid: u32,
    objsubid: i32,
    excluded: Option<String>,
}

#[derive(Deserialize)]
struct Standing {
    on_classid: u32,
    on_objid: u32,
    on_objsubid: i32,
}

#[derive(Default)]
struct Reader {
    addresses: Addresses,
    catalog: Catalog,
}

impl Reader {
    /// Internal parts and extension members, so that an address without a fact of its own leads to one that has.
    fn learn_parts(&mut self, depends: &[Row]) {
        for row in depends {
            let (user, used) = ends(row);
            match deptype(row) {
                'i' => self.addresses.learn_part(user.whole(), used),
                'e' => self.addresses.learn_member(user.whole(), used),
                _ => {}
            }
        }
        // The expression of a generated column hangs on its column by an ordinary automatic dependency.
        for row in depends.iter().filter(|row| deptype(row) == 'a') {
            let (user, used) = ends(row);
            if user.class == PG_ATTRDEF && used.sub > 0 {
                self.addresses.learn_part(user.whole(), used);
            }
        }
    }

    fn learn_casts(&mut self, rows: &[Row]) -> Result<(), DbError> {
        let casts = rows.iter().map(|row| decode::<Cast>(row).map(|cast| (cast.source, cast.target, cast.assigns)));
        self.catalog.facts = Facts::default().with_casts(casts.collect::<Result<_, _>>()?);
        Ok(())
    }

    /// What no room reads.
    fn count_unmanaged(&mut self, rows: &[Row]) -> Result<(), DbError> {
        for row in rows {
            let Unmanaged { reason, name } = decode(row)?;
            self.leave_out(&reason, name);
        }
        Ok(())
    }

    fn read_room(&mut self, room: &Room, rows: &[Row]) -> Result<(), ReadError> {
        let stands = rows.first().is_some_and(|row| row.columns().iter().any(|c| c.name() == "on_classid"));
        for row in rows {
            self.read_row(room, row, stands).map_err(|cause| ReadError::Room { label: room.label, cause })?;
        }
        Ok(())
    }

    fn read_row(&mut self, room: &Room, row: &Row, stands: bool) -> Result<(), DbError> {
        let head: Head = decode(row)?;
        let address = Address { class: head.classid, object: head.objid, sub: head.objsubid };
        if self.addresses.is_member(address) {
            return Ok(());
        }
        let mut on = None;
        if stands {
            let standing: Standing = decode(row)?;
            let below = Address { class: standing.on_classid, object: standing.on_objid, sub: standing.on_objsubid };
            if self.addresses.is_member(below) {
                self.leave_out("stands on an extension's object", room.label.to_owned());
                return Ok(());
            }
            on = self.addresses.resolve(below).cloned();
            if on.is_none() {
                self.leave_out("stands on an object that is not managed", room.label.to_owned());
                return Ok(());
            }
        }
        let (key, body) = (room.read)(row, on)?;
        if let Some(reason) = head.excluded {
            self.leave_out(&reason, key.to_string());
            return Ok(());
        }
        self.addresses.learn(address, key.clone());
        self.catalog.facts.insert(key, body);
        Ok(())
    }

    fn leave_out(&mut self, reason: &str, name: String) {
        self.catalog.excluded.entry(reason.to_owned()).or_default().push(name);
    }

    fn read_edges(&mut self, depends: &[Row]) {
        for row in depends {
            let (from, to) = ends(row);
            let (Some(user), Some(used)) = (self.addresses.resolve(from), self.addresses.resolve(to)) else {
                continue;
            };
            if user != used && !stands_below(used, user) {
                self.catalog.edges.insert(user, used);
            } else if deptype(row) == 'n' && reads_itself(user, to) {
                self.catalog.edges.insert(user, user);
            }
        }
    }
}

/// Whether a view or routine names itself in its own definition, which CREATE OR REPLACE allows. That a view's rule needs
/// the view as a whole says nothing: before 16 every rule does.
fn reads_itself(user: &Key, used: Address) -> bool {
    match user {
        Key::View(_) => used.sub > 0 || used.class == PG_TYPE,
        Key::Function(_) | Key::Procedure(_) => used.class == PG_PROC,
        _ => false,
    }
}

/// A table does not need its own columns.
fn stands_below(key: &Key, on: &Key) -> bool {
    let mut at = key.on();
    while let Some(below) = at {
        if below == on {
            return true;
        }
        at = below.on();
    }
    false
}

fn ends(row: &Row) -> (Address, Address) {
    let user = Address { class: row.get(0), object: row.get(1), sub: row.get(2) };
    let used = Address { class: row.get(3), object: row.get(4), sub: row.get(5) };
    (user, used)
}

fn deptype(row: &Row) -> char {
    char::from(row.get::<_, i8>(6).unsigned_abs())
}
