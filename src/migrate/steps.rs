//! A script as the units that take effect as a whole: transactions, single statements, and settings around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::migrate::backfill::Batches;
use crate::migrate::error::{Fault, MigrateError};
use crate::migrate::probe::Target;
use crate::sql::directive::{Backfill, Directive, DirectiveError, directives};
use crate::sql::file::SqlFile;
use crate::sql::split::{Class, Statement, split};
use crate::sql::words::{Words, begins};

/// A statement that does something, with its number in the script.
#[derive(Clone, Debug)]
pub struct Step {
    /// Counted from one.
    pub number: i32,
    pub statement: Statement,
    pub target: Target,
    /// How it is run in batches, where it is.
    pub batches: Option<Arc<Batches>>,
}

impl Step {
    fn new(number: i32, statement: Statement) -> Self {
        let target = Target::of(statement.sql());
        Self { number, statement, target, batches: None }
    }

    /// One that may be run in batches.
    fn alone(number: i32, statement: Statement, backfill: Option<Backfill>) -> Result<Self, MigrateError> {
        let batches = backfill.map(|settings| Batches::of(statement.sql(), settings)).transpose();
        let batches = batches.map_err(|why| MigrateError::script(Fault::Unbatched(why), &statement))?;
        Ok(Self { batches: batches.map(Arc::new), ..Self::new(number, statement) })
    }

    pub fn sha256(&self) -> Vec<u8> {
        Sha256::digest(self.statement.sql()).to_vec()
    }
}

/// A statement inside a transaction.
#[derive(Clone, Debug)]
pub enum Part {
    Step(Step),
    /// What only says how the others run: SET, SAVEPOINT.
    Setting(Statement),
}

/// What takes effect as a whole, or not at all.
#[derive(Clone, Debug)]
pub enum Unit {
    /// Of the session. It is run again where a run goes on.
    Setting(Statement),
    /// A statement that the script has outside of its transactions.
    Alone(Step),
    /// From BEGIN to COMMIT.
    Group { begin: Statement, parts: Vec<Part>, commit: Statement },
}

impl Unit {
    pub fn steps(&self) -> Vec<&Step> {
        match self {
            Self::Setting(_) => Vec::new(),
            Self::Alone(step) => vec![step],
            Self::Group { parts, .. } => parts.iter().filter_map(Part::step).collect(),
        }
    }

    /// What is to be said again in a session that did not run it.
    pub fn lasting(&self) -> Vec<&Statement> {
        match self {
            Self::Setting(statement) => vec![statement],
            Self::Alone(_) => Vec::new(),
            Self::Group { parts, .. } => parts.iter().filter_map(Part::lasting).collect(),
        }
    }
}

impl Part {
    pub fn statement(&self) -> &Statement {
        match self {
            Self::Step(step) => &step.statement,
            Self::Setting(statement) => statement,
        }
    }

    pub fn step(&self) -> Option<&Step> {
        match self {
            Self::Step(step) => Some(step),
            Self::Setting(_) => None,
        }
    }

    fn lasting(&self) -> Option<&Statement> {
        match self {
            Self::Setting(set) if set.class == Class::Session && !begins(set.sql(), &["SET", "LOCAL"]) => Some(set),
            _ => None,
        }
    }
}

/// A whole script.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub units: Vec<Unit>,
}

impl Script {
    /// # Errors
    /// When it has what only psql can do, or its transactions do not begin and end in it.
    pub fn parse(file: &Arc<SqlFile>) -> Result<Self, MigrateError> {
        let mut script = Self::default();
        let mut open: Option<(Statement, Vec<Part>)> = None;
        let mut number = 0;
        let statements = split(file);
        let mut backfills = backfills(&statements)?;
        for (index, statement) in statements.into_iter().enumerate() {
            let sql = statement.sql().to_owned();
            if let Some(what) = unfit(&statement) {
                return Err(MigrateError::script(Fault::Unfit(what), &statement));
            }
            let begin = begins(&sql, &["BEGIN|START"]);
            let end = begins(&sql, &["COMMIT|END"]);
            match (&mut open, begin, end) {
                (None, true, _) => open = Some((statement, Vec::new())),
                (Some(_), true, _) => return Err(MigrateError::script(Fault::Nested, &statement)),
                (None, _, true) => return Err(MigrateError::script(Fault::NotOpen, &statement)),
                (Some(_), _, true) => {
                    let group = open.take();
                    script.units.extend(group.map(|(begin, parts)| Unit::Group { begin, parts, commit: statement }));
                }
                (group, ..) => {
                    let setting = matches!(statement.class, Class::Session | Class::Transaction);
                    number += i32::from(!setting);
                    let backfill = backfills.remove(&index);
                    if backfill.is_some() && (setting || group.is_some()) {
                        return Err(MigrateError::script(Fault::BatchesInTransaction, &statement));
                    }
                    match group {
                        Some((_, parts)) if setting => parts.push(Part::Setting(statement)),
                        Some((_, parts)) => parts.push(Part::Step(Step::new(number, statement))),
                        None if setting => script.units.push(Unit::Setting(statement)),
                        None => script.units.push(Unit::Alone(Step::alone(number, statement, backfill)?)),
                    }
                }
            }
        }
        match open {
            Some((begin, _)) => Err(MigrateError::script(Fault::LeftOpen, &begin)),
            None => Ok(script),
        }
    }

    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.units.iter().flat_map(Unit::steps)
    }

    /// Whether it acts as another role for a while, who may not be allowed to write what the books need.
    pub fn changes_role(&self) -> bool {
        let acts = |set: &Statement| {
            let mut words = Words::of(set.sql()).take(4);
            words.any(|(word, _)| ["role", "authorization"].iter().any(|one| one.eq_ignore_ascii_case(word)))
        };
        self.units.iter().any(|unit| match unit {
            Unit::Setting(set) => acts(set),
            Unit::Alone(_) => false,
            Unit::Group { parts, .. } => parts.iter().any(|part| matches!(part, Part::Setting(set) if acts(set))),
        })
    }

    /// Units that do something.
    pub fn transactions(&self) -> usize {
        self.units.iter().filter(|unit| !unit.steps().is_empty()).count()
    }

    /// Whether it only moves rows.
    pub fn is_data(&self) -> bool {
        self.steps().next().is_some() && self.steps().all(|step| step.statement.class == Class::Data)
    }
}

