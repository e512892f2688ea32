//! A stored generated column, added to a table or given another expression.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::cause::{Cause, rewriting};
use crate::lint::guess::work::Why;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "generated-rewrites",
    group: Group::Blocks,
    level: Level::Error,
    title: "a stored generated column writes the table anew",
    why: "The value of a GENERATED ALWAYS AS ... STORED column is computed for every row that there is, so the whole \
          table is written anew under an ACCESS EXCLUSIVE lock: nobody can even read until it is done.",
    remedy: "No form of the change does it without writing the table anew: no ordinary column can be made a generated \
             one. Declare an ordinary column instead, keep it in step with a trigger and fill the old rows in batches; \
             or compute the value in a view. From Postgres 18 on a VIRTUAL column is computed when it is read.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let causes = rewriting(statement, &[Why::Generated]);
            let finding = |cause: &Cause| {
                let message = format!("all rows of {} are written anew to compute {}", cause.tables(), Ident::new(cause.column_name()));
                cause
                    .finding((script, statement), &RULE, cause.column_name(), message)
                    .help("there is no online form of it; declare an ordinary column that a trigger keeps in step and fill the old rows in batches, or compute it in a view")
            };
            causes.iter().map(finding).collect()
        })
    }),
};
