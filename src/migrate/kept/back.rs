//! Puts kept rows back, in one transaction for each migration: either all of what was kept of it is there again, and its copies
//! are gone, or nothing changed.

mod triggers;
mod way;

use std::collections::{BTreeMap, BTreeSet};

use crate::base::fault::point;
use crate::base::name::Qualified;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::migrate::error::MigrateError;
use crate::migrate::event::Event;
use crate::migrate::kept::back::triggers::Triggers;
use crate::migrate::kept::back::way::ways;
use crate::migrate::kept::entry::{Entry, Sort, entries};
use crate::migrate::kept::error::KeptError;
use crate::migrate::kept::settings::Settings;
use crate::migrate::retry::is_passing;
use crate::migrate::session::Session;
use crate::source::leave::KEPT;

/// How long it waits for each lock, before it gives way and tries again.
const LOCK: &str = "SET LOCAL lock_timeout = '3s'";

impl Session<'_> {
    /// Puts back what waits of the migrations that are applied, but for those whose rollback was begun.
    ///
    /// # Errors
    /// Why one of it cannot be put back; nothing of that migration is, then.
    pub(in crate::migrate) fn put_back_of(
        &mut self,
        kept: &[Entry],
        applied: &BTreeSet<&str>,
    ) -> Result<(), MigrateError> {
        let mut waiting: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in kept.iter().filter(|entry| applied.contains(entry.migration.as_str())) {
            waiting.entry(entry.migration.as_str()).or_default().push(entry);
        }
        waiting.into_values().try_for_each(|entries| self.put_back(&entries))
    }

    /// Says what `apply` would put back.
    pub(in crate::migrate) fn tell_kept(&mut self, coming: &BTreeSet<&str>) -> Result<(), MigrateError> {
        for entry in self.waiting()?.iter().filter(|entry| coming.contains(entry.migration.as_str())) {
            self.say(Event::Note { text: format!("would put back {}: {}", entry.what(), entry.measure()) });
        }
        Ok(())
    }

    /// What waits for `apply`.
    pub(in crate::migrate) fn waiting(&mut self) -> Result<Vec<Entry>, KeptError> {
        let mut kept = match entries(&mut self.connection) {
            // Who may not see it did not keep it, and may still apply.
            Err(KeptError::NotAllowed | KeptError::NotOurs) => return Ok(Vec::new()),
            kept => kept?,
        };
        kept.retain(|entry| entry.waits() && entry.by_apply);
        Ok(kept)
    }

    /// Puts these back, in one transaction, and proves it.
    ///
    /// # Errors
    /// Why not; everything is as it was, then.
    pub fn put_back(&mut self, entries: &[&Entry]) -> Result<(), MigrateError> {
        self.watch()?;
        let mut count = 0;
        loop {
            self.unless_stopped()?;
            point();
            self.begins();
            let tried = self.try_to_put_back(entries);
            self.rests();
            let cause = match tried {
                Ok(notes) => {
                    notes.into_iter().for_each(|text| self.say(Event::Note { text }));
                    return Ok(());
                }
                Err(error) => error,
            };
            if let KeptError::Db(error) = &cause
                && error.is_lost()
            {
                return Err(cause.into());
            }
            self.connection.execute("ROLLBACK")?;
            match &cause {
                KeptError::Db(error)
                    if error.sqlstate().is_some_and(is_passing) && count < self.options.retry.count =>
                {
                    count += 1;
                    self.pause(count, error);
                }
                _ => return Err(cause.into()),
            }
        }
    }

    fn try_to_put_back(&mut self, entries: &[&Entry]) -> Result<Vec<String>, KeptError> {
        let connection = &mut self.connection;
        connection.execute("BEGIN")?;
        Settings::enter(connection, false)?;
        connection.execute(LOCK)?;
        let ways = ways(connection, entries)?;
        for way in &ways {
            let name = &way.place.name;
            connection.execute(&format!("LOCK TABLE {name}, {} IN SHARE ROW EXCLUSIVE MODE", way.copy))?;
        }
        for way in &ways {
            way.is_unaltered(connection)?;
        }
        let triggers = Triggers::disable(connection, &ways)?;
        connection.execute("SET CONSTRAINTS ALL DEFERRED")?;
        for way in &ways {
            way.write(connection).map_err(|error| way.refused(error))?;
            point();
        }
        // What was put off is looked at now, and says whose it is where there is but one.
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE").map_err(|error| match ways.first() {
            Some(way) => way.refused(error),
            None => error.into(),
        })?;
        for way in &ways {
            way.settle_identity(connection)?;
        }
        triggers.enable(connection)?;
        let mut notes = Vec::new();
        for way in &ways {
            let missing = way.prove(connection)?;
            notes.push(way.done(connection, missing)?);
        }
        for entry in entries.iter().filter(|entry| entry.sort == Sort::Sequence) {
            notes.extend(put_back_position(connection, entry)?);
        }
        point();
        connection.execute("COMMIT")?;
        point();
        Ok(notes)
    }

    /// Deletes what is kept of these.
    ///
    /// # Errors
    /// What the server says.
    pub fn give_up(&mut self, entries: &[&Entry]) -> Result<(), MigrateError> {
        self.connection.execute("BEGIN")?;
        for entry in entries {
            settle(&mut self.connection, entry, "given up", true)?;
        }
        point();
        Ok(self.connection.execute("COMMIT")?)
    }
}

/// Writes down what became of an entry; its copy goes with `whole`.
fn settle(connection: &mut Connection, entry: &Entry, outcome: &str, whole: bool) -> Result<(), DbError> {
    let sql = "UPDATE pgplumb_kept.manifest SET outcome = $2, settled_at = pg_catalog.clock_timestamp(), \
               copy = CASE WHEN $3 THEN NULL ELSE copy END WHERE id = $1";
    connection.query_with(sql, &[&entry.id, &outcome, &whole])?;
    match entry.copy.as_ref().filter(|_| whole) {
        Some(copy) => connection.execute(&format!("DROP TABLE {}", Qualified::new(KEPT, copy.as_str()))),
        None => Ok(()),
    }
}

/// Sets a sequence to where it was, but never back behind where it is.
fn put_back_position(connection: &mut Connection, entry: &Entry) -> Result<Option<String>, KeptError> {
    let name = entry.relation().to_string();
    let owner = entry.owner_schema.as_ref().zip(entry.owner_name.as_ref());
    let owner = owner.map(|(schema, table)| Qualified::new(schema.as_str(), table.as_str()).to_string());
    let rows = connection.query_with(include_str!("position.sql"), &[&name, &owner, &entry.column_name])?;
    let Some(row) = rows.first() else {
        let why = "there is no such sequence".to_owned();
        return Err(KeptError::NotThere { what: entry.what(), why, copy: "pgplumb_kept.manifest".to_owned() });
    };
    let (now, rises): (String, bool) = (row.try_get(0).map_err(DbError::from)?, row.try_get(1).map_err(DbError::from)?);
    let last = entry.last_value.unwrap_or_default();
    let order = if rises { "<" } else { ">" };
    let sql = format!(
        "SELECT pg_catalog.setval($1::text::regclass, $2::bigint, $3::boolean) FROM {now} \
         WHERE last_value {order} $2::bigint OR (last_value = $2::bigint AND NOT is_called)"
    );
    connection.query_with(&sql, &[&now, &last, &entry.is_called.unwrap_or(true)])?;
    settle(connection, entry, "put back", true)?;
    Ok(Some(format!("put back {}: {}", entry.what(), entry.measure())))
}
