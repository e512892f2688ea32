//! SET NOT NULL on a column that nothing proves to be filled.

use pg_query::protobuf::{AlterTableType, ConstrType};

use crate::lint::Level;
use crate::lint::cause::{Cause, checking};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "not-null-scans",
    group: Group::Blocks,
    level: Level::Error,
    title: "SET NOT NULL reads all rows while nobody can work",
    why: "SET NOT NULL reads all rows to see that none is NULL, under an ACCESS EXCLUSIVE lock: nobody can even read \
          until it is done. A validated CHECK (column IS NOT NULL) proves it, and then no row is read.",
    remedy: "Add CHECK (column IS NOT NULL) NOT VALID, run VALIDATE CONSTRAINT in a later transaction, then SET NOT \
             NULL and drop the check. From Postgres 18 on ADD NOT NULL column NOT VALID does the same.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let column = column(cause)?;
                // Postgres says which columns a CHECK proves.
                let proved = format!("column \"{}.{column}\"", cause.table.name);
                if statement.effects.spared.iter().any(|spared| spared.contains(&proved)) {
                    return None;
                }
                let message = format!("all rows of {} are read for NULLs while nobody else can read or write", cause.tables());
                let finding = cause.finding((script, statement), &RULE, column, message);
                Some(finding.help("add CHECK (column IS NOT NULL) NOT VALID, validate it in a later transaction, then SET NOT NULL"))
            };
            checking(statement).iter().filter_map(about).collect()
        })
    }),
};

/// The column that is made NOT NULL, by itself or through a constraint of its own.
fn column<'c>(cause: &'c Cause) -> Option<&'c str> {
    match cause.command.subtype() {
        AlterTableType::AtSetNotNull => Some(&cause.command.name),
        AlterTableType::AtAddConstraint => {
            cause.constraint(ConstrType::ConstrNotnull)?.keys.iter().find_map(crate::lint::tree::string)
        }
        _ => None,
    }
}
