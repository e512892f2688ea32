//! The schema of an object that is named by itself: in a drop, a comment, a grant.

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, ObjectType};

use crate::sql::touched::{Schema, Touched, range};

/// Kinds whose names end with something that stands on a relation.
const ON_RELATION: &[ObjectType] = &[
    ObjectType::ObjectAttribute,
    ObjectType::ObjectColumn,
    ObjectType::ObjectPolicy,
    ObjectType::ObjectRule,
    ObjectType::ObjectTabconstraint,
    ObjectType::ObjectTrigger,
];

/// Kinds whose names begin with an access method.
const OF_METHOD: &[ObjectType] = &[ObjectType::ObjectOpclass, ObjectType::ObjectOpfamily];

/// Kinds that have a name in a schema.
const IN_SCHEMA: &[ObjectType] = &[
    ObjectType::ObjectAggregate,
    ObjectType::ObjectCollation,
    ObjectType::ObjectConversion,
    ObjectType::ObjectDomain,
    ObjectType::ObjectDomconstraint,
    ObjectType::ObjectForeignTable,
    ObjectType::ObjectFunction,
    ObjectType::ObjectIndex,
    ObjectType::ObjectMatview,
    ObjectType::ObjectOperator,
    ObjectType::ObjectProcedure,
    ObjectType::ObjectRoutine,
    ObjectType::ObjectSequence,
    ObjectType::ObjectStatisticExt,
    ObjectType::ObjectTable,
    ObjectType::ObjectTsconfiguration,
    ObjectType::ObjectTsdictionary,
    ObjectType::ObjectTsparser,
    ObjectType::ObjectTstemplate,
    ObjectType::ObjectType,
    ObjectType::ObjectView,
];

/// What an object of this kind is in.
pub(super) fn named(kind: ObjectType, object: &Node) -> Touched {
    if kind == ObjectType::ObjectSchema {
        return Touched::In(vec![text(object)]);
    }
    if !IN_SCHEMA.contains(&kind) && !ON_RELATION.contains(&kind) && !OF_METHOD.contains(&kind) {
        return Touched::Global;
    }
    let schema = match &object.node {
        Some(NodeEnum::List(list)) => {
            let items = list.items.as_slice();
            match items {
                // A constraint of a domain comes with the type it stands on.
                [Node { node: Some(NodeEnum::TypeName(on)) }, ..] => of_list(&on.names),
                [on @ .., _] if ON_RELATION.contains(&kind) => of_list(on),
                [_, own @ ..] if OF_METHOD.contains(&kind) => of_list(own),
                _ => of_list(items),
            }
        }
        Some(NodeEnum::TypeName(name)) => of_list(&name.names),
        Some(NodeEnum::ObjectWithArgs(signature)) => of_list(&signature.objname),
        _ => range(object),
    };
    Touched::In(vec![schema])
}

/// The schema in the parts of a name.
pub(super) fn of_list(parts: &[Node]) -> Schema {
    let before = parts.len().checked_sub(2)?;
    text(parts.get(before)?)
}

fn text(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::String(string)) => Some(string.sval.clone()),
        _ => None,
    }
}
