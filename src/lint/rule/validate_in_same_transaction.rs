//! NOT VALID and VALIDATE in one transaction.

use pg_query::protobuf::AlterTableType as Type;
use pg_query::NodeEnum;

use crate::base::name::Ident;
use crate::lint::{Finding, Level};
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, alters};

pub const RULE: Rule = Rule {
    code: "validate-in-same-transaction",
    group: Group::Blocks,
    level: Level::Error,
    title: "a constraint is validated in the transaction that added it",
    why: "Adding a constraint NOT VALID takes a strong lock for a moment, and VALIDATE CONSTRAINT reads the rows \
          under a weak one. In one transaction the strong lock is held until its end, so that everybody waits while \
          the rows are read: it is as if NOT VALID were not there.",
    remedy: "Commit after the constraint is added, and validate it in a transaction or a migration of its own.",
    plan: None,
    script: Some(|script| script.transactions().into_iter().flat_map(|all| in_one(script, all)).collect()),
};

fn in_one(script: &Script, statements: &[Statement]) -> Vec<Finding> {
    let mut added: Vec<(Name, &str)> = Vec::new();
    let mut found = Vec::new();
    for statement in statements {
        for (alter, command) in statement.node().into_iter().flat_map(alters) {
            let Some(table) = alter.relation.as_ref().map(Name::of) else { continue };
            match (command.subtype(), command.def.as_deref().and_then(|node| node.node.as_ref())) {
                (Type::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) if constraint.skip_validation => {
                    added.push((table, &constraint.conname));
                }
                (Type::AtValidateConstraint, _) if added.contains(&(table.clone(), &command.name)) => {
                    let name = Ident::new(&command.name);
                    let read = statement.effects.tables().filter(|(relation, effect)| {
                        effect.scanned && (table.is(relation) || !alters_only(&table, statement))
                    });
                    let read: Vec<_> = read.collect();
                    // Of the two tables of a foreign key, the one that it is on.
                    let own = read.iter().find(|(relation, _)| table.is(relation)).or(read.first());
                    found.extend(own.map(|(relation, _)| {
                        let message = format!("{relation} stays locked from where {name} was added while its rows are read");
                        let finding = script.on(&RULE, statement, relation, message);
                        Finding { object: format!("{table}.{name}"), ..finding }.help("COMMIT before it is validated")
                    }));
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether what was read is the table itself, and not its partitions.
fn alters_only(table: &Name, statement: &Statement) -> bool {
    statement.effects.tables().any(|(relation, effect)| table.is(relation) && effect.scanned)
}
