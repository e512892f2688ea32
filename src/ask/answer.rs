//! Asks one question, in a read-only transaction of its own that ends with it.

use crate::ask::Limits;
use crate::ask::question::{Question, Test};
use crate::base::name::{Ident, literal};
use crate::db::connection::Connection;
use crate::db::error::DbError;

/// How many keys are shown.
const SHOWN: usize = 5;

/// What came of a question.
pub(super) enum Answer {
    None,
    /// This many; which ones, and how to see them.
    Rows {
        count: i64,
        help: String,
    },
    /// It could not be asked, because of this.
    Unknown(String),
}

/// Rows that were found: how many, and the keys of some.
struct Found {
    count: i64,
    keys: Vec<Vec<String>>,
}

/// # Errors
/// When the server goes away.
pub(super) fn answer(connection: &mut Connection, question: &Question, limits: Limits) -> Result<Answer, DbError> {
    let settings = format!(
        "BEGIN READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = {}; SET LOCAL row_security = off",
        literal(limits.statement),
        literal(limits.lock)
    );
    connection.execute(&settings)?;
    let found = match &question.test {
        Test::Where(condition) => rows(connection, question, condition),
        Test::Fails { expression, .. } => failing(connection, question, expression),
    };
    let end = connection.execute("ROLLBACK");
    match found {
        Ok(found) => {
            end?;
            let help = || help(question, &found, connection.version().major());
            Ok(if found.count == 0 { Answer::None } else { Answer::Rows { count: found.count, help: help() } })
        }
        Err(error) => match reason(&error, limits) {
            Some(why) => {
                end?;
                Ok(Answer::Unknown(why))
            }
            None => Err(error),
        },
    }
}

fn rows(connection: &mut Connection, question: &Question, condition: &str) -> Result<Found, DbError> {
    let from = format!("FROM {} WHERE {condition}", question.from);
    let count: i64 = match connection.query_with(&format!("SELECT count(*) {from}"), &[])?.first() {
        Some(row) => row.try_get(0)?,
        None => 0,
    };
    if count == 0 || question.table.key.is_empty() {
        return Ok(Found { count, keys: Vec::new() });
    }
    let (columns, texts) = (key(question).join(", "), texts(question));
    let sql = format!("SELECT {texts} {from} ORDER BY {columns} LIMIT {SHOWN}");
    let keys = connection.query_with(&sql, &[])?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(Found { count, keys })
}

/// All rows at once, and only where one of them fails each by itself, which takes far longer.
fn failing(connection: &mut Connection, question: &Question, expression: &str) -> Result<Found, DbError> {
    connection.execute("SAVEPOINT pgplumb")?;
    match connection.query_with(&format!("SELECT count({expression}) FROM {}", question.from), &[]) {
        Ok(_) => return Ok(Found { count: 0, keys: Vec::new() }),
        Err(error) if !is_about_a_value(&error) => return Err(error),
        Err(_) => connection.execute("ROLLBACK TO pgplumb")?,
    }
    let name = question.table.sql();
    let keys = if question.table.key.is_empty() { "NULL".to_owned() } else { keys_of_row(question) };
    let block = format!(
        "#variable_conflict use_column
DECLARE
    pgplumb_row {name}%ROWTYPE;
    pgplumb_count bigint := 0;
    pgplumb_keys jsonb := '[]';
BEGIN
    FOR pgplumb_row IN SELECT * FROM {from} LOOP
        BEGIN
            PERFORM {expression} FROM (SELECT (pgplumb_row).*) AS {alias};
        EXCEPTION WHEN OTHERS THEN
            pgplumb_count := pgplumb_count + 1;
            IF pgplumb_count <= {SHOWN} THEN
                pgplumb_keys := pgplumb_keys || pg_catalog.jsonb_build_array({keys});
            END IF;
        END;
    END LOOP;
    PERFORM pg_catalog.set_config('pgplumb.count', pgplumb_count::text, true),
        pg_catalog.set_config('pgplumb.keys', pgplumb_keys::text, true);
END",
        from = question.from,
        alias = question.table.alias(),
    );
    connection.execute(&format!("DO {}", literal(&block)))?;
    let answer =
        "SELECT pg_catalog.current_setting('pgplumb.count')::bigint, pg_catalog.current_setting('pgplumb.keys')";
    let rows = connection.query_with(answer, &[])?;
    let Some(row) = rows.first() else { return Ok(Found { count: 0, keys: Vec::new() }) };
    let keys: Vec<Option<Vec<String>>> = serde_json::from_str(row.try_get(1)?).unwrap_or_default();
    Ok(Found { count: row.try_get(0)?, keys: keys.into_iter().flatten().collect() })
}

