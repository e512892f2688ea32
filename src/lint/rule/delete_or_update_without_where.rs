//! DELETE or UPDATE of all rows.

use pg_query::NodeEnum;
use pg_query::protobuf::{RangeVar, UpdateStmt};

use crate::base::name::Ident;
use crate::lint::rule::{Group, Rule, listed};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, is_true};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "delete-or-update-without-where",
    group: Group::LosesData,
    level: Level::Error,
    title: "all rows are deleted or overwritten",
    why: "Without WHERE it is every row of the table. A deleted row, and a value that is overwritten, do not come back; and \
          on a large table it is one long transaction that locks every row until its end.",
    remedy: "Say which rows are meant, and change many of them in batches. Where it really is all of them, say why.",
    // What a plan writes it writes on purpose.
    plan: Some(|_| Vec::new()),
    script: Some(|script| {
        script.each(|statement| {
            let everything = |clause: &Option<Box<pg_query::protobuf::Node>>| clause.as_deref().is_none_or(is_true);
            match statement.node() {
                Some(NodeEnum::DeleteStmt(delete)) if everything(&delete.where_clause) => {
                    let table = delete.relation.as_ref().and_then(|range| there(script, statement, range));
                    let finding = |table| {
                        script.losing(&RULE, statement, &table, format!("all rows of {table} are deleted"))
                    };
                    table.map(finding).into_iter().collect()
                }
                Some(NodeEnum::UpdateStmt(update)) if everything(&update.where_clause) => {
                    overwrites(script, statement, update).into_iter().collect()
                }
                _ => Vec::new(),
            }
        })
    }),
};

fn there(script: &Script, statement: &Statement, range: &RangeVar) -> Option<crate::observe::relation::Relation> {
    script.there(statement, &Name::of(range))
}

/// What was in the columns before goes. Those that the script itself has added hold nothing yet.
fn overwrites(script: &Script, statement: &Statement, update: &UpdateStmt) -> Option<Finding> {
    let range = update.relation.as_ref()?;
    let (table, name) = (there(script, statement, range)?, Name::of(range));
    let set = update.target_list.iter().filter_map(|target| match target.node.as_ref()? {
        NodeEnum::ResTarget(target) => Some(target.name.as_str()),
        _ => None,
    });
    let old = set.filter(|column| script.added_column(statement, &name, column).is_none());
    let old: Vec<String> = old.map(|column| Ident::new(column).to_string()).collect();
    if old.is_empty() {
        return None;
    }
    let message = format!("the old values of {} are overwritten in all rows of {table}", listed(&old));
    let finding = script.losing(&RULE, statement, &table, message);
    Some(Finding { level: finding.level.max(Level::Warning), ..finding })
}
