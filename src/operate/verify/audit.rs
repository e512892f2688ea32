//! What the checks of the audit have in common.

use serde::Deserialize;

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Finding, Seen};

/// The table, as the server calls it.
pub(super) fn table(looking: &Looking) -> String {
    format!("{}.audit", Ident::new(looking.books()))
}

/// One row: what is there.
const SQL: &str = "
    SELECT
        pg_catalog.to_regclass('pgplumb.history') IS NOT NULL AS books,
        pg_catalog.to_regclass('pgplumb.audit') IS NOT NULL AS audit";

/// Whether the books were brought to where they have one.
const MADE: &str = "
    SELECT EXISTS (
        SELECT FROM pgplumb.history AS h WHERE h.id = '20261122003253_audit' AND h.outcome = 'applied'
    ) AS made";

#[derive(Deserialize)]
struct There {
    books: bool,
    audit: bool,
}

#[derive(Deserialize)]
struct Made {
    made: bool,
}

/// What there is to say where there is no audit; none where there is one.
pub(super) fn absent(looking: &mut Looking) -> Result<Option<Seen>, DbError> {
    let there: Vec<There> = looking.rows(SQL)?;
    Ok(match there.first() {
        Some(There { audit: true, .. }) => None,
        Some(There { books: true, .. }) => {
            let made: Vec<Made> = looking.rows(MADE)?;
            Some(if made.first().is_some_and(|made| made.made) {
                Seen::of(vec![Finding::new(Level::Critical, table(looking), "the table is gone")], "")
            } else {
                Seen::unseen("the books are older than their audit; the next `apply` brings them up to date")
            })
        }
        _ => Some(Seen::unseen("there are no books in this database")),
    })
}
