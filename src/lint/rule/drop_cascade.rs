//! A drop that takes along what it does not name.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, DropBehavior, ObjectType};

use crate::lint::object::{Class, name_of};
use crate::lint::rule::{Group, Rule, listed};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, alters};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "drop-cascade",
    group: Group::LosesData,
    level: Level::Error,
    title: "a drop takes along what it does not name",
    why: "With CASCADE Postgres drops everything that depends on it, in any schema, and says so in a notice only: views, \
          foreign keys, defaults; for a type or an extension also the columns that use it, with their values. What it is \
          differs between the database that it was tried on and the one that it is run on.",
    remedy: "Leave CASCADE out and drop by name what Postgres then says is in the way.",
    // A plan uses CASCADE only where it knows all that depends on it.
    plan: Some(|_| Vec::new()),
    script: Some(|script| script.each(|statement| found(script, statement))),
};

fn found(script: &Script, statement: &Statement) -> Vec<Finding> {
    let cascade = DropBehavior::DropCascade;
    match statement.node() {
        Some(NodeEnum::DropOwnedStmt(_)) => {
            let message = "everything that the role owns in this database is dropped, and its privileges are revoked";
            vec![statement.finding(&RULE, "", message)]
        }
        Some(NodeEnum::DropStmt(drop)) if drop.behavior() == cascade => {
            let (class, level) = match drop.remove_type() {
                // All that is in it goes anyway, which another rule says.
                ObjectType::ObjectSchema => return Vec::new(),
                ObjectType::ObjectType | ObjectType::ObjectDomain => (Some(Class::Type), Level::Error),
                ObjectType::ObjectExtension => (None, Level::Error),
                ObjectType::ObjectFunction | ObjectType::ObjectProcedure => (Some(Class::Routine), Level::Warning),
                ObjectType::ObjectTable | ObjectType::ObjectView | ObjectType::ObjectMatview => {
                    (Some(Class::Relation), Level::Warning)
                }
                _ => (None, Level::Warning),
            };
            let names: Vec<Name> = drop.objects.iter().filter_map(name_of).collect();
            let old = names.iter().filter(|name| match class {
                Some(Class::Relation) => script.there(statement, name).is_some(),
                Some(class) => !script.made_before(statement, class, name),
                None => true,
            });
            old.map(|name| finding(statement, &name.to_string(), &names).level(level)).collect()
        }
        Some(node) => {
            let drops = |kind| matches!(kind, AlterTableType::AtDropColumn | AlterTableType::AtDropConstraint);
            let commands = alters(node).filter(|(_, command)| command.behavior() == cascade && drops(command.subtype()));
            let about = |(alter, command): (&pg_query::protobuf::AlterTableStmt, &pg_query::protobuf::AlterTableCmd)| {
                let name = Name::of(alter.relation.as_ref()?);
                let table = script.there(statement, &name)?;
                let object = format!("{table}.{}", crate::base::name::Ident::new(&command.name));
                Some(finding(statement, &object, &[name]).level(Level::Warning))
            };
            commands.filter_map(about).collect()
        }
        None => Vec::new(),
    }
}

fn finding(statement: &Statement, object: &str, names: &[Name]) -> Finding {
    let named = |name: &str| names.iter().any(|known| known.name == name);
    let others = statement.effects.dropped.iter().filter(|gone| !gone.is_index() && !named(&gone.name));
    let others: Vec<String> = others.map(ToString::to_string).collect();
    let which = if others.is_empty() { String::new() } else { format!(", {} among it", listed(&others)) };
    let message = format!("CASCADE drops whatever depends on {object}{which}");
    let seen = (!others.is_empty()).then(|| statement.effects.clone());
    Finding { effects: seen, ..statement.finding(&RULE, object, message) }
        .help("leave CASCADE out, and drop by name what Postgres says is in the way")
}
