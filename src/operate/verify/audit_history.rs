//! Books that are not what the audit says of them.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::audit::absent;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "audit-history",
    part: Part::Audit,
    title: "the books are what the audit says of them",
    why: "Every change of `pgplumb.history`, `pgplumb.repair` and `pgplumb.seed` is written into the audit by a trigger. A row that is not \
          as its last entry there says, or that has none, was changed while the triggers were off, and so was a script \
          that does not have the hash that it had when it was run. `pgplumb history --export` has the entries: put right \
          what is wrong, or say with `pgplumb repair` why it is right.",
    look,
};

const SEEDS: &str = "SELECT pg_catalog.to_regclass('pgplumb.seed') IS NOT NULL AS seeds";

/// No rows, in the place of the table.
const NO_SEEDS: &str = "(SELECT NULL::bigint AS number, NULL::text AS name WHERE false)";

#[derive(Deserialize)]
struct There {
    seeds: bool,
}

#[derive(Deserialize)]
struct Row {
    object: String,
    /// Whether it is in the books, and in the audit.
    there: bool,
    noted: bool,
    /// The columns that say something else than the audit.
    columns: Vec<String>,
    /// The scripts whose hash is another.
    scripts: Vec<String>,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    if absent(looking)?.is_some() {
        return Ok(Seen::unseen("there is no audit"));
    }
    let mut rows: Vec<Row> = looking.rows(include_str!("audit_history.sql"))?;
    let there: Vec<There> = looking.rows(SEEDS)?;
    // Books of an older version have no such table; where it was dropped its rows are gone.
    let seeds = if there.iter().any(|there| there.seeds) { "pgplumb.seed" } else { NO_SEEDS };
    let seeds: Vec<Row> = looking.rows(&include_str!("audit_seed.sql").replace("{seeds}", seeds))?;
    rows.extend(seeds);
    let findings = rows.into_iter().map(|row| Finding::new(Level::Critical, row.object.as_str(), reason(&row)));
    Ok(Seen::of(findings.collect(), "each row is as its last entry says"))
}

fn reason(row: &Row) -> String {
    let list = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match row {
        Row { there: false, .. } => "the audit has it, and it is gone from the books".to_owned(),
        Row { noted: false, .. } => "the audit does not have it".to_owned(),
        Row { columns, .. } if !columns.is_empty() => format!("the audit says something else of {}", list(columns)),
        Row { scripts, .. } => format!("not what was run, by its hash: {}", list(scripts)),
    }
}
