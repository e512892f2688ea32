//! A migration that somebody wrote, run on scratch statement by statement to see what each does.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::lint::script::Ran;
use crate::lint::state::State;
use crate::observe::Observer;
use crate::observe::effect::Effects;
use crate::prove::Bench;
use crate::sql::split::{Class, Statement};

/// Runs the statements, each in a transaction of its own or, where Postgres asks for that, outside of any. What one
/// sets for its transaction is set for the rest of the file.
///
/// `provide` may make what is missing; then a statement is tried again.
///
/// # Errors
/// Only that the connection is lost: what Postgres refuses is a result.
pub fn run(
    bench: &mut Bench,
    statements: &[Statement],
    provide: &mut dyn FnMut(&DbError) -> bool,
) -> Result<Vec<Ran>, DbError> {
    let mut observer = Observer::start(bench.connection)?;
    let mut ran = Vec::new();
    for statement in statements {
        let before = state(bench.connection, statement)?;
        let mut result = step(&mut observer, bench, statement);
        while matches!(&result, Err(error) if provide(error)) {
            result = step(&mut observer, bench, statement);
        }
        ran.push(match result {
            Ok(effects) => Ran { effects, refused: None, before, after: state(bench.connection, statement)? },
            Err(error) if error.is_lost() => return Err(error),
            Err(error) => Ran { refused: Some(error.to_string()), before, ..Ran::default() },
        });
    }
    Ok(ran)
}

/// What a statement that defines something is about, as it is now.
fn state(connection: &mut Connection, statement: &Statement) -> Result<State, DbError> {
    let [first, _] = words(statement.sql());
    if statement.class == Class::Meta || !["CREATE", "ALTER", "DROP"].contains(&first.as_str()) {
        return Ok(State::default());
    }
    let rows = connection.query_with(include_str!("state.sql"), &[&statement.sql()])?;
    rows.first().map(decode).transpose().map(Option::unwrap_or_default)
}

/// The first two words, in capitals.
fn words(sql: &str) -> [String; 2] {
    let mut words = sql.split(|c: char| !c.is_ascii_alphabetic()).map(str::to_ascii_uppercase);
    [words.next().unwrap_or_default(), words.next().unwrap_or_default()]
}

fn step(observer: &mut Observer, bench: &mut Bench, statement: &Statement) -> Result<Option<Effects>, DbError> {
    let sql = statement.sql();
    let [first, second] = words(sql);
    match first.as_str() {
        _ if statement.class == Class::Meta => Ok(None),
        "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE" | "COPY" => Ok(None),
        // What is of the whole server is not the scratch database's: it could be somebody's.
        _ if second == "DATABASE" || (first == "ALTER" && second == "SYSTEM") => Ok(None),
        "SET" if second == "LOCAL" => {
            let lasting =
                sql.to_ascii_uppercase().find("LOCAL").map(|at| format!("SET {}", &sql[at + "LOCAL".len()..]));
            bench.connection.execute(lasting.as_deref().unwrap_or(sql))?;
            Ok(None)
        }
        "SET" | "RESET" => bench.connection.execute(sql).map(|()| None),
        _ => observer.run(bench.connection, bench.watcher, sql).map(Some),
    }
}
