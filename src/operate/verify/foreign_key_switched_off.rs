//! Foreign keys whose triggers do not fire.

use serde::Deserialize;

use crate::base::wording::listed;
use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "foreign-key-switched-off",
    part: Part::Data,
    title: "every foreign key is looked after",
    why: "`ALTER TABLE ... DISABLE TRIGGER ALL`, as a load of data does it, switches foreign keys off and leaves them marked \
          as valid: rows without a parent come in, and nobody is told. Switch the triggers on again (only a superuser may), \
          and look at `orphans`.",
    look,
};

#[derive(Deserialize)]
struct Key {
    object: String,
    name: String,
    tables: Vec<String>,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    let keys: Vec<Key> = looking.objects(include_str!("foreign_keys.sql"))?;
    let findings = keys.into_iter().filter(|key| !key.tables.is_empty()).map(|Key { object, name, tables }| {
        let mend: Vec<String> = tables.iter().map(|table| format!("ALTER TABLE {table} ENABLE TRIGGER ALL;")).collect();
        let reason = format!("`{name}` is not looked after: its triggers on {} do not fire", listed(&tables));
        Finding::new(Level::Critical, object, reason).mend(mend.join(" "))
    });
    Ok(Seen::of(findings.collect(), "all their triggers fire"))
}
