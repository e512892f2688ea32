//! The reader: every room's query in one snapshot, rows to facts, `pg_depend` to edges.

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
use crate::catalog::address::{Address, Addresses};
use crate::catalog::edges::Edges;
use crate::catalog::fetch::{Answer, Base, fetch};
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
    reader.learn_parts(&depends);
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

/// The OIDs of the catalogs `pg_attrdef`, `pg_type` and `pg_proc`, fixed by their headers.
const PG_ATTRDEF: u32 = 2604;
const PG_TYPE: u32 = 1247;
const PG_PROC: u32 = 1255;

/// A row of `pg_depend`.
struct Depend {
    user: Address,
    used: Address,
    kind: u8,
}

impl Depend {
    fn of(row: &Row) -> Result<Self, DbError> {
        let address = |at: usize| -> Result<Address, DbError> {
            Ok(Address { class: row.try_get(at)?, object: row.try_get(at + 1)?, sub: row.try_get(at + 2)? })
        };
        Ok(Self { user: address(0)?, used: address(3)?, kind: row.try_get::<_, i8>(6)?.cast_unsigned() })
    }
}

/// Where a room's rows have what the reader itself looks at.
struct Layout {
    address: [usize; 3],
    excluded: usize,
    /// The address of the fact that this one stands on, for kinds that stand on one.
    on: Option<[usize; 3]>,
}

impl Layout {
    fn of(row: &Row) -> Result<Self, DbError> {
        let column = |name: &str| row.columns().iter().position(|column| column.name() == name);
        let needed = |name| column(name).ok_or_else(|| DbError::unexpected("a catalog row without an address"));
        let on = match column("on_classid") {
            Some(class) => Some([class, needed("on_objid")?, needed("on_objsubid")?]),
            None => None,
        };
        Ok(Self {
            address: [needed("classid")?, needed("objid")?, needed("objsubid")?],
            excluded: needed("excluded")?,
            on,
        })
    }

    fn address(row: &Row, [class, object, sub]: [usize; 3]) -> Result<Address, DbError> {
        Ok(Address { class: row.try_get(class)?, object: row.try_get(object)?, sub: row.try_get(sub)? })
    }
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
    /// Internal parts and extension members, so that an address without a fact of its own leads to one that has.
    fn learn_parts(&mut self, depends: &[Depend]) {
        for Depend { user, used, kind } in depends {
            match kind {
                b'i' => self.addresses.learn_part(user.whole(), *used),
                b'e' => self.addresses.learn_member(user.whole(), *used),
                _ => {}
            }
        }
        // The expression of a generated column hangs on its column by an ordinary automatic dependency.
        for Depend { user, used, kind } in depends {
            if *kind == b'a' && user.class == PG_ATTRDEF && used.sub > 0 {
                self.addresses.learn_part(user.whole(), *used);
            }
        }
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

/// What needs what. Facts are numbered in their order while edges are sorted, which is many times faster than comparing
/// keys.
fn edges(addresses: &Addresses, facts: &[(Key, Body)], order: &[usize], depends: &[Depend]) -> Edges {
    let mut ranks = vec![0; facts.len()];
    let mut ranked: Vec<&Key> = Vec::with_capacity(facts.len());
    for place in order {
        let key = &facts[*place].0;
        if ranked.last() != Some(&key) {
            ranked.push(key);
        }
        ranks[*place] = ranked.len() - 1;
    }
    let pair = |depend: &Depend| {
        let (user, used) = (addresses.resolve(depend.user)?, addresses.resolve(depend.used)?);
        let (user, used) = (ranks[user], ranks[used]);
        if user != used && !stands_below(ranked[used], ranked[user]) {
            return Some((user, used));
        }
        (depend.kind == b'n' && reads_itself(ranked[user], depend.used)).then_some((user, user))
    };
    let mut pairs: Vec<(usize, usize)> = depends.iter().filter_map(pair).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut keys: Vec<Option<Arc<Key>>> = vec![None; ranked.len()];
    let mut key = |rank: usize| Arc::clone(keys[rank].get_or_insert_with(|| Arc::new(ranked[rank].clone())));
    let grouped = pairs.chunk_by(|a, b| a.0 == b.0);
    grouped.map(|uses| (key(uses[0].0), uses.iter().map(|(_, used)| key(*used)).collect())).collect()
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
