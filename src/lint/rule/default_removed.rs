//! A column that was there before no longer has a default.

use pg_query::protobuf::{AlterTableCmd, AlterTableType};

use crate::base::name::Ident;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, alters};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "default-removed",
    group: Group::BreaksCode,
    level: Level::Warning,
    title: "a column loses its default",
    why: "Programs that leave the column out when they insert got a value so far. From now on they write NULL, or fail where \
          the column is NOT NULL.",
    remedy: "First release programs that fill the column themselves, and look for those that do not.",
    plan: None,
    script: Some(|script| script.each(|statement| found(script, statement))),
};

fn found(script: &Script, statement: &Statement) -> Vec<Finding> {
    let about = |(alter, command): (&pg_query::protobuf::AlterTableStmt, &AlterTableCmd)| {
        let what = match command.subtype() {
            AlterTableType::AtColumnDefault if command.def.is_none() => "default",
            AlterTableType::AtDropIdentity => "identity",
            AlterTableType::AtDropExpression => "expression",
            _ => return None,
        };
        let name = Name::of(alter.relation.as_ref()?);
        let new = script.added_column(statement, &name, &command.name).is_some();
        let table = script.there(statement, &name).filter(|_| !new && !is_set(script, statement, &name, &command.name))?;
        let known = statement.before.column(&table, &command.name);
        if known.is_some_and(|column| !column.filled) {
            return None;
        }
        let column = Ident::new(&command.name);
        let then = match known.map(|column| column.not_null) {
            Some(true) => "fail",
            Some(false) => "leave it empty",
            None => "leave it empty or fail",
        };
        let message = format!("{table}.{column} loses its {what}: inserts that leave it out {then} from now on");
        Some(statement.finding(&RULE, &format!("{table}.{column}"), message))
    };
    statement.node().into_iter().flat_map(alters).filter_map(about).collect()
}

/// Whether the script gives the column another one later, as it must around a change of type.
fn is_set(script: &Script, statement: &Statement, table: &Name, column: &str) -> bool {
    let later = [statement].into_iter().chain(script.after(statement)).filter_map(Statement::node);
    let gives = |command: &AlterTableCmd| {
        matches!(command.subtype(), AlterTableType::AtColumnDefault | AlterTableType::AtAddIdentity)
            && command.def.is_some()
            && command.name == column
    };
    later.flat_map(alters).any(|(alter, command)| {
        gives(command) && alter.relation.as_ref().map(Name::of).as_ref() == Some(table)
    })
}
