//! A foreign key that is added and validated in one go.

use pg_query::protobuf::ConstrType;

use crate::lint::Level;
use crate::lint::cause::{Cause, not_valid, referring};
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::Name;

pub const RULE: Rule = Rule {
    code: "foreign-key-validates",
    group: Group::Blocks,
    level: Level::Error,
    title: "a foreign key is validated while writers wait",
    why: "ADD FOREIGN KEY looks up every row in the other table, and holds a SHARE ROW EXCLUSIVE lock on both tables \
          meanwhile: nobody can insert, update or delete in either.",
    remedy: "Add it NOT VALID, which holds for new rows at once and reads none, and run VALIDATE CONSTRAINT in a \
             later transaction, which lets others read and write. A partitioned table takes a NOT VALID foreign key \
             from Postgres 18 on; before, add it to each partition that way first.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let key = cause.constraint(ConstrType::ConstrForeign)?;
                // A new table has few rows to look up, however many the other one has.
                let other = Name::of(key.pktable.as_ref()?);
                if cause.on.iter().all(|(table, _)| other.is(table) && other != cause.table) {
                    return None;
                }
                let message = format!("nobody can write to {} while all rows are looked up for the foreign key", cause.tables());
                let finding = cause.finding((script, statement), &RULE, &key.conname, message);
                Some(not_valid(statement, cause, key, finding).help("add it NOT VALID, and VALIDATE CONSTRAINT in a later transaction"))
            };
            referring(statement).iter().filter_map(about).collect()
        })
    }),
};
