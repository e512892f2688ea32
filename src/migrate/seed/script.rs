//! A seed's text as what one transaction does.

use std::sync::Arc;

use crate::migrate::error::{Fault, MigrateError};
use crate::migrate::steps::{Part, Script, Step, Unit};
use crate::sql::file::SqlFile;
use crate::sql::split::Statement;

/// Everything between the BEGIN and the COMMIT of one transaction.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    /// What the file itself begins it with, where it does.
    pub(super) begin: Option<Statement>,
    pub(super) parts: Vec<Part>,
    /// Whether it acts as somebody else for a while, who may not write the books.
    pub(super) changes_role: bool,
}

impl Whole {
    /// # Errors
    /// Where `Script::parse` has one, and where it is more than one transaction.
    pub(super) fn parse(file: &Arc<SqlFile>) -> Result<Self, MigrateError> {
        let script = Script::parse(file)?;
        let changes_role = script.changes_role();
        let groups = script.units.iter().filter(|unit| matches!(unit, Unit::Group { .. })).count();
        let (mut begun, mut parts) = (None, Vec::new());
        for unit in script.units {
            match unit {
                Unit::Setting(setting) => parts.push(Part::Setting(setting)),
                Unit::Alone(step) if groups > 0 => return Err(fault("it has statements outside of it", &step)),
                Unit::Alone(step) if step.batches.is_some() => {
                    return Err(fault("batches would be committed one by one", &step));
                }
                Unit::Alone(step) if step.target.is_outside() => return Err(fault("this cannot be in one", &step)),
                Unit::Alone(step) => parts.push(Part::Step(step)),
                Unit::Group { begin, parts: inner, .. } => {
                    if begun.is_some() {
                        return Err(MigrateError::script(Fault::NotWhole("here a second one begins"), &begin));
                    }
                    if let Some(step) = inner.iter().filter_map(Part::step).find(|step| step.target.is_outside()) {
                        return Err(fault("this cannot be in one", step));
                    }
                    begun = Some(begin);
                    parts.extend(inner);
                }
            }
        }
        Ok(Self { begin: begun, parts, changes_role })
    }

    pub(super) fn steps(&self) -> usize {
        self.parts.iter().filter_map(Part::step).count()
    }
}

fn fault(why: &'static str, at: &Step) -> MigrateError {
    MigrateError::script(Fault::NotWhole(why), &at.statement)
}
