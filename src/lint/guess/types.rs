//! What is told of types by their names.

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, TypeName};

use crate::lint::guess::known::{Known, Made};
use crate::lint::tree::{Name, string, type_name};

/// Types of Postgres that the parser leaves as they are written, and those of its usual extensions.
const KNOWN: &[&str] = &[
    "bit",
    "bool",
    "box",
    "bpchar",
    "bytea",
    "char",
    "cidr",
    "circle",
    "citext",
    "cube",
    "date",
    "daterange",
    "float4",
    "float8",
    "geography",
    "geometry",
    "halfvec",
    "hstore",
    "inet",
    "int2",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lquery",
    "lseg",
    "ltree",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "numrange",
    "oid",
    "path",
    "pg_lsn",
    "point",
    "polygon",
    "raster",
    "regclass",
    "regtype",
    "sparsevec",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsquery",
    "tsrange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "uuid",
    "varbit",
    "varchar",
    "vector",
    "xml",
];

/// What a column's type means for adding the column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sort {
    Serial,
    /// No domain with a constraint.
    Plain,
    /// A domain with one.
    Constrained,
    /// Of the user's own making, we do not know how.
    Unknown,
}

pub(super) fn sort(of: &TypeName, known: &Known) -> Sort {
    let name = type_name(of);
    // An array of a domain is no domain.
    if !of.array_bounds.is_empty() {
        return Sort::Plain;
    }
    match known.type_made(&full_name(of)) {
        Some(Made::Constrained) => return Sort::Constrained,
        Some(Made::Plain) => return Sort::Plain,
        None => {}
    }
    match name {
        "serial" | "bigserial" | "smallserial" | "serial2" | "serial4" | "serial8" => Sort::Serial,
        name if KNOWN.contains(&name) => Sort::Plain,
        _ => Sort::Unknown,
    }
}

/// Its name, in `public` where no schema is written.
pub(super) fn full_name(of: &TypeName) -> Name {
    Name::of_list(&of.names).unwrap_or_else(|| Name::new("", ""))
}

/// Whether values of one type are those of another as they stand, so that no row has to be looked at.
pub(super) fn keeps(from: &TypeName, to: &TypeName) -> bool {
    if from.array_bounds.len() != to.array_bounds.len() {
        return false;
    }
    let (old, new) = (modifiers(from), modifiers(to));
    let wider = |old: &[i32], new: &[i32]| new.is_empty() || old.first().is_some_and(|old| new.first() >= Some(old));
    match (type_name(from), type_name(to)) {
        ("varchar" | "text", "text") => true,
        ("varchar", "varchar") | ("varbit", "varbit") => wider(&old, &new),
        ("text", "varchar") | ("cidr", "inet") => new.is_empty(),
        ("numeric", "numeric") => {
            let scale = |modifiers: &[i32]| modifiers.get(1).copied().unwrap_or_default();
            wider(&old, &new) && (new.is_empty() || scale(&old) == scale(&new))
        }
        ("timestamp", "timestamp") | ("timestamptz", "timestamptz") | ("time", "time") => wider(&old, &new),
        (old_name, new_name) => old_name == new_name && old == new,
    }
}

fn modifiers(of: &TypeName) -> Vec<i32> {
    of.typmods.iter().filter_map(number).collect()
}

fn number(node: &Node) -> Option<i32> {
    let Some(NodeEnum::AConst(constant)) = &node.node else { return None };
    match &constant.val {
        Some(pg_query::protobuf::a_const::Val::Ival(value)) => Some(value.ival),
        _ => None,
    }
}

/// Whether this is no more than the column itself, perhaps cast: what ALTER COLUMN TYPE does without USING.
pub(super) fn is_column(node: &Node, column: &str) -> bool {
    match &node.node {
        Some(NodeEnum::ColumnRef(reference)) => reference.fields.iter().filter_map(string).next_back() == Some(column),
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().is_some_and(|arg| is_column(arg, column)),
        _ => false,
    }
}
