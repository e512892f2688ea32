//! A constraint that the rows have to meet at once, and nothing in the script that looks whether they do.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableCmd, AlterTableType, ConstrType, Constraint, IndexStmt};

use crate::base::name::Ident;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, alters, string};
use crate::lint::{Finding, Level};
use crate::observe::relation::Relation;

pub const RULE: Rule = Rule {
    code: "constraint-tightened-without-check",
    group: Group::BreaksCode,
    level: Level::Note,
    title: "rows that are there must meet a new constraint",
    why: "The change fails if one row does not meet it, and stops a release half-way. Once it is there, programs that write \
          such rows get an error.",
    remedy: "Count the rows that do not meet it first, and correct them in the migration. CHECK and FOREIGN KEY can be added \
             NOT VALID, which stops new ones only, and validated later.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| match statement.node() {
            Some(NodeEnum::IndexStmt(index)) if index.unique => of_index(script, statement, index).into_iter().collect(),
            Some(node) => {
                let about = |(alter, command): (&pg_query::protobuf::AlterTableStmt, &AlterTableCmd)| {
                    let name = Name::of(alter.relation.as_ref()?);
                    of_command(script, statement, &name, command)
                };
                alters(node).filter_map(about).collect()
            }
            None => Vec::new(),
        })
    }),
};

fn of_index(script: &Script, statement: &Statement, index: &IndexStmt) -> Option<Finding> {
    let name = Name::of(index.relation.as_ref()?);
    let columns: Vec<&str> = index
        .index_params
        .iter()
        .filter_map(|node| match node.node.as_ref()? {
            NodeEnum::IndexElem(element) => Some(element.name.as_str()),
            _ => None,
        })
        .collect();
    let table = unchecked(script, statement, &name, &columns)?;
    if !index.nulls_not_distinct && differ(script, statement, &table, &columns) {
        return None;
    }
    let message = format!("it fails if two rows of {table} are alike in {}", columns.join(", "));
    Some(finding(statement, &table, &index.idxname, message))
}

fn of_command(script: &Script, statement: &Statement, name: &Name, command: &AlterTableCmd) -> Option<Finding> {
    if command.subtype() == AlterTableType::AtSetNotNull {
        let table = unchecked(script, statement, name, &[&command.name])?;
        let column = Ident::new(&command.name);
        let message = format!("it fails if a row of {table} has no {column}, and so does whoever writes one");
        return Some(finding(statement, &table, &command.name, message));
    }
    let NodeEnum::Constraint(constraint) = command.def.as_ref()?.node.as_ref()? else { return None };
    if command.subtype() != AlterTableType::AtAddConstraint || constraint.skip_validation {
        return None;
    }
    let table = unchecked(script, statement, name, &columns(constraint))?;
    let unique = matches!(constraint.contype(), ConstrType::ConstrUnique | ConstrType::ConstrPrimary);
    if unique && !constraint.nulls_not_distinct && differ(script, statement, &table, &columns(constraint)) {
        return None;
    }
    let at_once = matches!(constraint.contype(), ConstrType::ConstrCheck | ConstrType::ConstrForeign);
    let finding = finding(statement, &table, &constraint.conname, says(&table, constraint)?);
    Some(if at_once { finding.help("add it NOT VALID, and validate it later in a transaction of its own") } else { finding })
}

fn columns(constraint: &Constraint) -> Vec<&str> {
    constraint.keys.iter().chain(&constraint.fk_attrs).filter_map(string).collect()
}

fn says(table: &Relation, constraint: &Constraint) -> Option<String> {
    let names = columns(constraint).join(", ");
    Some(match constraint.contype() {
        ConstrType::ConstrCheck => format!("it fails if a row of {table} does not meet it, and so does whoever writes one"),
        ConstrType::ConstrForeign => {
            let other = constraint.pktable.as_ref().map(Name::of)?;
            format!("it fails if {names} of a row of {table} is not in {other}, and so does whoever writes one")
        }
        ConstrType::ConstrUnique | ConstrType::ConstrPrimary if constraint.indexname.is_empty() => {
            format!("it fails if two rows of {table} are alike in {names}")
        }
        ConstrType::ConstrExclusion => format!("it fails if two rows of {table} exclude each other"),
        _ => return None,
    })
}

fn finding(statement: &Statement, table: &Relation, name: &str, message: String) -> Finding {
    let object = if name.is_empty() { table.to_string() } else { format!("{table}.{}", Ident::new(name)) };
    statement.finding(&RULE, &object, message)
}

/// The table, where its rows are read for it: nothing before proves that they fit, and nothing has made them fit.
fn unchecked(script: &Script, statement: &Statement, name: &Name, columns: &[&str]) -> Option<Relation> {
    let table = script.there(statement, name)?;
    let reads = statement.effects.on.is_empty() || statement.effects.tables().any(|(_, effect)| effect.is_long());
    let new = |column: &&str| script.added_column(statement, name, column).is_some();
    let all_new = !columns.is_empty() && columns.iter().all(new);
    (reads && !all_new && !script.before(statement).iter().any(|before| changes_rows(before, name))).then_some(table)
}

/// Whether rows are known to differ in some of these columns already, so that they differ in all of them.
fn differ(script: &Script, statement: &Statement, table: &Relation, columns: &[&str]) -> bool {
    let seen = statement.before.table(table).map(|table| &table.keys);
    let live = script.context.keys.get(&(table.schema.clone(), table.name.clone()));
    let mut keys = seen.into_iter().chain(live).flatten();
    keys.any(|key| !key.is_empty() && key.iter().all(|column| columns.contains(&column.as_str())))
}

/// Whether somebody has corrected rows of the table.
fn changes_rows(statement: &Statement, table: &Name) -> bool {
    let relation = match statement.node() {
        Some(NodeEnum::UpdateStmt(update)) => &update.relation,
        Some(NodeEnum::DeleteStmt(delete)) => &delete.relation,
        _ => return false,
    };
    relation.as_ref().map(Name::of).as_ref() == Some(table)
}
