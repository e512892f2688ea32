//! A materialized view goes, with the rows it has computed.

use pg_query::protobuf::ObjectType;

use crate::base::name::without_public;
use crate::kind::Key;
use crate::lint::object::{self, Class};
use crate::lint::rule::{Group, Rule, dropped};
use crate::lint::tree::Name;
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "drop-matview",
    group: Group::LosesData,
    level: Level::Warning,
    title: "a materialized view is dropped",
    why: "What reads it fails. Its rows can be computed again only from what the tables hold now, which may take hours, and \
          is not what they were where the tables have forgotten since.",
    remedy: "To change one, build the new one beside it under another name, fill it, and swap the two in one transaction.",
    plan: Some(|input| {
        let gone = dropped(input, |key| matches!(key, Key::MaterializedView(_)));
        let about = |key: &Key| {
            let message = format!("{} is dropped: what reads it fails", without_public(&key.to_string()));
            Finding::about(RULE.code, key, message).level(RULE.level)
        };
        gone.into_iter().map(about).collect()
    }),
    script: Some(|script| {
        script.each(|statement| {
            let views = object::dropped(statement, &[ObjectType::ObjectMatview]);
            let about = |name: &Name| {
                let view = script.there(statement, name)?;
                let until = match script.made_after(statement, Class::Relation, name) {
                    true => "what reads it fails until it is created and filled again",
                    false => "what reads it fails",
                };
                let message = format!("materialized view {view} is dropped: {until}");
                Some(script.losing(&RULE, statement, &view, message))
            };
            views.iter().filter_map(about).collect()
        })
    }),
};
