//! What a column holds gives way to what an expression says.

use pg_query::protobuf::{AlterTableType, ConstrType};

use crate::base::name::Ident;
use crate::lint::object::{added, has_constraint};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, altering};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "generated-replaced",
    group: Group::LosesData,
    level: Level::Error,
    title: "a column's values are replaced by generated ones",
    why: "A column cannot become a generated one, so it is dropped and added again: what was written into it is gone. A new \
          expression has all of its values computed again.",
    remedy: "Add the generated column under another name, compare the two, and drop the old one in a later change.",
    // A plan calls it a column that is dropped and created again.
    plan: Some(|_| Vec::new()),
    script: Some(|script| {
        script.each(|statement| replaced(script, statement).into_iter().chain(computed(script, statement)).collect())
    }),
};

/// Whether the script drops a column and adds a generated one of its name.
pub(super) fn is_replaced(script: &Script, table: &Name, column: &str) -> bool {
    script.statements.iter().flat_map(added).any(|(of, definition)| {
        of == *table && definition.colname == column && has_constraint(definition, &[ConstrType::ConstrGenerated])
    })
}

fn replaced(script: &Script, statement: &Statement) -> Vec<Finding> {
    let mut found = Vec::new();
    for (name, command) in statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtDropColumn)) {
        let Some(table) = script.there(statement, &name).filter(|_| is_replaced(script, &name, &command.name)) else {
            continue;
        };
        let column = Ident::new(&command.name);
        let message = format!("what is written in {table}.{column} is lost: an expression says its values from now on");
        let finding = script.losing(&RULE, statement, &table, message).object(format!("{table}.{column}"));
        found.push(finding.help("add the generated column under another name, and drop this one later"));
    }
    found
}

/// ALTER COLUMN ... SET EXPRESSION, from 17 on.
fn computed(script: &Script, statement: &Statement) -> Vec<Finding> {
    let commands = statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtSetExpression));
    let about = |(name, command): (Name, &pg_query::protobuf::AlterTableCmd)| {
        let table = script.there(statement, &name)?;
        let column = Ident::new(&command.name);
        let message = format!("all values of {table}.{column} are computed again: those of the old expression are gone");
        Some(script.losing(&RULE, statement, &table, message).object(format!("{table}.{column}")))
    };
    commands.filter_map(about).collect()
}
