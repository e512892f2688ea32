//! A CHECK that is added and validated in one go.

use pg_query::protobuf::ConstrType;

use crate::lint::Level;
use crate::lint::cause::{Cause, checking, not_valid};
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "check-validates",
    group: Group::Blocks,
    level: Level::Error,
    title: "a CHECK is validated while nobody can work",
    why: "ADD CONSTRAINT ... CHECK reads all rows to see that none breaks it, and does so under an ACCESS EXCLUSIVE \
          lock: nobody can even read until it is done.",
    remedy: "Add it NOT VALID, which holds for new rows at once and reads none, and run VALIDATE CONSTRAINT in a \
             later transaction, which lets others read and write.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let about = |cause: &Cause| {
                let check = cause.constraint(ConstrType::ConstrCheck)?;
                let message = format!("all rows of {} are read for the check while nobody else can read or write", cause.tables());
                let finding = cause.finding((script, statement), &RULE, &check.conname, message);
                Some(not_valid(statement, cause, check, finding).help("add it NOT VALID, and VALIDATE CONSTRAINT in a later transaction"))
            };
            checking(statement).iter().filter_map(about).collect()
        })
    }),
};
