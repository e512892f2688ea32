//! What migrations do that is in no schema.

use crate::command::check::edited;
use crate::command::error::CommandError;
use crate::command::runner::first_line;
use crate::command::squash::error::SquashError;
use crate::migrate::folder::Migration;
use crate::source::convention;
use crate::sql::split::{Class, Statement};
use crate::sql::words::begins;

/// How many are listed.
const LISTED: usize = 20;

/// That nobody wrote anything into them but a schema. What `plan` wrote to rows only carries over rows that were there, and
/// a new database has none.
pub(super) fn check(files: &[Migration], migrations: &[convention::Migration]) -> Result<(), CommandError> {
    let mut steps = Vec::new();
    for (file, migration) in files.iter().zip(migrations) {
        // One that was squashed before is planned, whatever it took the place of.
        if file.from.is_some() && edited(migration)?.is_empty() {
            continue;
        }
        let beyond = migration.up.statements().into_iter().filter(is_beyond);
        steps.extend(beyond.map(|statement| format!("{}: {}", file.id, first_line(statement.sql()))));
    }
    if steps.is_empty() {
        return Ok(());
    }
    let count = steps.len();
    steps.truncate(LISTED);
    if count > LISTED {
        steps.push(format!("and {} more", count - LISTED));
    }
    Err(SquashError::Data { count, steps }.into())
}

/// Whether it does something to rows, to the server, or nobody can tell what.
fn is_beyond(statement: &Statement) -> bool {
    let sql = statement.sql();
    let server = begins(sql, &["CREATE|ALTER|DROP", "ROLE|USER|GROUP|DATABASE|TABLESPACE|SYSTEM"])
        && !begins(sql, &["CREATE|ALTER|DROP", "USER", "MAPPING"]);
    let filled = begins(sql, &["CREATE", "TABLE|TEMP|TEMPORARY|UNLOGGED"]) && is_filled(sql);
    statement.class == Class::Data || begins(sql, &["DO"]) || server || filled
}

/// `CREATE TABLE ... AS`: none of its columns can be called so.
fn is_filled(sql: &str) -> bool {
    let words: Vec<String> = sql.split_whitespace().map(str::to_uppercase).collect();
    words
        .windows(2)
        .any(|two| two[0] == "AS" && ["SELECT", "TABLE", "VALUES", "WITH", "EXECUTE", "(SELECT"].contains(&&*two[1]))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sql::file::SqlFile;
    use crate::sql::split::split;

    #[test]
    fn rows_and_the_server_are_beyond_a_schema() {
        let beyond =
            |sql: &str| split(&Arc::new(SqlFile::new("t.sql", sql))).iter().filter(|one| is_beyond(one)).count();
        let some = "INSERT INTO t VALUES (1); DO $$BEGIN END$$; CREATE ROLE r; ALTER DATABASE d SET x = 1; \
                    CREATE TABLE t AS SELECT 1; SELECT f(); UPDATE t SET a = 1;";
        assert_eq!(beyond(some), 7);
        let none = "BEGIN; SET LOCAL lock_timeout = '3s'; CREATE TABLE t (a int DEFAULT 1, b int GENERATED ALWAYS AS (a) STORED); \
                    CREATE VIEW v AS SELECT 1; CREATE USER MAPPING FOR r SERVER s; GRANT SELECT ON t TO r; COMMIT;";
        assert_eq!(beyond(none), 0);
    }
}
