//! A table or view without a comment.

use crate::lint::Finding;
use crate::lint::Level;
use crate::lint::made::Made;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, list};
use pg_query::NodeEnum;
use pg_query::protobuf::{ObjectType, RangeVar};
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    code: "comment-missing",
    group: Group::WellMade,
    level: Level::Off,
    title: "a table or view has no comment",
    why: "Whoever meets the table in psql, in a data catalog or in a diagram sees its name and no more. What a row of \
             it stands for is known to the one who makes it, on the day it is made.",
    remedy: "Say with COMMENT ON TABLE what one row of it is, in the same script.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let tables = made.created().filter(|(table, ..)| !table.commented && !table.partition && !table.is_temporary());
        let tables = tables.filter_map(|(table, statement, create)| {
            Some(finding(statement, "TABLE", &table.name, create.relation.as_ref()?))
        });
        tables.chain(views(script)).collect()
    }),
};

fn views(script: &Script) -> Vec<Finding> {
    let nodes = || script.statements.iter().filter_map(|statement| Some((statement, statement.node()?)));
    let commented: BTreeSet<Name> = nodes().filter_map(|(_, node)| view_with_comment(node)).collect();
    let made = nodes().filter_map(|(statement, node)| match node {
        NodeEnum::ViewStmt(view) if !view.replace => Some((statement, "VIEW", view.view.as_ref()?)),
        NodeEnum::CreateTableAsStmt(create) if create.objtype() == ObjectType::ObjectMatview => {
            Some((statement, "MATERIALIZED VIEW", create.into.as_ref()?.rel.as_ref()?))
        }
        _ => None,
    });
    let bare = made.filter(|(_, _, view)| view.relpersistence != "t" && !commented.contains(&Name::of(view)));
    bare.map(|(statement, kind, view)| finding(statement, kind, &Name::of(view), view)).collect()
}

fn view_with_comment(node: &NodeEnum) -> Option<Name> {
    let NodeEnum::CommentStmt(comment) = node else { return None };
    let view = matches!(comment.objtype(), ObjectType::ObjectView | ObjectType::ObjectMatview);
    Name::of_list(list(comment.object.as_deref().filter(|_| view)?)?)
}

fn finding(statement: &Statement, kind: &str, name: &Name, relation: &RangeVar) -> Finding {
    let message = format!("nobody says what a row of {name} is");
    let help = format!("COMMENT ON {kind} {name} IS '...'");
    statement.part_name(statement.finding(&RULE, &name.to_string(), message).help(help), relation.location)
}
