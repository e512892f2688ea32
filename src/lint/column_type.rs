//! What the rules about types of columns share.

use pg_query::protobuf::TypeName;

use crate::base::name::Ident;
use crate::lint::Finding;
use crate::lint::rule::Rule;
use crate::lint::script::Script;
use crate::lint::tree::typed;

/// A finding for each column that gets such a type, at the type. The message begins with the column: `orders.at ...`.
pub fn each(
    script: &Script,
    rule: &Rule,
    wrong: fn(&TypeName) -> bool,
    message: &str,
    help: impl Fn(&TypeName) -> String,
) -> Vec<Finding> {
    script.each(|statement| {
        let columns = statement.node().map(typed).unwrap_or_default();
        let bad = columns.iter().filter(|column| wrong(column.type_name));
        bad.map(|typed| {
            let column = format!("{}.{}", typed.table, Ident::new(typed.column));
            let finding = statement.finding(rule, &column, format!("{column} {message}")).help(help(typed.type_name));
            statement.part_type(finding, typed.type_name.location)
        })
        .collect()
    })
}
