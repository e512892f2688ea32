//! Triggers of the audit that do not fire.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::audit::absent;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "audit-switched-off",
    part: Part::Audit,
    title: "every change of the books is written into the audit",
    why: "Triggers write the audit, and one keeps its rows from being changed. The owner of the tables can switch them off \
          or drop them, and then the books can be changed without a trace. Switch them on again, and see what \
          `audit-chain` and `audit-history` say.",
    look,
};

/// One row for each trigger that is not there, or that does not fire.
const SQL: &str = "
    SELECT
        pg_catalog.format('%I on pgplumb.%I', wanted.name, wanted.tab) AS object,
        pg_catalog.format('ALTER TABLE pgplumb.%I ENABLE TRIGGER %I;', wanted.tab, wanted.name) AS mend,
        t.oid IS NOT NULL AS there
    FROM (
        VALUES
            ('history', 'added'), ('history', 'changed'), ('repair', 'added'), ('audit', 'only_added'),
            ('seed', 'added'), ('seed', 'changed')
    ) AS wanted (tab, name)
    LEFT JOIN pg_catalog.pg_trigger AS t
        ON t.tgrelid = pg_catalog.to_regclass('pgplumb.' || wanted.tab) AND t.tgname = wanted.name
    WHERE (t.oid IS NULL OR t.tgenabled NOT IN ('O', 'A'))
        -- Books of an older version have no seeds.
        AND (wanted.tab <> 'seed' OR pg_catalog.to_regclass('pgplumb.seed') IS NOT NULL)
    ORDER BY 1";

#[derive(Deserialize)]
struct Trigger {
    object: String,
    mend: String,
    there: bool,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    if absent(looking)?.is_some() {
        return Ok(Seen::unseen("there is no audit"));
    }
    let triggers: Vec<Trigger> = looking.rows(SQL)?;
    let one = |Trigger { object, mend, there }| {
        let object = format!("trigger {object}");
        if there {
            Finding::new(Level::Critical, object, "it is switched off").mend(mend)
        } else {
            Finding::new(Level::Critical, object, "it is gone")
        }
    };
    Ok(Seen::of(triggers.into_iter().map(one).collect(), "the triggers are switched on"))
}
