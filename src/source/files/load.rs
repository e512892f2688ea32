//! Runs the statements of the desired schema on a scratch database, whatever order they were written in.
//!
//! A batch of statements is one message, which Postgres runs as one transaction: that is faster than psql, which waits
//! for each. A batch that fails has changed nothing, and is run again in parts to find the statements that do not work.
//! Those are put back, and tried again as long as each round gets further. Each statement runs under the settings that
//! were in force where it stands.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::scratch::Scratch;
use crate::source::error::SourceError;
use crate::source::files::cycle;
use crate::source::files::refusal::{Refusal, is_announced};
use crate::source::files::script::{Context, Item, START, Script, bridge};
use crate::source::files::words::begins;
use crate::source::role::{self, missing};
use crate::sql::lex::unquoted;
use crate::sql::order::first_order;

/// How many statements are sent at once. Locks are kept until a batch ends, and a server has room for some thousands.
const BATCH: usize = 200;

/// The server, and what it has taken so far.
pub struct Loader<'a> {
    connection: &'a mut Connection,
    scripts: Vec<Script>,
    scratch: &'a Scratch,
    now: Context,
    /// Roles that were missing and made.
    pub roles: Vec<String>,
    /// Settings that this server does not know.
    pub unknown_settings: Vec<String>,
}

/// Several statements as one message.
struct Message {
    sql: String,
    /// Where each part begins, in characters, and which of the items it is; settings are none.
    parts: Vec<(usize, Option<usize>)>,
    after: Context,
}

impl<'a> Loader<'a> {
    /// # Errors
    /// When the session cannot be set up.
    pub fn new(
        connection: &'a mut Connection,
        scripts: Vec<Script>,
        scratch: &'a Scratch,
    ) -> Result<Self, SourceError> {
        connection.execute(START)?;
        Ok(Self {
            connection,
            scripts,
            scratch,
            now: Context::default(),
            roles: Vec::new(),
            unknown_settings: Vec::new(),
        })
    }

    pub fn scripts(&self) -> &[Script] {
        &self.scripts
    }

    /// Runs everything; gives back what the server refuses to the end.
    ///
    /// # Errors
    /// When the server is lost.
    pub fn load(&mut self, items: Vec<Item>, watch: &dyn Fn(usize, usize)) -> Result<Vec<Refusal>, SourceError> {
        let all = items.len();
        let failed = self.pass(items, &|done| watch(done, all))?;
        let (mut open, refused) = partition(failed);
        if open.is_empty() {
            return Ok(refused);
        }
        let first = first_order(&open.iter().map(|refusal| refusal.item.sql.as_str()).collect::<Vec<_>>());
        let mut slots: Vec<Option<Refusal>> = open.into_iter().map(Some).collect();
        open = first.into_iter().filter_map(|place| slots.get_mut(place)?.take()).collect();
        open.extend(slots.into_iter().flatten());
        loop {
            let before = open.len();
            open = self.again(open, &|done| watch(all.saturating_sub(before - done.min(before)), all))?;
            if open.is_empty() {
                break;
            }
            if open.len() == before && !split(&mut open) {
                break;
            }
        }
        open.extend(refused);
        Ok(open)
    }

    /// Tries what was refused once more; a statement that still is keeps what was said first when that says more.
    fn again(&mut self, open: Vec<Refusal>, watch: &dyn Fn(usize)) -> Result<Vec<Refusal>, SourceError> {
        let (mut items, mut said) = (Vec::new(), Vec::new());
        for refusal in open {
            said.push((refusal.item.at, refusal.item.script, refusal.original));
            items.push(refusal.item);
        }
        let mut left = self.pass(items, watch)?;
        for refusal in left.iter_mut().filter(|refusal| refusal.item.part) {
            let same =
                |(at, script, _): &&mut (usize, usize, _)| (*at, *script) == (refusal.item.at, refusal.item.script);
            refusal.original = said.iter_mut().find(same).and_then(|(_, _, original)| original.clone());
        }
        Ok(left)
    }

    /// Runs each statement once; those that fail come back in the same order.
    fn pass(&mut self, items: Vec<Item>, watch: &dyn Fn(usize)) -> Result<Vec<Refusal>, SourceError> {
        let (mut refused, mut done) = (Vec::new(), 0);
        for batch in items.chunks(BATCH) {
            self.batch(batch, &mut refused)?;
            done += batch.len();
            watch(done - refused.len());
        }
        Ok(refused)
    }

