//! What the parts of an online form say of themselves.

use crate::plan::step::Step;
use crate::script::comment::is_validation;

/// What the first part of an online form says of itself.
pub(super) fn beginning(block: &[Step], goes_on: bool) -> &'static str {
    let any = |holds: &dyn Fn(&str) -> bool| block.iter().any(|step| holds(&step.sql));
    if any(&|sql| sql.starts_with("CREATE INDEX CONCURRENTLY ") || sql.starts_with("CREATE UNIQUE INDEX CONCURRENTLY "))
    {
        if goes_on { "; built beside, reads and writes go on" } else { "; reads and writes go on" }
    } else if any(&|sql| sql.starts_with("CREATE MATERIALIZED VIEW ")) && goes_on {
        "; filled beside, the old one is read on"
    } else if any(&|sql| sql.starts_with("DO $look$")) {
        "; first a look whether a row holds what goes"
    } else if goes_on && any(&|sql| sql.starts_with("CREATE TRIGGER pgplumb_")) {
        "; a trigger keeps it in step with the other one, whatever is written"
    } else if any(&|sql| sql.starts_with("DO $backfill$")) {
        "; first the rows that were there are filled a few pages at a time, reads and writes go on"
    } else if any(&|sql| sql.starts_with("DROP INDEX CONCURRENTLY ") || sql.ends_with(" CONCURRENTLY")) {
        "; reads and writes go on"
    } else if goes_on && any(&|sql| sql.starts_with("ALTER TABLE ") && sql.ends_with(" NOT VALID")) {
        "; holds for new rows, the others are checked below"
    } else if any(&|sql| sets_position(sql) && sql.contains(" HAVING ")) {
        "; its numbers go on behind the values that are there"
    } else if any(&sets_position) {
        "; its numbers go on where those before it stood"
    } else {
        ""
    }
}

/// Whether the statement sets what number a sequence gives next.
fn sets_position(sql: &str) -> bool {
    sql.starts_with("SELECT pg_catalog.setval(")
}

/// What a later part of an online form says of itself.
pub(super) fn continuation(block: &[Step]) -> &'static str {
    let any = |holds: &dyn Fn(&str) -> bool| block.iter().any(|step| holds(&step.sql));
    if any(&is_validation) {
        "the rows are checked while reads and writes go on"
    } else if any(&|sql| sql.starts_with("DO $backfill$")) {
        "the rows that were there are filled a few pages at a time, reads and writes go on"
    } else if any(&|sql| sql.starts_with("ALTER TABLE ") && sql.ends_with(" SET NOT NULL")) {
        "the check proves it, so no row is read"
    } else if any(&|sql| sql.starts_with("ALTER TABLE ") && sql.contains(" USING INDEX ")) {
        "made of the index that was built above"
    } else if any(&|sql| {
        ["ALTER INDEX ", "ALTER MATERIALIZED VIEW "].iter().any(|start| sql.starts_with(start))
            && sql.contains(" RENAME TO ")
    }) {
        "the new one takes the place of the old"
    } else {
        "continued"
    }
}
