//! Filling a column of a table in use, a few pages at a time, with a commit after each.
//!
//! The table is swept by `ctid`, in the order in which its rows lie: each page is read once, any table has it, and Postgres
//! reads such a range without an index from 14 on. An update may move a row to a page that the sweep has passed, so it
//! is swept again until nothing more was found (or not fewer than before: then the value itself is NULL). Writers wait for
//! the rows of a batch at most as long as that batch takes.

use crate::base::name::{Ident, literal};
use crate::kind::comment::comment_on;
use crate::kind::facts::Facts;
use crate::kind::key::Attached;
use crate::kind::statement::Statement;
use crate::kind::table::column::Column;
use crate::kind::{Body, Key, Kind, Site};

/// Pages of a batch: some thousand rows, so that a writer waits for one of them for some hundredths of a second.
const PAGES: u32 = 16;

/// The text that marks a column while it is being filled, so that a plan made after a cut run goes on with it.
pub const MARK: &str = "pgplumb: its values for rows that were there before are not all filled in";

/// Sets `column` of `table` (as SQL writes it) to its default in every row where it is NULL, outside a transaction.
pub fn backfill(table: &str, column: &Ident) -> Statement {
    backfill_where(table, column, "DEFAULT", None)
}

/// The same to any value, of those rows only for which something holds.
pub fn backfill_where(table: &str, column: &Ident, value: &str, holds: Option<&str>) -> Statement {
    let own = literal(table);
    let only = holds.map(|holds| format!(" AND {holds}")).unwrap_or_default();
    let sql = format!(
        "DO $backfill$
DECLARE
    page bigint;
    pages bigint;
    batch bigint;
    filled bigint;
    before bigint;
BEGIN
    LOOP
        page := 0;
        filled := 0;
        pages := pg_catalog.pg_relation_size({own}) / pg_catalog.current_setting('block_size')::bigint;
        WHILE page <= pages LOOP
            UPDATE ONLY {table} SET {column} = {value}
             WHERE {column} IS NULL{only}
               AND ctid >= pg_catalog.format('(%s,0)', page)::pg_catalog.tid
               AND ctid < pg_catalog.format('(%s,0)', page + {PAGES})::pg_catalog.tid;
            GET DIAGNOSTICS batch = ROW_COUNT;
            filled := filled + batch;
            page := page + {PAGES};
            COMMIT;
        END LOOP;
        EXIT WHEN filled = 0 OR filled >= before;
        before := filled;
    END LOOP;
END
$backfill$"
    );
    Statement::new(sql).outside()
}

/// The statement that marks a column as not filled.
pub fn mark(column: &Column, at: &Site) -> Statement {
    Statement::new(comment_on(&column.object(at), Some(MARK)))
}

/// Whether a column has the mark in this state.
pub fn is_marked(facts: &Facts, column: &Key) -> bool {
    let comment = facts.get(&Key::Comment(Attached::new(column.clone())));
    matches!(comment, Some(Body::Comment(comment)) if comment.text.as_deref() == Some(MARK))
}

/// Whether an update of the table in either state does nothing but that.
pub fn is_plain(table: &Key, at: &Site) -> bool {
    let plain = |body: Option<&Body>| matches!(body, Some(Body::Table(table)) if table.partition_by.is_none());
    [at.here, at.there].iter().all(|facts| {
        plain(facts.get(table))
            && facts.attachments(table).next().is_none()
            && !facts.standing_on(table).any(|(key, _)| matches!(key, Key::Trigger(_) | Key::Rule(_)))
    })
}
