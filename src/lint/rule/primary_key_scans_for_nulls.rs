//! A PRIMARY KEY from an index that is there, on columns that may be NULL.

use pg_query::protobuf::ConstrType;

use crate::lint::Level;
use crate::lint::cause::{Cause, checking};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "primary-key-scans-for-nulls",
    group: Group::Blocks,
    level: Level::Error,
    title: "a PRIMARY KEY reads all rows to see that none is NULL",
    why: "A primary key from an index that was built before changes the catalog only, unless a column is not NOT NULL \
          yet: then all rows are read under an ACCESS EXCLUSIVE lock.",
    remedy: "Add CHECK (column IS NOT NULL) NOT VALID, validate it in a later transaction, SET NOT NULL, which the \
             check proves, and only then add the primary key.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let key = cause.constraint(ConstrType::ConstrPrimary).filter(|key| !key.indexname.is_empty())?;
                let message = format!("all rows of {} are read for NULLs while nobody else can read or write", cause.tables());
                let finding = cause.finding((script, statement), &RULE, &key.conname, message);
                // Where nothing was run, the columns are NOT NULL already as often as not.
                let level = if statement.measured { finding.level } else { finding.level.max(Level::Warning) };
                let finding = finding.level(level);
                Some(finding.help("make the columns NOT NULL first, by a CHECK that was added NOT VALID and validated"))
            };
            checking(statement).iter().filter_map(about).collect()
        })
    }),
};
