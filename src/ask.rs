//! What the rows that are there say to a script, before it runs: a live database is asked, each question in a short
//! read-only transaction with a timeout.
//!
//! The questions come from the statements alone, so that a plan and a file that somebody wrote are asked about in the
//! same way. Each kind of question is a file: what it takes from a statement, and which rows it means. An answer is a
//! finding of a rule; it holds a count, and at most five primary keys, never anything else of a row, and nothing that the
//! server says, which may quote one. What cannot be asked is a finding too.

mod answer;
mod attach;
mod bound;
mod check;
mod domain;
mod exclude;
mod expression;
mod null;
mod orphan;
mod question;
mod scene;
mod state;
mod table;
mod unique;
mod validate;
mod value;

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, ConstrType, Constraint, CreateStmt, RangeVar};

use crate::ask::answer::{Answer, answer};
use crate::ask::question::Question;
use crate::ask::scene::Scene;
use crate::base::name::without_public;
use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::kind::Key;
use crate::lint::Level;
use crate::lint::finding::{self, Finding, Span};
use crate::lint::rule::data_not_asked;
use crate::lint::tree::{alters, ranges};
use crate::plan::Plan;
use crate::sql::parser::parse;

/// A statement to be asked about.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    pub sql: &'a str,
    /// The fact that it is about, where a plan has it.
    pub key: Option<&'a Key>,
    /// Where it stands, in a file.
    pub at: Option<Span>,
}

impl Step<'_> {
    /// Those of a plan.
    pub fn of_plan(plan: &Plan) -> Vec<Step<'_>> {
        plan.steps.iter().map(|step| Step { sql: &step.sql, key: Some(&step.key), at: None }).collect()
    }
}

/// How long a question may take, as Postgres writes times.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    pub statement: &'a str,
    pub lock: &'a str,
}

/// What speaks against running these statements, one after the other, on the rows of this database as they are.
///
/// # Errors
/// When the server goes away, or its catalogs cannot be read. What it says against a question is a finding.
pub fn ask(connection: &mut Connection, steps: &[Step], limits: Limits) -> Result<Vec<Finding>, DbError> {
    let mut scene = Scene::of(connection);
    let mut found = Vec::new();
    for step in steps {
        // What is no SQL, another rule says.
        let Ok(parsed) = parse(step.sql) else { continue };
        for statement in parsed.tree.stmts {
            let Some(node) = statement.stmt.and_then(|node| node.node) else { continue };
            let questions = questions(&node, &mut scene)?;
            let mut said: Vec<Finding> = scene.notes.drain(..).collect();
            said.extend(answers(scene.connection, &questions, limits)?);
            found.extend(said.into_iter().map(|one| Finding { key: step.key.cloned(), at: step.at.clone(), ..one }));
            scene.state.take(&node, step.sql);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|finding| seen.insert((finding.code, finding.object.clone(), finding.message.clone())));
    finding::sort(&mut found);
    Ok(found)
}

/// What a statement needs of rows.
fn questions(node: &NodeEnum, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let mut found = match node {
        NodeEnum::IndexStmt(index) => unique::of_index(index, scene)?,
        NodeEnum::AlterDomainStmt(alter) => domain::questions(alter, scene)?,
        NodeEnum::CreateStmt(create) => of_new(create, scene)?,
        _ => Vec::new(),
    };
    for (alter, command) in alters(node) {
        let Some(range) = &alter.relation else { continue };
        let definition = command.def.as_ref().and_then(|node| node.node.as_ref());
        found.extend(match (command.subtype(), definition) {
            (AlterTableType::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => {
                of_constraint(range, constraint, scene)?
            }
            (AlterTableType::AtAttachPartition, Some(NodeEnum::PartitionCmd(partition))) => {
                match (&partition.name, &partition.bound) {
                    (Some(own), Some(bound)) => attach::questions(range, own, bound, scene)?,
                    _ => Vec::new(),
                }
            }
            (AlterTableType::AtValidateConstraint, _) => validate::questions(range, &command.name, scene)?,
            (AlterTableType::AtSetNotNull, _) => null::of_column(range, &command.name, scene)?,
            (AlterTableType::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => null::of_new(range, column, scene)?,
            (AlterTableType::AtAlterColumnType, Some(NodeEnum::ColumnDef(column))) => {
                value::questions(range, &command.name, column, scene)?
            }
            _ => Vec::new(),
        });
    }
    Ok(found)
}

/// CREATE TABLE ... PARTITION OF: rows may be in the default partition that belong into the new one.
fn of_new(create: &CreateStmt, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    let (Some(own), Some(bound)) = (&create.relation, &create.partbound) else { return Ok(Vec::new()) };
    let Some(parent) = ranges(&create.inh_relations).next().filter(|parent| !scene.is_made(parent)) else {
        return Ok(Vec::new());
    };
    attach::questions(parent, own, bound, scene)
}

/// What a constraint that a statement adds needs of rows. One that is not validated needs nothing yet.
fn of_constraint(range: &RangeVar, constraint: &Constraint, scene: &mut Scene) -> Result<Vec<Question>, DbError> {
    if constraint.skip_validation {
        scene.state.not_validated(range, constraint);
        return Ok(Vec::new());
    }
    match constraint.contype() {
        ConstrType::ConstrCheck => check::questions(range, constraint, scene),
        ConstrType::ConstrForeign => orphan::questions(range, constraint, scene),
        ConstrType::ConstrUnique => unique::of_constraint(range, constraint, scene),
        ConstrType::ConstrPrimary => {
            let mut found = null::of_key(range, constraint, scene)?;
            found.extend(unique::of_constraint(range, constraint, scene)?);
            Ok(found)
        }
        ConstrType::ConstrNotnull => null::of_keys(range, &constraint.keys, scene),
        ConstrType::ConstrExclusion => exclude::questions(range, constraint, scene),
        _ => Ok(Vec::new()),
    }
}

fn answers(connection: &mut Connection, questions: &[Question], limits: Limits) -> Result<Vec<Finding>, DbError> {
    let mut found = Vec::new();
    let mut clean = true;
    for question in questions {
        if question.once_clean && !clean {
            continue;
        }
        let answered = answer(connection, question, limits)?;
        clean = matches!(answered, Answer::None);
        found.extend(said(question, answered));
    }
    Ok(found)
}

fn said(question: &Question, answer: Answer) -> Option<Finding> {
    match answer {
        Answer::None => None,
        Answer::Rows { count, help } => {
            let [before, after] = &question.says;
            let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
            let message = without_public(&format!("{before} {rows}{after}"));
            let finding = Finding { object: question.object.clone(), ..Finding::of_plan(question.rule.code, message) };
            Some(finding.help(help).level(question.rule.level))
        }
        Answer::Unknown(why) => {
            Some(not_asked(&question.object, format!("{} cannot be asked: {why}", question.about())))
        }
    }
}

/// A finding about what could not be asked.
fn not_asked(object: &str, message: String) -> Finding {
    let rule = &data_not_asked::RULE;
    let finding = Finding { object: object.to_owned(), ..Finding::of_plan(rule.code, without_public(&message)) };
    finding.level(Level::Warning)
}
