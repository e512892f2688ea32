//! One file of the desired schema as the loader sees it: what to run, under which settings, and what was left out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::files::include::Piece;
use crate::source::files::session::last_of_each;
use crate::source::files::treatment::{Left, Treatment, treatment};
use crate::sql::file::SqlFile;
use crate::sql::split::Class;
use crate::sql::words::{begins, find};

/// A file and its settings; those in force at a statement are the first so many of them.
#[derive(Clone, Debug)]
pub struct Script {
    pub file: Arc<SqlFile>,
    pub settings: Vec<Setting>,
}

/// A statement that changes the session (`SET search_path`), not the schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Byte offset in the file.
    pub at: usize,
    pub sql: String,
}

/// A statement to run.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its file, counted from zero.
    pub script: usize,
    /// Byte offset of its first word in the file.
    pub at: usize,
    /// What is run, which need not be what was written.
    pub sql: String,
    /// How many settings of its file are in force.
    pub settings: usize,
    /// Whether it was made from a part of what stands there.
    pub part: bool,
}

/// The settings of which file are in force, and how many of them. None at all is the same whatever the file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    pub script: usize,
    pub settings: usize,
}

/// Everything that was found in the files.
#[derive(Debug, Default)]
pub struct Contents {
    pub scripts: Vec<Script>,
    pub items: Vec<Item>,
    /// How many statements were left out, and why.
    pub left: BTreeMap<(Left, String), usize>,
    /// Roles that the files make, as SQL names them.
    pub roles: Vec<String>,
    pub declares_grants: bool,
    pub declares_owners: bool,
}

/// What every session starts with: bodies are not looked into, for what they name may come later, and only errors are
/// told. `RESET ALL` leaves the role alone.
pub const START: &str = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; \
     SET check_function_bodies = off; SET client_min_messages = error; SET synchronous_commit = off";

/// What to run to come from one context to the other: whether everything is reset first, and which settings follow.
pub fn bridge(scripts: &[Script], from: Context, to: Context) -> (bool, &[Setting]) {
    let wanted = scripts.get(to.script).map_or(&[][..], |script| &script.settings[..to.settings]);
    if from.settings == 0 {
        (false, wanted)
    } else if from.script == to.script && from.settings <= to.settings {
        (false, &wanted[from.settings..])
    } else {
        (true, wanted)
    }
}

impl Contents {
    /// The statements of a file each, in order.
    pub fn of(files: &[Piece]) -> Self {
        let mut contents = Self::default();
        for piece in files {
            contents.take(piece);
        }
        contents
    }

    fn take(&mut self, Piece { file, statements, goes_on }: &Piece) {
        let number = self.scripts.len();
        let before = self.scripts.last().filter(|_| *goes_on);
        let settings = before.map(|script| last_of_each(&script.settings)).unwrap_or_default();
        let mut script = Script { file: Arc::clone(file), settings };
        for statement in statements {
            let (at, sql) = (statement.span.start, statement.sql());
            let item = Item { script: number, at, sql: String::new(), settings: script.settings.len(), part: false };
            match statement.class {
                Class::Session => {
                    // What is made from here on is somebody's.
                    self.declares_owners |= begins(sql, &["SET", "ROLE"]) || begins(sql, &["SET", "SESSION"]);
                    script.settings.push(Setting { at, sql: for_the_session(sql).into_owned() });
                }
                Class::Data if !marks_index(sql) => self.leave(Left::Data, &file.path),
                Class::Meta if is_for_psql(sql) => self.leave(Left::Psql, &file.path),
                Class::Transaction | Class::Meta => {}
                Class::Data | Class::Definition => self.run(sql, item, &file.path),
            }
        }
        self.scripts.push(script);
    }

    fn run(&mut self, sql: &str, item: Item, path: &str) {
        match treatment(sql) {
            Treatment::Leave(why) => self.leave(why, path),
            Treatment::Role(role) => self.roles.push(role),
            Treatment::Load(sql) => {
                let grants = begins(&sql, &["GRANT|REVOKE"]) || begins(&sql, &["ALTER", "DEFAULT", "PRIVILEGES"]);
                self.declares_grants |= grants;
                self.declares_owners |= declares_owner(&sql);
                self.items.push(Item { sql: sql.into_owned(), ..item });
            }
        }
    }

    fn leave(&mut self, why: Left, path: &str) {
        *self.left.entry((why, path.to_owned())).or_default() += 1;
    }
}

/// Whether what psql makes of it decides which SQL is run.
fn is_for_psql(command: &str) -> bool {
    let word = command.split_whitespace().next().unwrap_or_default();
    ["\\if", "\\elif", "\\else", "\\gexec"].contains(&word)
}

/// `CLUSTER t USING i` moves rows, and also marks the index, which is part of the schema.
fn marks_index(sql: &str) -> bool {
    begins(sql, &["CLUSTER"]) && find(sql, "USING", 6).is_some()
}

/// `SET LOCAL` holds to the end of a transaction; the loader has transactions of its own making, so it must hold on.
fn for_the_session(sql: &str) -> Cow<'_, str> {
    match find(sql, "LOCAL", 2).filter(|_| begins(sql, &["SET", "LOCAL"])) {
        Some(at) => Cow::Owned(format!("{}{}", &sql[..at.start], &sql[at.end..])),
        None => Cow::Borrowed(sql),
    }
}

/// `ALTER ... OWNER TO`, and the schema that is made for a role.
fn declares_owner(sql: &str) -> bool {
    if begins(sql, &["ALTER"]) {
        return find(sql, "OWNER", usize::MAX).is_some();
    }
    begins(sql, &["CREATE", "SCHEMA"]) && find(sql, "AUTHORIZATION", 8).is_some()
}
