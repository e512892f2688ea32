//! Watches one transaction of a down: what its statements drop is kept before them, and what is gone behind them is held
//! against what was kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::name::Qualified;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::kept::copy::{Whose, keep};
use crate::migrate::kept::entry;
use crate::migrate::kept::error::KeptError;
use crate::migrate::kept::named::{Named, found, named};
use crate::migrate::kept::settings::Settings;
use crate::migrate::kept::standing::{Standing, Thing};
use crate::migrate::kept::survey::going;
use crate::migrate::steps::Step;
use crate::source::leave::KEPT;

/// The rollback of one migration that keeps what it drops.
pub(in crate::migrate) struct Watched {
    whose: Whose,
    /// Whether the script acts as somebody else at times.
    changes_role: bool,
    /// What an attempt at the present transaction dropped that no statement named.
    learned: BTreeSet<Thing>,
    /// The present transaction: what was there before it, and what was kept of it, by the entry, where there was anything.
    before: Standing,
    kept: BTreeMap<Thing, Option<i64>>,
    /// Whether the present transaction has to be begun anew.
    again: bool,
    refused: Option<KeptError>,
}

impl Watched {
    pub(in crate::migrate) fn new(migration: &str, run: i64, host: Option<String>, changes_role: bool) -> Self {
        Self {
            whose: Whose { migration: migration.to_owned(), run, host },
            changes_role,
            learned: BTreeSet::new(),
            before: Standing::default(),
            kept: BTreeMap::new(),
            again: false,
            refused: None,
        }
    }

    /// Keeps what these steps drop, at the start of their transaction.
    ///
    /// # Errors
    /// What ends the transaction; `refused` says whether it is more than what the server says.
    pub(in crate::migrate) fn before(&mut self, connection: &mut Connection, steps: &[&Step]) -> Result<(), DbError> {
        let done = self.keep(connection, steps);
        done.map_err(|error| self.refuse(error))
    }

    fn keep(&mut self, connection: &mut Connection, steps: &[&Step]) -> Result<(), KeptError> {
        self.kept.clear();
        if connection.query_text("SHOW transaction_isolation")?.as_deref() != Some("read committed") {
            return Err(KeptError::Isolation);
        }
        self.before = Standing::read(connection)?;
        let names: Vec<Named> = steps.iter().flat_map(|step| named(step.statement.sql())).collect();
        let mut things = found(connection, &names, &self.before)?;
        things.extend(&self.learned);
        if things.is_empty() {
            return Ok(());
        }
        let settings = Settings::enter(connection, self.changes_role)?;
        self.lock(connection, &things)?;
        entry::prepare(connection)?;
        for thing in &things {
            let oid = match thing {
                Thing::Table(oid) | Thing::Column(oid, _) | Thing::Sequence(oid) => oid,
            };
            let going = going(&things, *thing);
            let Some(relation) = self.before.0.get(oid) else { continue };
            // Its values go with the rows.
            let whole = matches!(thing, Thing::Column(..)) && things.contains(&Thing::Table(*oid));
            let number = if whole { None } else { keep(connection, &self.whose, *thing, relation, &going)? };
            self.kept.insert(*thing, number);
        }
        Ok(settings.leave(connection)?)
    }

    /// The locks that the drops take, before anything is read: what others write until then is kept as well.
    fn lock(&self, connection: &mut Connection, things: &BTreeSet<Thing>) -> Result<(), DbError> {
        let tables: BTreeSet<u32> = things
            .iter()
            .filter_map(|thing| match thing {
                Thing::Table(oid) | Thing::Column(oid, _) => Some(*oid),
                Thing::Sequence(_) => None,
            })
            .collect();
        for relation in tables.iter().filter_map(|oid| self.before.0.get(oid)) {
            connection.execute(&format!("LOCK TABLE ONLY {} IN ACCESS EXCLUSIVE MODE", relation.name))?;
        }
        Ok(())
    }

    /// Holds what is gone against what was kept, behind the last step of the transaction.
    ///
    /// # Errors
    /// As `before`; and where more is gone, so that `again` is true.
    pub(in crate::migrate) fn after(&mut self, connection: &mut Connection) -> Result<(), DbError> {
        let now = Standing::read(connection)?;
        let lost = self.before.lost(&now);
        let unforeseen: Vec<Thing> = lost.iter().filter(|thing| !self.kept.contains_key(thing)).copied().collect();
        if !unforeseen.is_empty() {
            self.learned.extend(unforeseen);
            self.again = true;
            return Err(DbError::unexpected("more is dropped than was kept"));
        }
        if self.kept.values().all(Option::is_none) {
            return Ok(());
        }
        let settings = Settings::enter(connection, self.changes_role)?;
        for (thing, number) in &self.kept {
            let Some(number) = number else { continue };
            if !lost.contains(thing) {
                let sql = "DELETE FROM pgplumb_kept.manifest WHERE id = $1 RETURNING copy";
                let rows = connection.query_with(sql, &[number])?;
                let copy: Option<String> = rows.first().map(|row| row.try_get(0)).transpose()?.flatten();
                if let Some(copy) = copy {
                    connection.execute(&format!("DROP TABLE {}", Qualified::new(KEPT, copy)))?;
                }
            } else if self.before.replaced(*thing, &now) {
                let sql = "UPDATE pgplumb_kept.manifest SET by_apply = false WHERE id = $1";
                connection.query_with(sql, &[number])?;
            }
        }
        self.learned.clear();
        settings.leave(connection)
    }

    /// Whether the transaction that was rolled back is to be begun anew.
    pub(in crate::migrate) fn again(&mut self) -> bool {
        std::mem::take(&mut self.again)
    }

    /// Why it cannot be kept, where that is not a matter of what the server says.
    pub(in crate::migrate) fn refused(&mut self) -> Option<KeptError> {
        self.refused.take()
    }

    /// What the transaction that was just committed kept, for whoever reads along. It is committed, whatever comes of asking.
    pub(in crate::migrate) fn told(&mut self, connection: &mut Connection) -> Vec<String> {
        let numbers: BTreeSet<i64> = std::mem::take(&mut self.kept).into_values().flatten().collect();
        if numbers.is_empty() {
            return Vec::new();
        }
        let kept = entry::entries(connection).unwrap_or_default();
        kept.iter().filter(|entry| numbers.contains(&entry.id)).map(|entry| entry.told()).collect()
    }

    /// Refuses a step that cannot be in a transaction, and of which nobody knows what it drops.
    pub(in crate::migrate) fn refuse_outside(&mut self, number: i32) {
        self.refused = Some(KeptError::Outside { number });
    }

    fn refuse(&mut self, error: KeptError) -> DbError {
        match error {
            KeptError::Db(error) => error,
            other => {
                let said = DbError::unexpected(&other.to_string());
                self.refused = Some(other);
                said
            }
        }
    }
}