fn key(question: &Question) -> Vec<String> {
    question.table.key.iter().map(|name| Ident::new(name.as_str()).to_string()).collect()
}

fn texts(question: &Question) -> String {
    let texts: Vec<String> = key(question).iter().map(|name| format!("{name}::pg_catalog.text")).collect();
    format!("ARRAY[{}]", texts.join(", "))
}

fn keys_of_row(question: &Question) -> String {
    let texts: Vec<String> = key(question).iter().map(|name| format!("pgplumb_row.{name}::text")).collect();
    format!("pg_catalog.jsonb_build_array({})", texts.join(", "))
}

/// Whether a value is what the server does not take: an error of data or of a constraint, or one that a function raises.
fn is_about_a_value(error: &DbError) -> bool {
    error.sqlstate().is_some_and(|state| ["22", "23", "P0"].iter().any(|class| state.starts_with(class)))
}

/// Why a question could not be asked; none where the server is gone. Its own words may quote a row.
fn reason(error: &DbError, limits: Limits) -> Option<String> {
    let state = error.sqlstate()?;
    Some(match state {
        "57014" => format!("it takes longer than {} (`timeouts.check_data`)", limits.statement),
        "55P03" => format!("somebody else has locked the table for longer than {}", limits.lock),
        "42501" => "the role may not read all rows".to_owned(),
        "25006" => "an expression in it writes".to_owned(),
        _ if state.starts_with("42") => "it names what is made or changed before".to_owned(),
        _ => format!("an expression in it fails (SQLSTATE {state})"),
    })
}

/// Some keys, and the query that shows all of the rows.
fn help(question: &Question, found: &Found, major: u32) -> String {
    let columns = key(question);
    let keys: Vec<String> = found.keys.iter().map(|values| tuple(values)).collect();
    let name = if columns.len() == 1 { columns.join("") } else { format!("({})", columns.join(", ")) };
    let shown = match keys.as_slice() {
        [] if columns.is_empty() => "the table has no primary key to show; ".to_owned(),
        [] => String::new(),
        keys => format!("such as {name} = {}; ", keys.join(", ")),
    };
    let condition = match &question.test {
        Test::Where(condition) => Some(condition.clone()),
        Test::Fails { value, type_name, .. } if major >= 16 => {
            Some(format!("NOT pg_input_is_valid(({value})::text, {})", literal(type_name)))
        }
        Test::Fails { .. } if keys.is_empty() => None,
        Test::Fails { .. } => Some(format!("{name} IN ({})", keys.join(", "))),
    };
    match condition {
        Some(condition) => format!("{shown}to see them: SELECT * FROM {} WHERE {condition}", question.from),
        None => format!("{shown}look for what the new type does not take"),
    }
}

/// A key as SQL: a number is bare.
fn tuple(values: &[String]) -> String {
    let one = |value: &String| if value.parse::<i64>().is_ok() { value.clone() } else { literal(value) };
    let list: Vec<String> = values.iter().map(one).collect();
    if let [one] = list.as_slice() { one.clone() } else { format!("({})", list.join(", ")) }
}
