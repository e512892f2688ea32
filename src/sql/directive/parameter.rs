//! The input types of a function, which tell one overload from another.

use pg_query::NodeEnum;
use pg_query::protobuf::{FunctionParameterMode, Node, TypeName};

use crate::sql::directive::node::string;

/// The types of the parameters that tell one overload from another.
pub(super) fn inputs(parameters: &[Node]) -> Vec<String> {
    use FunctionParameterMode::{FuncParamOut, FuncParamTable};
    let input = |node: &Node| match &node.node {
        Some(NodeEnum::FunctionParameter(parameter)) => {
            let output = [FuncParamOut as i32, FuncParamTable as i32].contains(&parameter.mode);
            parameter.arg_type.as_ref().filter(|_| !output).map(type_text)
        }
        _ => None,
    };
    parameters.iter().filter_map(input).collect()
}

/// A type as `format_type` prints it; one that is not built in keeps the schema that is written, or none.
fn type_text(name: &TypeName) -> String {
    let parts: Vec<String> = name.names.iter().filter_map(string).collect();
    let text = match parts.as_slice() {
        [schema, bare] if schema == "pg_catalog" => built_in(bare).to_owned(),
        [bare] => built_in(bare).to_owned(),
        more => more.join("."),
    };
    let text = if name.pct_type { format!("{text}%TYPE") } else { text };
    if name.array_bounds.is_empty() { text } else { format!("{text}[]") }
}

/// The names that `format_type` spells out.
fn built_in(name: &str) -> &str {
    match name {
        "bool" => "boolean",
        "bpchar" => "character",
        "float4" => "real",
        "float8" => "double precision",
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "time" => "time without time zone",
        "timetz" => "time with time zone",
        "timestamp" => "timestamp without time zone",
        "timestamptz" => "timestamp with time zone",
        "varbit" => "bit varying",
        "varchar" => "character varying",
        other => other,
    }
}
