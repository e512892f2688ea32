//! A PRIMARY KEY that builds its index itself.

use pg_query::protobuf::ConstrType;

use crate::lint::Level;
use crate::lint::cause::{Cause, building};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "primary-key-builds-index",
    group: Group::Blocks,
    level: Level::Error,
    title: "a PRIMARY KEY builds its index while nobody can work",
    why: "ADD PRIMARY KEY builds a unique index under an ACCESS EXCLUSIVE lock, and reads all rows once more where a \
          column is not NOT NULL yet: nobody can even read until it is done.",
    remedy: "CREATE UNIQUE INDEX CONCURRENTLY first, outside a transaction, see to it that the columns are NOT NULL \
             by a validated CHECK, then ADD CONSTRAINT ... PRIMARY KEY USING INDEX, which changes the catalog only.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let key = cause.constraint(ConstrType::ConstrPrimary)?;
                let message = format!("nobody can read or write {} while the index of the primary key is built", cause.tables());
                let finding = cause.finding((script, statement), &RULE, &key.conname, message);
                Some(finding.help("CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT ... PRIMARY KEY USING INDEX"))
            };
            building(statement).iter().filter_map(about).collect()
        })
    }),
};
