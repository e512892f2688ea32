//! What a statement does when it is run a second time.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableCmd, AlterTableType, DropStmt, Node, ObjectType, RangeVar};

use crate::base::name::Ident;
use crate::lint::tree::{Name, alters, list, string};

/// What counts for a second run.
pub enum Step {
    /// Takes this away where it is there, so that it can be made again.
    Clears(String),
    /// Fails where it was done, unless something cleared `what`.
    Fails { what: String, said: String, object: String },
}

/// The steps of one statement, in order.
pub fn steps(node: &NodeEnum) -> Vec<Step> {
    match node {
        NodeEnum::DropStmt(drop) => dropped(drop),
        NodeEnum::AlterTableStmt(_) => {
            let table = |relation: &Option<RangeVar>| relation.as_ref().map(|table| Name::of(table).to_string());
            alters(node).filter_map(|(alter, command)| altered(&table(&alter.relation)?, command)).collect()
        }
        NodeEnum::RenameStmt(rename) => {
            let said = format!("what is renamed to {} is not found under its former name", rename.newname);
            vec![Step::Fails { what: String::new(), said, object: rename.newname.clone() }]
        }
        NodeEnum::AlterEnumStmt(alter) if !alter.skip_if_new_val_exists => {
            let object = Name::of_list(&alter.type_name).map(|name| name.to_string()).unwrap_or_default();
            vec![Step::Fails { what: String::new(), said: format!("{object} has that value already"), object }]
        }
        _ => created(node).into_iter().collect(),
    }
}

/// Something that is made, unless the statement itself says what to do where it is there.
fn created(node: &NodeEnum) -> Option<Step> {
    use ObjectType::{
        ObjectDomain, ObjectExtension, ObjectFunction, ObjectIndex, ObjectPolicy, ObjectSchema, ObjectSequence,
        ObjectTable, ObjectTrigger, ObjectType as Type, ObjectView,
    };
    let relation = |kind, relation: &Option<RangeVar>| Some((kind, Name::of(relation.as_ref()?).to_string()));
    let names = |kind, names: &[Node]| Some((kind, Name::of_list(names)?.to_string()));
    let on = |kind, table: &Option<RangeVar>, name: &str| Some((kind, within(&Name::of(table.as_ref()?), name)));
    let lasts = |relation: &Option<RangeVar>| relation.as_ref().is_some_and(|one| one.relpersistence != "t");
    let (kind, name) = match node {
        NodeEnum::CreateStmt(create) if !create.if_not_exists && lasts(&create.relation) => {
            relation(ObjectTable, &create.relation)
        }
        NodeEnum::IndexStmt(index) if !index.if_not_exists => {
            let schema = index.relation.as_ref().map_or("", |table| &table.schemaname);
            Some((ObjectIndex, Name::new(schema, &index.idxname).to_string()))
        }
        NodeEnum::ViewStmt(view) if !view.replace => relation(ObjectView, &view.view),
        NodeEnum::CreateTableAsStmt(create) if !create.if_not_exists => {
            relation(create.objtype(), &create.into.as_ref()?.rel)
        }
        NodeEnum::CreateSeqStmt(create) if !create.if_not_exists => relation(ObjectSequence, &create.sequence),
        NodeEnum::CompositeTypeStmt(create) => relation(Type, &create.typevar),
        NodeEnum::CreateEnumStmt(create) => names(Type, &create.type_name),
        NodeEnum::CreateRangeStmt(create) => names(Type, &create.type_name),
        NodeEnum::CreateDomainStmt(create) => names(ObjectDomain, &create.domainname),
        NodeEnum::CreateFunctionStmt(create) if !create.replace => names(ObjectFunction, &create.funcname),
        NodeEnum::CreateSchemaStmt(create) if !create.if_not_exists => {
            Some((ObjectSchema, Ident::new(&create.schemaname).to_string()))
        }
        NodeEnum::CreateExtensionStmt(create) if !create.if_not_exists => {
            Some((ObjectExtension, Ident::new(&create.extname).to_string()))
        }
        NodeEnum::CreateTrigStmt(create) if !create.replace => on(ObjectTrigger, &create.relation, &create.trigname),
        NodeEnum::CreatePolicyStmt(create) => on(ObjectPolicy, &create.table, &create.policy_name),
        _ => None,
    }?;
    Some(Step::Fails { what: key(kind, &name), said: format!("{name} is there already"), object: name })
}

fn altered(table: &str, command: &AlterTableCmd) -> Option<Step> {
    let definition = command.def.as_ref().and_then(|definition| definition.node.as_ref());
    let (name, there) = match (command.subtype(), definition) {
        (AlterTableType::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => (&column.colname, true),
        (AlterTableType::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => (&constraint.conname, true),
        (AlterTableType::AtDropColumn | AlterTableType::AtDropConstraint, _) => (&command.name, false),
        _ => return None,
    };
    let column = matches!(command.subtype(), AlterTableType::AtAddColumn | AlterTableType::AtDropColumn);
    let object = format!("{table}.{}", Ident::new(name));
    let what = key(if column { ObjectType::ObjectColumn } else { ObjectType::ObjectTabconstraint }, &object);
    if command.missing_ok {
        return (!there).then_some(Step::Clears(what));
    }
    let said = if there { "is there already" } else { "is gone already" };
    let (said, object) = match name.as_str() {
        // Without a name it is made a second time, under another one.
        "" => (format!("{table} gets the same constraint once more"), table.to_owned()),
        _ => (format!("{object} {said}"), object),
    };
    Some(Step::Fails { what, said, object })
}

fn dropped(drop: &DropStmt) -> Vec<Step> {
    let kind = match drop.remove_type() {
        ObjectType::ObjectProcedure | ObjectType::ObjectRoutine => ObjectType::ObjectFunction,
        kind => kind,
    };
    let steps = drop.objects.iter().filter_map(name_of).map(|name| {
        if drop.missing_ok {
            Step::Clears(key(kind, &name))
        } else {
            Step::Fails { what: key(kind, &name), said: format!("{name} is gone already"), object: name }
        }
    });
    steps.collect()
}

/// What is dropped: a name, that of a type or a function, or of what is on a table.
fn name_of(node: &Node) -> Option<String> {
    let names = match node.node.as_ref()? {
        NodeEnum::String(name) => return Some(Ident::new(&name.sval).to_string()),
        NodeEnum::TypeName(name) => &name.names[..],
        NodeEnum::ObjectWithArgs(function) => &function.objname[..],
        _ => list(node)?,
    };
    let texts: Vec<&str> = names.iter().filter_map(string).filter(|text| *text != "public").collect();
    Some(texts.iter().map(|text| Ident::new(*text).to_string()).collect::<Vec<_>>().join("."))
}

fn within(table: &Name, name: &str) -> String {
    format!("{table}.{}", Ident::new(name))
}

fn key(kind: ObjectType, name: &str) -> String {
    format!("{kind:?} {name}")
}
