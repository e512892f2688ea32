//! What a statement is about, as the database has it.

use std::collections::BTreeSet;

use postgres::Row;

use crate::base::name::with_suffix;
use crate::db::connection::{Connection, Prepared};
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::lint::state::State;

/// `invalid_sql_statement_name`: a file ended what is prepared (`DISCARD ALL`).
const NOT_PREPARED: &str = "26000";

/// The question for the state, in one session: Postgres takes longer to plan it than to answer it, so it is prepared.
#[derive(Default)]
pub(super) struct Question(Option<Prepared>);

impl Question {
    /// The state of what a statement names.
    ///
    /// # Errors
    /// What the server says against the question, or that it went away.
    pub(super) fn state(&mut self, connection: &mut Connection, sql: &str) -> Result<State, DbError> {
        let names = names(sql);
        let rows = match &self.0 {
            None => self.prepared(connection, &names),
            Some(prepared) => match connection.query_prepared(prepared, &[&names]) {
                Err(error) if error.sqlstate() == Some(NOT_PREPARED) => self.prepared(connection, &names),
                asked => asked,
            },
        };
        rows?.first().map(decode).transpose().map(Option::unwrap_or_default)
    }

    fn prepared(&mut self, connection: &mut Connection, names: &[String]) -> Result<Vec<Row>, DbError> {
        let prepared = self.0.insert(connection.prepare(include_str!("state.sql"))?);
        connection.query_prepared(prepared, &[&names])
    }
}

/// Whatever could be a name in it, within strings too: words as they are and as Postgres folds them, and what is in quotes.
fn names(sql: &str) -> Vec<String> {
    let words = sql.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
    let words = words.filter(|word| !word.is_empty()).flat_map(|word| [word.to_owned(), word.to_lowercase()]);
    // Every other part; which, nobody knows where a quote stands alone in a string.
    let quoted = sql.split('"').filter(|part| !part.contains('\n')).map(str::to_owned);
    let names: BTreeSet<String> = words.chain(quoted).map(|name| with_suffix(&name, "")).collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_be_a_name_is_one() {
        let sql = "ALTER TABLE \"My Table\" ADD x int REFERENCES Other; -- über";
        let names = names(sql);
        for name in ["My Table", "x", "Other", "other", "über"] {
            assert!(names.contains(&name.to_owned()), "{name}: {names:?}");
        }
        assert_eq!(self::names(&"é".repeat(40)), ["é".repeat(31)]);
    }
}
