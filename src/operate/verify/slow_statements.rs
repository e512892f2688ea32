//! Statements that take long, as `pg_stat_statements` has counted them.

use pg_query::DeparseOptions;
use serde::Deserialize;

use crate::base::door;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "slow-statements",
    part: Part::Performance,
    title: "statements are fast",
    why: "The ten statements that took longest in all, of those that take 200 ms or more in the mean; a warning from ten calls on. \
          Needs the extension `pg_stat_statements`. They are told without values and comments, and cut: EXPLAIN says why one \
          is slow.",
    look,
};

/// Characters of a statement that are told.
const CUT: usize = 200;

/// Calls from which it is no accident.
const OFTEN: i64 = 10;

/// Where the extension is: one row, or none.
const WHERE: &str = "
    SELECT pg_catalog.format('%I', n.nspname) AS name
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'";

#[derive(Deserialize)]
struct Place {
    name: String,
}

#[derive(Deserialize)]
struct Statement {
    query: Option<String>,
    calls: i64,
    mean: f64,
    total: f64,
}

/// The slowest of this database. Other statements than those on rows are kept as they were written, passwords and all.
fn sql(schema: &str) -> String {
    format!(
        "SELECT s.query, s.calls, s.mean_exec_time AS mean, s.total_exec_time AS total
        FROM {schema}.pg_stat_statements AS s
        JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
        WHERE d.datname = pg_catalog.current_database()
            AND s.mean_exec_time >= 200
            AND (s.query ~* '^\\s*(/\\*.*?\\*/\\s*)*\\(?\\s*(select|with|insert|update|delete|merge|values)\\M'
                OR s.query = '<insufficient privilege>')
        ORDER BY s.total_exec_time DESC
        LIMIT 10"
    )
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let Some(Place { name }) = looking.rows(WHERE)?.into_iter().next() else {
        return Ok(Seen::unseen("the extension `pg_stat_statements` is not in this database"));
    };
    let statements: Vec<Statement> = match looking.rows(&sql(&name)) {
        Err(error) if error.sqlstate() == Some("55000") => {
            return Ok(Seen::unseen("`pg_stat_statements` is not in `shared_preload_libraries`"));
        }
        read => read?,
    };
    let mut seen = Seen::of(Vec::new(), "none takes 200 ms in the mean");
    for Statement { query, calls, mean, total } in &statements {
        let Some(text) = query.as_deref().and_then(told) else {
            let why = "a statement cannot be told: `GRANT pg_read_all_stats` to the role shows those of others";
            seen.unseen.push(why.to_owned());
            continue;
        };
        let level = if *calls >= OFTEN { Level::Warning } else { Level::Info };
        let reason = format!("takes {mean:.0} ms in the mean, {:.1} s in all, in {calls} calls", total / 1000.0);
        seen.findings.push(Finding::new(level, text, reason).mend("EXPLAIN (ANALYZE, BUFFERS) says what it does."));
    }
    seen.unseen.dedup();
    Ok(seen)
}

/// A statement in one line, without values and comments. The server does not take out every value.
fn told(query: &str) -> Option<String> {
    let _door = door::alone();
    let bare = pg_query::normalize(query).ok()?;
    let text = pg_query::parse(&bare, 0).ok()?.deparse(DeparseOptions::default()).ok()?;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = line.chars().take(CUT).collect();
    Some(if cut.len() < line.len() { cut + " ..." } else { cut })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_told_without_values_and_comments() {
        let said = told("/* hunter2 */ select *\n from a where b = 'hunter2' and c = $1 -- hunter2").unwrap();
        assert!(said.starts_with("SELECT * FROM a WHERE b = $") && !said.contains("hunter2"), "{said}");
        assert!(told(&format!("SELECT {}", vec!["a"; 500].join(", "))).unwrap().len() < CUT + 5);
        assert_eq!(told("<insufficient privilege>"), None);
    }
}
