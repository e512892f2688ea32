//! Whether an expression gives another value for each row, so that a new column's default has to be written into each.

use pg_query::NodeEnum;
use pg_query::protobuf::Node;

use crate::lint::guess::work::Sure;
use crate::lint::tree::string;

/// Functions of Postgres and its usual extensions that are VOLATILE.
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "random",
    "random_normal",
    "setval",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Functions that defaults are made of and that are not.
const STEADY: &[&str] = &[
    "abs",
    "array_fill",
    "btrim",
    "ceil",
    "char_length",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "current_database",
    "current_schema",
    "current_setting",
    "date_part",
    "date_trunc",
    "decode",
    "digest",
    "encode",
    "extract",
    "floor",
    "format",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "make_interval",
    "make_time",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "now",
    "numrange",
    "point",
    "position",
    "repeat",
    "replace",
    "right",
    "round",
    "rpad",
    "rtrim",
    "sha256",
    "statement_timestamp",
    "strpos",
    "substr",
    "substring",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_number",
    "to_timestamp",
    "to_tsvector",
    "transaction_timestamp",
    "trim",
    "trunc",
    "tsrange",
    "tstzrange",
    "upper",
];

/// What is neither known to be nor not to be may be.
pub(super) fn volatile(node: &Node) -> Sure {
    let Some(node) = &node.node else { return Sure::No };
    let each = |nodes: &[Node]| nodes.iter().map(volatile).max().unwrap_or_default();
    let one = |node: &Option<Box<Node>>| node.as_deref().map(volatile).unwrap_or_default();
    match node {
        NodeEnum::AConst(_) | NodeEnum::SqlvalueFunction(_) | NodeEnum::ColumnRef(_) => Sure::No,
        NodeEnum::TypeCast(cast) => one(&cast.arg),
        NodeEnum::CollateClause(clause) => one(&clause.arg),
        NodeEnum::NamedArgExpr(named) => one(&named.arg),
        NodeEnum::AArrayExpr(array) => each(&array.elements),
        NodeEnum::List(list) => each(&list.items),
        NodeEnum::RowExpr(row) => each(&row.args),
        NodeEnum::BoolExpr(all) => each(&all.args),
        NodeEnum::CoalesceExpr(all) => each(&all.args),
        NodeEnum::MinMaxExpr(all) => each(&all.args),
        NodeEnum::NullTest(test) => one(&test.arg),
        NodeEnum::AExpr(operator) => one(&operator.lexpr).max(one(&operator.rexpr)),
        NodeEnum::FuncCall(call) => {
            let name = call.funcname.iter().filter_map(string).next_back().unwrap_or_default();
            let own = match name {
                name if VOLATILE.contains(&name) => Sure::Yes,
                name if STEADY.contains(&name) => Sure::No,
                _ => Sure::Maybe,
            };
            own.max(each(&call.args))
        }
        _ => Sure::Maybe,
    }
}
