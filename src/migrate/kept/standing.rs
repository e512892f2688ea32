//! What of a database holds rows, before and after statements that may drop some of it.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Row;

use crate::base::name::Qualified;
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// One that can be lost, by its place in the catalog: names may change on the way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Thing {
    Table(u32),
    Column(u32, i16),
    /// Its position.
    Sequence(u32),
}

/// A table, or a sequence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Relation {
    pub name: Qualified,
    pub sequence: bool,
    /// By number; those that are computed are not among them.
    pub columns: BTreeMap<i16, String>,
}

/// All that there is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Standing(pub BTreeMap<u32, Relation>);

impl Standing {
    pub(super) fn read(connection: &mut Connection) -> Result<Self, DbError> {
        // What others do to other tenants meanwhile is none of ours.
        let sql = connection.narrowed(include_str!("standing.sql"));
        let rows = connection.query_with(&sql, &[])?;
        let one = |row: &Row| {
            let (schema, name): (String, String) = (row.try_get(1)?, row.try_get(2)?);
            let (numbers, names): (Vec<i16>, Vec<String>) = (row.try_get(4)?, row.try_get(5)?);
            let columns = numbers.into_iter().zip(names).collect();
            let relation = Relation { name: Qualified::new(schema, name), sequence: row.try_get(3)?, columns };
            Ok((row.try_get(0)?, relation))
        };
        rows.iter().map(one).collect::<Result<_, postgres::Error>>().map(Self).map_err(DbError::from)
    }

    /// What is gone.
    pub(super) fn lost(&self, after: &Self) -> BTreeSet<Thing> {
        let mut lost = BTreeSet::new();
        for (oid, relation) in &self.0 {
            match after.0.get(oid) {
                None if relation.sequence => drop(lost.insert(Thing::Sequence(*oid))),
                None => drop(lost.insert(Thing::Table(*oid))),
                Some(now) => {
                    let gone = relation.columns.keys().filter(|number| !now.columns.contains_key(number));
                    lost.extend(gone.map(|number| Thing::Column(*oid, *number)));
                }
            }
        }
        lost
    }

    /// Whether something else has its name now: a table that was built beside and took its place.
    pub(super) fn replaced(&self, thing: Thing, after: &Self) -> bool {
        match thing {
            Thing::Table(oid) | Thing::Sequence(oid) => self.0.get(&oid).is_some_and(|gone| {
                after
                    .0
                    .iter()
                    .any(|(other, now)| *other != oid && now.name == gone.name && now.sequence == gone.sequence)
            }),
            Thing::Column(oid, number) => {
                let name = self.0.get(&oid).and_then(|relation| relation.columns.get(&number));
                after.0.get(&oid).is_some_and(|now| now.columns.values().any(|other| Some(other) == name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relation(name: &str, sequence: bool, columns: &[(i16, &str)]) -> Relation {
        let columns = columns.iter().map(|(number, name)| (*number, (*name).to_owned())).collect();
        Relation { name: Qualified::new("public", name), sequence, columns }
    }

    #[test]
    fn what_is_gone_is_known_by_its_number_and_not_by_its_name() {
        let before = Standing(BTreeMap::from([
            (1, relation("t", false, &[(1, "id"), (2, "note")])),
            (2, relation("u", false, &[(1, "id")])),
            (3, relation("s", true, &[])),
            (4, relation("renamed", false, &[(1, "old")])),
        ]));
        let after = Standing(BTreeMap::from([
            (1, relation("t", false, &[(1, "id"), (3, "note")])),
            (9, relation("u", false, &[(1, "id")])),
            (4, relation("other", false, &[(1, "new")])),
        ]));
        let lost = before.lost(&after);
        assert_eq!(lost, BTreeSet::from([Thing::Table(2), Thing::Column(1, 2), Thing::Sequence(3)]));
        let replaced: Vec<bool> = lost.iter().map(|thing| before.replaced(*thing, &after)).collect();
        assert_eq!(replaced, [true, true, false]);
    }
}
