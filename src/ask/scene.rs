//! The database that is asked, and what the script has done by the statement that is looked at.

use pg_query::protobuf::RangeVar;

use crate::ask::not_asked;
use crate::ask::state::State;
use crate::ask::table::Table;
use crate::base::name::{Ident, Qualified};
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::lint::tree::Name;
use crate::lint::{Finding, Level};

pub(super) struct Scene<'c> {
    pub(super) connection: &'c mut Connection,
    pub(super) state: State,
    /// What could not be asked about the statement that is looked at.
    pub(super) notes: Vec<Finding>,
}

impl<'c> Scene<'c> {
    pub(super) fn of(connection: &'c mut Connection) -> Self {
        Self { connection, state: State::default(), notes: Vec::new() }
    }

    /// The table as the live database has it, where its rows are those that the statement will meet. Where they are
    /// not, that is noted.
    pub(super) fn table(&mut self, range: &RangeVar) -> Result<Option<Table>, DbError> {
        let (name, object) = (Name::of(range), self.object(range));
        if self.is_made(range) {
            self.note(&object, format!("nothing is asked of {object}, which is made or renamed before"));
            return Ok(None);
        }
        let table = Table::read(self.connection, &written(range))?.filter(Table::holds_rows);
        if table.is_some() && self.state.filled.contains(&name) {
            self.cannot(&object, format!("nothing is asked of {object}, whose rows are changed before"));
            return Ok(None);
        }
        Ok(table)
    }

    /// Whether the script made it, or gave it this name.
    pub(super) fn is_made(&self, range: &RangeVar) -> bool {
        self.state.made.contains(&Name::of(range))
    }

    /// As a person and `--allow` name it.
    pub(super) fn object(&self, range: &RangeVar) -> String {
        Name::of(range).to_string()
    }

    /// Says what there is nothing to ask about.
    pub(super) fn note(&mut self, object: &str, message: String) {
        self.notes.push(not_asked(object, message).level(Level::Note));
    }

    /// Says what should be asked and cannot.
    pub(super) fn cannot(&mut self, object: &str, message: String) {
        self.notes.push(not_asked(object, message));
    }
}

/// The name as it is written: without a schema `search_path` decides.
pub(super) fn written(range: &RangeVar) -> String {
    if range.schemaname.is_empty() {
        Ident::new(range.relname.as_str()).to_string()
    } else {
        Qualified::new(range.schemaname.as_str(), range.relname.as_str()).to_string()
    }
}
