//! Long work under a lock in a file that sets no `statement_timeout`.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::sequence::timeouts;
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "statement-timeout-missing",
    group: Group::Blocks,
    level: Level::Note,
    title: "nothing limits how long a statement keeps others waiting",
    why: "A statement that reads or writes all rows under a strong lock keeps everybody waiting for as long as it \
          takes, which on a real table may be far longer than where it was tried. With a statement_timeout it gives \
          up instead.",
    remedy: "Write SET statement_timeout = '30s' before such a statement, as long as everybody can wait, or choose a \
             form that blocks nobody.",
    plan: None,
    script: Some(|script| {
        let unlimited = timeouts(script, "statement_timeout").into_iter();
        let long = unlimited.filter_map(|statement| statement.blocks_long().next().map(|(table, _)| (statement, table)));
        let finding = |(statement, table): (&Statement, &Relation)| {
            let message = format!("others wait for {table} for as long as this takes");
            let finding = statement.finding(&RULE, "", message);
            finding.help("SET statement_timeout before it, as long as everybody can wait")
        };
        // Once is enough for a file.
        long.map(finding).take(1).collect()
    }),
};
