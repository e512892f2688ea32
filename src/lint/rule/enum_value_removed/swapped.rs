//! An enum that a script puts in the place of another one, and values taken out of the catalog by hand.

use pg_query::NodeEnum;
use pg_query::protobuf::ObjectType;

use crate::lint::Finding;
use crate::lint::object::{Class, dropped, renamed};
use crate::lint::rule::Rule;
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, string};

/// For each enum of the script that takes the name of one that was there: the values that it lacks.
pub(super) fn swapped(rule: &Rule, script: &Script) -> Vec<Finding> {
    let mut gone: Vec<(Name, Vec<String>)> = Vec::new();
    let mut new: Vec<(Name, Vec<String>)> = Vec::new();
    let mut found = Vec::new();
    for statement in &script.statements {
        let old = |name: &Name| !script.made_before(statement, Class::Type, name);
        match statement.node() {
            Some(NodeEnum::DropStmt(_)) => {
                let types = dropped(statement, &[ObjectType::ObjectType]);
                gone.extend(types.into_iter().filter(old).filter_map(|name| labels(statement, name)));
            }
            Some(NodeEnum::CreateEnumStmt(create)) => {
                let labels = create.vals.iter().filter_map(string).map(str::to_owned).collect();
                new.extend(Name::of_list(&create.type_name).map(|name| (name, labels)));
                found.extend(new.last().into_iter().flat_map(|new| missing(rule, statement, &gone, new)));
            }
            Some(NodeEnum::RenameStmt(rename)) => {
                let Some((Class::Type, from)) = renamed(rename) else { continue };
                let to = Name { name: rename.newname.clone(), ..from.clone() };
                match new.iter_mut().find(|(name, _)| *name == from) {
                    Some(new) => {
                        new.0 = to;
                        found.extend(missing(rule, statement, &gone, new));
                    }
                    None => gone.extend(Some(from).filter(old).and_then(|name| labels(statement, name))),
                }
            }
            Some(NodeEnum::DeleteStmt(delete))
                if delete.relation.as_ref().is_some_and(|relation| relation.relname == "pg_enum") =>
            {
                let message = "a value is taken out of pg_enum: rows and indexes that still hold it can no longer be read";
                found.push(statement.finding(rule, "", message).help("replace the type, and convert the columns"));
            }
            _ => {}
        }
    }
    found
}

/// What the enum had before the statement, where that is known.
fn labels(statement: &Statement, name: Name) -> Option<(Name, Vec<String>)> {
    let known = statement.before.enums.iter().find(|known| known.schema == name.schema && known.name == name.name)?;
    Some((name, known.labels.clone()))
}

fn missing(
    rule: &Rule,
    statement: &Statement,
    gone: &[(Name, Vec<String>)],
    (name, labels): &(Name, Vec<String>),
) -> Vec<Finding> {
    let Some((_, had)) = gone.iter().find(|(of, _)| of == name) else { return Vec::new() };
    let lost = had.iter().filter(|label| !labels.contains(label));
    lost.map(|label| {
        let message = format!("value '{label}' of enum {name} is removed: the change fails where a row has it");
        statement.finding(rule, &format!("{name}.{label}"), message).help("first update the rows that have it")
    })
    .collect()
}