/// Which statements are to be run in batches, by their places.
fn backfills(statements: &[Statement]) -> Result<BTreeMap<usize, Backfill>, MigrateError> {
    let (found, errors) = directives(statements);
    // The linter has all of them. This one would run a statement at once that was not meant to be.
    if let Some(error) = errors.into_iter().find(DirectiveError::is_backfill) {
        return Err(MigrateError::Directive(Box::new(error)));
    }
    let one = |directive| match directive {
        Directive::Backfill { settings, statement, .. } => Some((statement, settings)),
        Directive::Allow { .. }
        | Directive::RenamedFrom { .. }
        | Directive::Phase { .. }
        | Directive::Replaces { .. } => None,
    };
    Ok(found.into_iter().filter_map(one).collect())
}

/// What a runner cannot do, where the statement asks for it.
fn unfit(statement: &Statement) -> Option<&'static str> {
    let sql = statement.sql();
    if statement.class == Class::Meta {
        return Some("a command of psql");
    }
    if begins(sql, &["COPY"]) {
        let psql = |(word, _): (&str, _)| word.eq_ignore_ascii_case("stdin") || word.eq_ignore_ascii_case("stdout");
        return Words::of(sql).any(psql).then_some("COPY from or to psql");
    }
    let back_to_savepoint = begins(sql, &["ROLLBACK", "TO"]) || begins(sql, &["ROLLBACK", "WORK|TRANSACTION", "TO"]);
    if begins(sql, &["ROLLBACK|ABORT"]) && !back_to_savepoint {
        return Some("a ROLLBACK");
    }
    let two_phases = begins(sql, &["PREPARE", "TRANSACTION"]) || begins(sql, &["COMMIT|ROLLBACK", "PREPARED"]);
    let chain = begins(sql, &["COMMIT|END", "AND", "CHAIN"]);
    (two_phases || chain).then_some("a transaction that goes on after the file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Result<Script, MigrateError> {
        Script::parse(&Arc::new(SqlFile::new("a/up.sql", text)))
    }

    #[test]
    fn transactions_are_units_and_settings_are_no_steps() {
        let text = "SET search_path = a; BEGIN; SET LOCAL lock_timeout = 1; SET x.y = 1; SAVEPOINT a; \
                    CREATE TABLE t (); ROLLBACK TO a; CREATE TABLE u (); COMMIT; CREATE INDEX CONCURRENTLY i ON t (x); \
                    RESET search_path;";
        let script = script(text).unwrap();
        let shape: Vec<usize> = script.units.iter().map(|unit| unit.steps().len()).collect();
        assert_eq!(shape, [0, 2, 1, 0]);
        assert_eq!(script.transactions(), 2);
        assert_eq!(script.steps().map(|step| step.number).collect::<Vec<_>>(), [1, 2, 3]);
        let lasting: Vec<&str> = script.units.iter().flat_map(Unit::lasting).map(Statement::sql).collect();
        assert_eq!(lasting, ["SET search_path = a", "SET x.y = 1", "RESET search_path"]);
        assert!(!script.is_data());
    }

    #[test]
    fn what_cannot_be_run_is_refused_before_anything_is() {
        let code = |text: &str| script(text).unwrap_err().to_string();
        assert!(code("\\i other.sql").contains("a command of psql"));
        assert!(code("COPY t FROM STDIN;\n1\n\\.\n").contains("COPY from or to psql"));
        assert!(code("BEGIN; ROLLBACK;").contains("a ROLLBACK"));
        assert!(code("BEGIN; SELECT 1;").contains("never ends"));
        assert!(code("BEGIN; BEGIN; COMMIT").contains("inside another"));
        assert!(code("COMMIT").contains("no transaction"));
        assert!(script("COPY t FROM '/tmp/x'").unwrap().is_data());
    }
}
