//! A statement that fails when the script is run again after a failure.

use crate::base::wording::counted;
use crate::lint::Level;
use crate::lint::repeat::{Step, steps};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use pg_query::NodeEnum;
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    code: "not-rerunnable",
    group: Group::File,
    level: Level::Note,
    title: "after a failure the script cannot be run again",
    why: "Outside of a transaction each statement stays done when a later one fails. Run again, the script fails at \
             the first thing that is there already, and somebody has to find out by hand how far it came.",
    remedy: "Put it in a transaction with the rest. What cannot run in one stands alone in its file, or behind DROP \
             ... IF EXISTS; elsewhere IF EXISTS and IF NOT EXISTS do.",
    plan: None,
    script: Some(|script| {
        let does = |statement: &Statement| {
            let is_setting = matches!(statement.node(), Some(NodeEnum::VariableSetStmt(_)));
            statement.boundary().is_none() && !is_setting
        };
        let last = script.statements.iter().rposition(does).unwrap_or_default();
        let mut cleared = BTreeSet::new();
        let mut failing: Vec<(&Statement, String, String)> = Vec::new();
        // When the last one fails, nothing of it is done, and all that it needs is there.
        for statement in &script.statements[..last] {
            for step in statement.node().map(steps).unwrap_or_default() {
                match step {
                    Step::Clears(what) => {
                        cleared.insert(what);
                    }
                    Step::Fails { what, said, object } if statement.transaction.is_none() && !cleared.contains(&what) => {
                        failing.push((statement, said, object));
                    }
                    Step::Fails { .. } => {}
                }
            }
        }
        // A plan is made anew after a failure, from what is there.
        let Some((statement, said, object)) = failing.first().filter(|_| !script.file.is_empty()) else {
            return Vec::new();
        };
        let more = match failing.len() - 1 {
            0 => String::new(),
            more => format!(", and {} further down", counted(more, "thing")),
        };
        let message = format!("when a later statement fails and the script runs again, {said}{more}");
        let help = "run all of it in one transaction, or make it do nothing the second time";
        vec![statement.finding(&RULE, object, message).help(help)]
    }),
};