    fn batch(&mut self, items: &[Item], refused: &mut Vec<Refusal>) -> Result<(), SourceError> {
        let mut rest = items;
        while !rest.is_empty() {
            let message = self.message(rest);
            let error = match self.connection.execute(&message.sql) {
                Ok(()) => {
                    self.now = message.after;
                    return Ok(());
                }
                Err(error) => error,
            };
            if self.provide(&error)? {
                continue;
            }
            match message.item_at(position(&error)) {
                Some(place) => {
                    self.batch(&rest[..place], refused)?;
                    self.single(&rest[place], refused)?;
                    rest = &rest[place + 1..];
                }
                None => {
                    for item in rest {
                        self.single(item, refused)?;
                    }
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Runs one statement alone, so that the server's position is a position in it.
    fn single(&mut self, item: &Item, refused: &mut Vec<Refusal>) -> Result<(), SourceError> {
        self.reach(item)?;
        loop {
            match self.connection.execute(&item.sql) {
                Ok(()) => return Ok(()),
                Err(error) if is_announced(&item.sql, &error) => return Ok(()),
                Err(error) if self.provide(&error)? => {}
                Err(error) => {
                    refused.push(Refusal::new(item.clone(), error)?);
                    return Ok(());
                }
            }
        }
    }

    /// Brings the settings of this statement into force, one by one. One that the server does not know (a dump of a
    /// newer one has such) is dropped for good.
    fn reach(&mut self, item: &Item) -> Result<(), SourceError> {
        let to = Context { script: item.script, settings: item.settings };
        let (reset, settings) = bridge(&self.scripts, self.now, to);
        let settings: Vec<String> = settings.iter().map(|setting| setting.sql.clone()).collect();
        if reset {
            self.connection.execute(START)?;
        }
        let first = item.settings - settings.len();
        for (place, sql) in settings.into_iter().enumerate() {
            loop {
                match self.connection.execute(&sql) {
                    Ok(()) => break,
                    Err(error) if self.provide(&error)? => {}
                    Err(error) if error.is_lost() => return Err(error.into()),
                    Err(_) => {
                        self.unknown_settings.push(sql.clone());
                        self.scripts[item.script].settings[first + place].sql = String::new();
                        break;
                    }
                }
            }
        }
        self.now = to;
        Ok(())
    }

    fn message(&self, items: &[Item]) -> Message {
        let mut message = Message { sql: String::new(), parts: Vec::new(), after: self.now };
        let mut length = 0;
        let mut add = |message: &mut Message, sql: &str, item: Option<usize>| {
            message.parts.push((length, item));
            message.sql.push_str(sql);
            message.sql.push_str(";\n");
            length += sql.chars().count() + 2;
        };
        for (place, item) in items.iter().enumerate() {
            let to = Context { script: item.script, settings: item.settings };
            let (reset, settings) = bridge(&self.scripts, message.after, to);
            if reset {
                add(&mut message, START, None);
            }
            for setting in settings {
                add(&mut message, &setting.sql, None);
            }
            // A comment to the end of the line must not swallow what follows; every part ends with a line of its own.
            add(&mut message, &item.sql, Some(place));
            message.after = to;
        }
        message
    }

    /// Makes sure of the roles that the files themselves make. On somebody's server one that is missing is only missed
    /// where it is used.
    ///
    /// # Errors
    /// When the server is lost.
    pub fn declare_roles(&mut self, roles: &[String]) -> Result<(), SourceError> {
        if self.scratch.can_create_roles() {
            let names: Vec<String> = roles.iter().map(|role| unquoted(role)).collect();
            self.scratch.ensure_roles(&names)?;
        }
        Ok(())
    }

    /// Makes what the error misses and a throw-away server may have; whether it is worth trying again.
    fn provide(&mut self, error: &DbError) -> Result<bool, SourceError> {
        if role::provide(error, self.scratch, &mut self.roles)? {
            return Ok(true);
        }
        if let Some(tablespace) = missing(error, "tablespace").filter(|_| self.scratch.can_create_roles()) {
            // Postgres 15 and later keep a tablespace without a location in the data folder. The schema's own SET ROLE
            // must not decide who may make it.
            self.now = Context::default();
            self.connection.execute(&format!("{START}; SET allow_in_place_tablespaces = on"))?;
            let sql = format!("CREATE TABLESPACE \"{}\" LOCATION ''", tablespace.replace('"', "\"\""));
            return Ok(self.connection.execute(&sql).is_ok());
        }
        Ok(false)
    }

    /// The server's major version.
    pub fn major(&self) -> u32 {
        self.connection.version().major()
    }
}

impl Message {
    /// The item that this position (in characters, from one) is in.
    fn item_at(&self, position: Option<u32>) -> Option<usize> {
        let position = usize::try_from(position?).ok()?.checked_sub(1)?;
        let after = self.parts.partition_point(|(start, _)| *start <= position);
        self.parts[..after].last()?.1
    }
}

fn position(error: &DbError) -> Option<u32> {
    match error {
        DbError::Statement { position, .. } => *position,
        _ => None,
    }
}

/// Those that may work once others have, and those that never will. A DROP of something that is not there waits only
/// for a statement before it: it must not take away what comes after.
fn partition(failed: Vec<Refusal>) -> (Vec<Refusal>, Vec<Refusal>) {
    let (mut open, mut refused): (Vec<Refusal>, Vec<Refusal>) = (Vec::new(), Vec::new());
    for refusal in failed {
        let early =
            begins(&refusal.item.sql, &["DROP"]) && !open.iter().any(|other| other.item.script == refusal.item.script);
        if refusal.may_wait() && !early { open.push(refusal) } else { refused.push(refusal) }
    }
    (open, refused)
}

/// Takes the foreign keys out of the tables that are still missing; whether there were any.
fn split(open: &mut Vec<Refusal>) -> bool {
    let mut found = false;
    let mut keys = Vec::new();
    for refusal in open.iter_mut().filter(|refusal| !refusal.item.part && begins(&refusal.item.sql, &["CREATE"])) {
        let Some(parts) = cycle::split(&refusal.item.sql) else { continue };
        found = true;
        let original = Some(Box::new(refusal.clone()));
        for sql in parts.keys {
            let item = Item { sql, part: true, ..refusal.item.clone() };
            keys.push(Refusal { item, original: original.clone(), ..refusal.clone() });
        }
        refusal.item.sql = parts.table;
        refusal.item.part = true;
        refusal.original = original;
    }
    open.extend(keys);
    found
}
