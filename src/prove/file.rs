//! A migration that somebody wrote, run on scratch statement by statement to see what each does.

use crate::db::connection::{Connection, RESET, connect};
use crate::db::error::DbError;
use crate::db::url::ConnectionString;
use crate::lint::script::Ran;
use crate::lint::state::State;
use crate::observe::Observer;
use crate::observe::effect::Effects;
use crate::prove::Bench;
use crate::prove::state::Question;
use crate::sql::split::{Class, Statement};

/// Statements that leave nothing in a session that this does not give back, by their first words.
const PLAIN: [&str; 17] = [
    "ALTER", "ANALYZE", "BEGIN", "COMMENT", "COMMIT", "CREATE", "DELETE", "DROP", "GRANT", "INSERT", "REFRESH",
    "REINDEX", "RESET", "REVOKE", "SET", "TRUNCATE", "UPDATE",
];

/// A database on which files are run one after the other, as a tool that migrates does: what one sets does not reach the next.
pub struct Files {
    to: ConnectionString,
    /// Those of the file before, where it left nothing in them.
    sessions: Option<Sessions>,
    observer: Option<Observer>,
}

struct Sessions {
    connection: Connection,
    watcher: Connection,
    question: Question,
}

impl Files {
    pub fn on(to: &ConnectionString) -> Self {
        Self { to: to.clone(), sessions: None, observer: None }
    }

    /// Runs the statements of one file, each in a transaction of its own or, where Postgres asks for that, outside of any. What
    /// one sets for its transaction is set for the rest of the file.
    ///
    /// `provide` may make what is missing; then a statement is tried again.
    ///
    /// # Errors
    /// Only that the connection is lost or cannot be made: what Postgres refuses is a result.
    pub fn run(
        &mut self,
        statements: &[Statement],
        provide: &mut dyn FnMut(&DbError) -> bool,
    ) -> Result<Vec<Ran>, DbError> {
        let before = self.sessions.take();
        let is_new = before.is_none();
        let Sessions { mut connection, mut watcher, mut question } = before.map_or_else(|| self.connect(), Ok)?;
        let observer = match self.observer.take() {
            Some(observer) if is_new => observer.turn_to(&mut connection)?,
            Some(observer) => observer,
            None => Observer::new(&mut connection)?,
        };
        let observer = self.observer.insert(observer);
        observer.look(&mut connection)?;
        let bench = &mut Bench { connection: &mut connection, watcher: &mut watcher };
        let ran = statements.iter().map(|statement| one(observer, bench, &mut question, statement, provide));
        let ran = ran.collect::<Result<_, _>>()?;
        if statements.iter().all(is_plain) {
            connection.execute(RESET)?;
            self.sessions = Some(Sessions { connection, watcher, question });
        }
        Ok(ran)
    }

    fn connect(&self) -> Result<Sessions, DbError> {
        Ok(Sessions { connection: connect(&self.to)?, watcher: connect(&self.to)?, question: Question::default() })
    }
}

fn is_plain(statement: &Statement) -> bool {
    let [first, second] = words(statement.sql());
    let of_sessions = first == "ALTER" && ["DATABASE", "ROLE", "SYSTEM", "USER"].contains(&second.as_str());
    PLAIN.contains(&first.as_str()) && !of_sessions
}

fn one(
    observer: &mut Observer,
    bench: &mut Bench,
    question: &mut Question,
    statement: &Statement,
    provide: &mut dyn FnMut(&DbError) -> bool,
) -> Result<Ran, DbError> {
    let before = state(bench.connection, question, statement)?;
    let mut result = step(observer, bench, statement);
    while matches!(&result, Err(error) if provide(error)) {
        result = step(observer, bench, statement);
    }
    match result {
        Ok(effects) => Ok(Ran { effects, refused: None, before, after: state(bench.connection, question, statement)? }),
        Err(error) if error.is_lost() => Err(error),
        Err(error) => Ok(Ran { refused: Some(error.to_string()), before, ..Ran::default() }),
    }
}

/// What a statement that defines something is about, as it is now.
fn state(connection: &mut Connection, question: &mut Question, statement: &Statement) -> Result<State, DbError> {
    let [first, _] = words(statement.sql());
    if statement.class == Class::Meta || !["CREATE", "ALTER", "DROP"].contains(&first.as_str()) {
        return Ok(State::default());
    }
    question.state(connection, statement.sql())
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
