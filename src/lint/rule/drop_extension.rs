//! An extension goes, with its types, functions and operators.

use std::collections::BTreeSet;

use pg_query::protobuf::ObjectType;

use crate::base::name::Ident;
use crate::kind::Key;
use crate::lint::rule::{Group, Rule, dropped};
use crate::lint::{Finding, Level, object};

pub const RULE: Rule = Rule {
    code: "drop-extension",
    group: Group::LosesData,
    level: Level::Warning,
    title: "an extension is dropped",
    why: "Its types, functions and operators go, and its own tables with their rows. Postgres knows what columns and views \
          use of it, but not what function bodies and programs do: those fail when they run.",
    remedy: "Look for uses in functions and programs first, and keep what it stores.",
    plan: Some(|input| {
        // What of it is lost for good is said as such.
        let said: BTreeSet<&Key> = input.losses.iter().map(|loss| &loss.key).collect();
        let gone = dropped(input, |key| matches!(key, Key::Extension(_)));
        let about = |key: &Key| Finding::about(RULE.code, key, says(&Ident::new(key.name()))).level(RULE.level);
        gone.into_iter().filter(|key| !said.contains(key)).map(about).collect()
    }),
    script: Some(|script| {
        script.each(|statement| {
            let extensions = object::dropped(statement, &[ObjectType::ObjectExtension]);
            let about = |name: &crate::lint::tree::Name| {
                let name = Ident::new(&name.name);
                statement.finding(&RULE, &name.to_string(), says(&name))
            };
            extensions.iter().map(about).collect()
        })
    }),
};

fn says(name: &Ident) -> String {
    format!("extension {name} is dropped: functions and programs that use what is in it fail")
}
