//! Code in a statement that nobody could look into.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use pg_query::NodeEnum;

pub const RULE: Rule = Rule {
    code: "opaque-block",
    group: Group::File,
    level: Level::Note,
    title: "nobody knows what a block does",
    why: "What a DO block, a CALL or an EXECUTE does to tables is known only when it runs: its text can be put \
             together as it goes. It was not run on scratch, so no rule can say what it locks, rewrites or loses.",
    remedy: "Write the statements themselves. Where a condition is needed IF EXISTS and IF NOT EXISTS often do. Or \
             let the file be run on a scratch database, where all of this is seen.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let what = match statement.node() {
                _ if statement.measured => return Vec::new(),
                Some(NodeEnum::DoStmt(_)) => "this DO block",
                Some(NodeEnum::CallStmt(_)) => "this procedure",
                Some(NodeEnum::ExecuteStmt(_)) => "this prepared statement",
                _ => return Vec::new(),
            };
            let message = format!("it is not known what {what} locks, rewrites or loses");
            let help = "write the statements themselves, or let it be run on a scratch database";
            vec![statement.finding(&RULE, "", message).help(help)]
        })
    }),
};
