//! A new column that every INSERT has to fill.

use pg_query::protobuf::{AlterTableCmd, AlterTableType, ColumnDef, ConstrType};

use crate::base::name::Ident;
use crate::lint::object::{added, has_constraint};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, altering, is_null, type_name};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "column-required",
    group: Group::BreaksCode,
    level: Level::Error,
    title: "a new column has to be filled by everybody",
    why: "Programs that do not know the column leave it out when they insert. Where it is NOT NULL and has no default, they \
          fail from the moment of the commit; and where the table has rows, Postgres refuses to add it at all.",
    remedy: "Give it a default (a constant one costs nothing), or leave it nullable until every program fills it.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let mut found: Vec<Finding> = added(statement)
                .into_iter()
                .filter(|(_, column)| is_not_null(column) && !is_filled(column))
                .filter_map(|(table, column)| {
                    let why = "it is NOT NULL and has no default";
                    let finding = finding(script, statement, &table, &column.colname, why)?;
                    Some(statement.part(finding, column.location, &column.colname))
                })
                .collect();
            found.extend(later(script, statement));
            found
        })
    }),
};

/// A column that the script itself has added, and now takes the default from or makes NOT NULL.
fn later(script: &Script, statement: &Statement) -> Vec<Finding> {
    let Some(node) = statement.node() else { return Vec::new() };
    let dropped = altering(node, AlterTableType::AtColumnDefault).filter(|(_, command)| command.def.is_none());
    let dropped = dropped.filter_map(|(table, command): (Name, &AlterTableCmd)| {
        let column = script.added_column(statement, &table, &command.name)?;
        let required = is_not_null(column) && is_filled(column);
        let why = "it is NOT NULL and loses its default";
        required.then(|| finding(script, statement, &table, &command.name, why))?
    });
    let set = altering(node, AlterTableType::AtSetNotNull).filter_map(|(table, command)| {
        let column = script.added_column(statement, &table, &command.name)?;
        let why = "it becomes NOT NULL and has no default";
        let defaults = altering_before(script, statement, &table, &command.name);
        (!is_filled(column) && !defaults).then(|| finding(script, statement, &table, &command.name, why))?
    });
    dropped.chain(set).collect()
}

/// Whether the script sets a default for the column by then.
fn altering_before(script: &Script, statement: &Statement, table: &Name, column: &str) -> bool {
    let before = script.before(statement).iter().chain([statement]).filter_map(Statement::node);
    let mut set = before.flat_map(|node| altering(node, AlterTableType::AtColumnDefault));
    set.any(|(of, command)| of == *table && command.name == column && command.def.is_some())
}

fn finding(script: &Script, statement: &Statement, name: &Name, column: &str, why: &str) -> Option<Finding> {
    let (table, column) = (script.there(statement, name)?, Ident::new(column));
    let message = format!("programs that do not fill {column} can no longer insert into {table}: {why}");
    let finding = script.losing(&RULE, statement, &table, message).object(format!("{table}.{column}"));
    Some(finding.help("give it a default, or leave it nullable until every program fills it"))
}

fn is_not_null(column: &ColumnDef) -> bool {
    has_constraint(column, &[ConstrType::ConstrNotnull, ConstrType::ConstrPrimary])
}

/// Whether a row that says nothing of it gets a value.
fn is_filled(column: &ColumnDef) -> bool {
    let serial = |name| ["serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"].contains(&type_name(name));
    has_constraint(column, &[ConstrType::ConstrIdentity, ConstrType::ConstrGenerated])
        || column.type_name.as_ref().is_some_and(serial)
        || column.constraints.iter().any(|node| match &node.node {
            Some(pg_query::NodeEnum::Constraint(constraint)) => {
                constraint.contype() == ConstrType::ConstrDefault
                    && !constraint.raw_expr.as_deref().is_some_and(is_null)
            }
            _ => false,
        })
}
