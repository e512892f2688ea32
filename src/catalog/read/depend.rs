//! The rows of `pg_depend`: which parts belong to which facts, and what needs what.

use std::sync::Arc;

use postgres::Row;

use crate::catalog::address::{Address, Addresses};
use crate::catalog::edges::Edges;
use crate::db::error::DbError;
use crate::kind::{Body, Key};

/// The OIDs of the catalogs `pg_attrdef`, `pg_type` and `pg_proc`, fixed by their headers.
const PG_ATTRDEF: u32 = 2604;
const PG_TYPE: u32 = 1247;
const PG_PROC: u32 = 1255;

/// A row of `pg_depend`.
pub(super) struct Depend {
    user: Address,
    used: Address,
    kind: u8,
}

impl Depend {
    pub(super) fn of(row: &Row) -> Result<Self, DbError> {
        let address = |at: usize| -> Result<Address, DbError> {
            Ok(Address { class: row.try_get(at)?, object: row.try_get(at + 1)?, sub: row.try_get(at + 2)? })
        };
        Ok(Self { user: address(0)?, used: address(3)?, kind: row.try_get::<_, i8>(6)?.cast_unsigned() })
    }
}

/// Internal parts and extension members, so that an address without a fact of its own leads to one that has.
pub(super) fn learn_parts(addresses: &mut Addresses, depends: &[Depend]) {
    for Depend { user, used, kind } in depends {
        match kind {
            b'i' => addresses.learn_part(user.whole(), *used),
            b'e' => addresses.learn_member(user.whole(), *used),
            _ => {}
        }
    }
    // The expression of a generated column hangs on its column by an ordinary automatic dependency.
    for Depend { user, used, kind } in depends {
        if *kind == b'a' && user.class == PG_ATTRDEF && used.sub > 0 {
            addresses.learn_part(user.whole(), *used);
        }
    }
}

/// What needs what. Facts are numbered in their order while edges are sorted, which is many times faster than comparing
/// keys.
pub(super) fn edges(addresses: &Addresses, facts: &[(Key, Body)], order: &[usize], depends: &[Depend]) -> Edges {
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
