//! Tables that are full of rows that nobody sees any more.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "dead-rows",
    part: Part::Performance,
    title: "vacuum keeps up",
    why: "What was updated or deleted stays in the table until vacuum makes room of it; until then every reader passes by. Worth \
          a warning from ten thousand on where they are a fifth of all: vacuum the table, then look what kept autovacuum from \
          it (long transactions, its settings).",
    look,
};

/// As many are not worth a word.
const MANY: i64 = 10_000;

/// One row for each table; the server counts by and by.
const SQL: &str = "
    SELECT
        s.schemaname::text AS schema,
        pg_catalog.format('%I.%I', s.schemaname, s.relname) AS object,
        s.n_live_tup AS live,
        s.n_dead_tup AS dead
    FROM pg_catalog.pg_stat_user_tables AS s
    ORDER BY s.n_dead_tup DESC, 2";

#[derive(Deserialize)]
struct Table {
    object: String,
    live: i64,
    dead: i64,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let tables: Vec<Table> = looking.objects(SQL)?;
    Ok(Seen::of(tables.iter().filter_map(judge).collect(), "it does"))
}

fn judge(table: &Table) -> Option<Finding> {
    let Table { object, live, dead } = table;
    let percent = dead.saturating_mul(100) / live.saturating_add(*dead).max(1);
    let reason = format!("{percent} % of its rows are dead, {dead} by the server's count");
    let found = *dead >= MANY && percent >= 20;
    found.then(|| Finding::new(Level::Warning, object.as_str(), reason).mend(format!("VACUUM (ANALYZE) {object};")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_and_a_fifth() {
        let judged = |live, dead| judge(&Table { object: "a".to_owned(), live, dead }).is_some();
        assert!(judged(4 * MANY, MANY));
        assert!(!judged(4 * MANY + 1000, MANY) && !judged(0, MANY - 1) && !judged(0, 0));
    }
}
