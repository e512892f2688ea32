//! What `--check-data` could not ask of a live database.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "data-not-asked",
    group: Group::Rows,
    level: Level::Warning,
    title: "what rows are there could not be asked",
    why: "`--check-data` looks for rows that would stop a change half-way. Here it could not: the table or the \
          type is made or    changed by the statements before, the question takes longer than \
          `timeouts.check_data`, somebody holds a lock, or the    role may not read all rows.",
    remedy: "Look by hand, or give it more time or a role that reads everything. What is about a table that is \
             made before is a    note: there are no rows to ask about.",
    // Only who asks a database can tell: `--check-data`.
    plan: None,
    script: None,
};
