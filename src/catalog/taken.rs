//! The tables in which other tools kept their histories, once those were taken over: they are left alone, as our own
//! books are.

use std::collections::BTreeSet;

use crate::base::name::literal;
use crate::catalog::Catalog;

/// Why they are left out, and what they are called where that is listed.
pub const TAKEN_OVER: &str = "history of another tool";

/// Whether the books can say which they are: one row, true or false. They are looked for by name, because to_regclass
/// fails where the role may not look into the schema.
pub(in crate::catalog) const TOLD: &str = "
    SELECT EXISTS (
        SELECT
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = 'pgplumb' AND c.relname = 'history'
            AND a.attname = 'origin' AND NOT a.attisdropped
            AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
            AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
    )";

/// Where the books have them.
const OF_BOOKS: &str = "
    SELECT h.origin ->> 'table' FROM pgplumb.history AS h WHERE h.origin IS NOT NULL
    UNION
    SELECT b.name
    FROM pgplumb.history AS h
    CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(h.origin -> 'beside') AS b (name)
    WHERE h.origin IS NOT NULL";

/// Asks for what belongs to those that the books name.
pub(in crate::catalog) fn of_books() -> String {
    include_str!("taken.sql").replace("{tables}", OF_BOOKS)
}

/// Asks for what belongs to these tables, each as SQL names it.
pub fn of_tables(tables: &[&str]) -> String {
    let tables: Vec<String> = tables.iter().map(|table| format!("({})", literal(table))).collect();
    include_str!("taken.sql").replace("{tables}", &format!("VALUES {}", tables.join(", ")))
}

impl Catalog {
    /// Leaves out what has one of these names, as keys print themselves.
    pub fn leave_taken(&mut self, names: &BTreeSet<String>) {
        if !names.is_empty() {
            self.exclude(TAKEN_OVER, |key| key.on().is_none() && names.contains(&key.to_string()));
        }
    }

    /// The names of what was left out so.
    pub fn taken(&self) -> impl Iterator<Item = &String> {
        self.excluded.get(TAKEN_OVER).into_iter().flatten()
    }
}
