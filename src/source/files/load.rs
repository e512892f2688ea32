//! Runs the statements of the desired schema on a scratch database, whatever order they were written in.
//!
//! A batch of statements is one message, which Postgres runs as one transaction: that is faster than psql, which waits
//! for each. A batch that fails has changed nothing, and is run again in parts to find the statements that do not work.
//! Those are put back, and tried again as long as each round gets further. Each statement runs under the settings that
//! were in force where it stands.

mod message;
mod retry;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::scratch::Scratch;
use crate::source::error::SourceError;
use crate::source::files::load::message::Message;
use crate::source::files::refusal::{Refusal, is_announced};
use crate::source::files::script::{Context, Item, START, Script, bridge};
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
        let (mut open, refused) = retry::partition(failed);
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
            if open.len() == before && !retry::split(&mut open) {
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
            let message = Message::of(rest, &self.scripts, self.now);
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
        for sql in settings {
            loop {
                match self.connection.execute(&sql) {
                    Ok(()) => break,
                    Err(error) if self.provide(&error)? => {}
                    Err(error) if error.is_lost() => return Err(error.into()),
                    Err(_) => {
                        self.pass_over(sql);
                        break;
                    }
                }
            }
        }
        self.now = to;
        Ok(())
    }

    /// Every file may have it.
    fn pass_over(&mut self, unknown: String) {
        for setting in self.scripts.iter_mut().flat_map(|script| &mut script.settings) {
            if setting.sql == unknown {
                setting.sql = String::new();
            }
        }
        if !self.unknown_settings.contains(&unknown) {
            self.unknown_settings.push(unknown);
        }
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

fn position(error: &DbError) -> Option<u32> {
    match error {
        DbError::Statement { position, .. } => *position,
        _ => None,
    }
}
