//! A view goes, or has other columns than before.

use std::collections::BTreeSet;

use pg_query::NodeEnum;
use pg_query::protobuf::ObjectType;

use crate::base::name::{Ident, without_public};
use crate::kind::{Body, Key};
use crate::lint::object::{self, Class};
use crate::lint::rule::{Group, Rule, dropped, listed};
use crate::lint::script::{Script, Statement};
use crate::lint::state::Column;
use crate::lint::tree::Name;
use crate::lint::{Finding, Input, Level};
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "view-columns-changed",
    group: Group::BreaksCode,
    level: Level::Warning,
    title: "a view goes, or loses columns",
    why: "Programs that read the view fail when it is gone or a column of it is missing, and misread a column that has \
          another type. CREATE OR REPLACE VIEW refuses such a change; dropping and creating it does not.",
    remedy: "Add columns at the end with CREATE OR REPLACE VIEW, or make a second view under another name, and drop the old \
             one once nobody reads it.",
    plan: Some(planned),
    script: Some(|script| {
        script.each(|statement| {
            let views = object::dropped(statement, &[ObjectType::ObjectView]);
            let there = views.iter().filter_map(|name| Some((name, script.there(statement, name)?)));
            there.filter_map(|(name, view)| gone(script, statement, name, &view)).collect()
        })
    }),
};

/// What is said of a view that a statement drops: where the script creates it again, it depends on how.
fn gone(script: &Script, statement: &Statement, name: &Name, view: &Relation) -> Option<Finding> {
    let object = view.to_string();
    let again = script.after(statement).iter().find(|later| match later.node() {
        Some(NodeEnum::ViewStmt(create)) => create.view.as_ref().map(Name::of).as_ref() == Some(name),
        _ => false,
    });
    let Some(again) = again else {
        let replaced = script.made_after(statement, Class::Relation, name);
        let message = format!("view {view} is dropped: programs that read it fail");
        return (!replaced).then(|| statement.finding(&RULE, &object, message));
    };
    let had: Vec<&Column> = statement.before.columns_of(view).collect();
    let has: Vec<&Column> = again.after.columns_of(view).collect();
    if had.is_empty() || has.is_empty() {
        return None;
    }
    let stays = |column: &&Column| has.iter().find(|new| new.name == column.name).copied();
    let missing: Vec<String> = had.iter().filter(|c| stays(c).is_none()).map(|c| Ident::new(&c.name).to_string()).collect();
    let other = had.iter().find_map(|column| Some((*column, stays(column)?)).filter(|(a, b)| a.type_name != b.type_name));
    let message = match (missing.is_empty(), other) {
        (false, _) => format!("view {view} has no {} any more: programs that read it fail", listed(&missing)),
        (true, Some((was, now))) => {
            let name = Ident::new(&was.name);
            format!("{name} of view {view} is {} instead of {} from now on", now.type_name, was.type_name)
        }
        (true, None) => return None,
    };
    Some(again.finding(&RULE, &object, message))
}

fn planned(input: &Input) -> Vec<Finding> {
    let views = dropped(input, |key| matches!(key, Key::View(_)));
    let columns = dropped(input, |key| matches!(key, Key::RelationColumn(_)));
    let about = |key: &Key, says: &str| {
        let name = without_public(&key.to_string());
        Finding::about(RULE.code, key, format!("{name} {says}")).level(RULE.level)
    };
    let gone: BTreeSet<&Key> = dropped(input, |key| matches!(key, Key::View(_) | Key::MaterializedView(_)));
    let of_others = columns.iter().filter(|key| key.on().is_none_or(|view| !gone.contains(view)));
    let mut found: Vec<Finding> =
        views.iter().map(|key| about(key, "is dropped: programs that read it fail")).collect();
    found.extend(of_others.map(|key| about(key, "goes: programs that read it fail")));
    for (key, body) in input.live.iter() {
        let (Body::RelationColumn(was), Some(Body::RelationColumn(now))) = (body, input.desired.get(key)) else { continue };
        let (was, now) = (without_public(&was.type_name.0), without_public(&now.type_name.0));
        if was != now {
            found.push(about(key, &format!("is {now} instead of {was} from now on")));
        }
    }
    found
}
