//! The way back from one migration: its down, and what that does not bring back.

use std::sync::Arc;

use crate::base::name::without_public;
use crate::lint::allow::Allow;
use crate::lint::down::gives_up;
use crate::migrate::books::Record;
use crate::migrate::branch::Branch;
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::folder::{Migration, header};
use crate::migrate::kept::only::only_drops;
use crate::migrate::steps::Script;
use crate::sql::file::SqlFile;
use crate::sql::split::split;

/// One migration to take back.
#[derive(Debug)]
pub struct Undo {
    pub run: i64,
    pub script: Script,
    /// Whether it was begun already.
    pub begun: bool,
    /// `lossless`, `lossy`; none where nobody measured it.
    pub grade: Option<String>,
    /// What does not come back.
    pub losses: Vec<String>,
    /// Of the one who began it.
    pub(super) ticket: Option<String>,
    pub(super) migration: Migration,
}

impl Undo {
    /// With the down that the books hold.
    ///
    /// # Errors
    /// `Irreversible` where there is none, or it gives up.
    pub(super) fn of(record: &Record) -> Result<Self, MigrateError> {
        let irreversible = |why: String| MigrateError::from(StateError::Irreversible { id: record.id.clone(), why });
        let Some(down) = &record.down_sql else {
            let why =
                record.origin.as_ref().map(|origin| format!("{} applied it, and there was no down then", origin.tool));
            return Err(irreversible(why.unwrap_or_else(|| "it has no down".to_owned())));
        };
        if record.down_grade.as_deref() == Some("irreversible") {
            return Err(irreversible(record.losses.join(", ")));
        }
        let file =
            |name: &str, text: &str| Arc::new(SqlFile::new(format!("{}/{name} (as it was applied)", record.id), text));
        let down = file("down.sql", down);
        if let Some(how) = gives_up(&split(&file("up.sql", &record.up_sql)), &split(&down)) {
            return Err(irreversible(how.to_owned()));
        }
        let (from, to, _) = header(&record.up_sql);
        Ok(Self {
            run: record.run,
            script: Script::parse(&down)?,
            begun: record.turned,
            grade: record.down_grade.clone(),
            losses: record.losses.clone(),
            ticket: record.rollback_ticket.clone().filter(|_| record.turned),
            migration: Migration {
                id: record.id.clone(),
                up: file("up.sql", &record.up_sql),
                down: Some(down),
                from,
                to,
                grade: record.down_grade.clone(),
                losses: record.losses.clone(),
                plan_sha256: None,
                contract: None,
                own: false,
                branch: Branch::default(),
                replaces: Vec::new(),
            },
        })
    }

    pub fn id(&self) -> &str {
        &self.migration.id
    }

    /// Whether nothing is lost by it that is not kept: what it does not bring back went when it was applied, or is dropped by
    /// it now.
    pub fn only_drops(&self) -> bool {
        self.script.steps().all(|step| only_drops(step.statement.sql()))
    }

    /// What the down does not bring back, or may not, and that nobody allowed.
    pub fn not_allowed(&self, allowed: &[Allow]) -> Vec<String> {
        if self.begun || self.grade.as_deref() == Some("lossless") {
            return Vec::new();
        }
        let fits = |allow: &&Allow| ["all", "down-lossy"].contains(&allow.code.as_str());
        let objects: Vec<Option<&str>> = allowed.iter().filter(fits).map(|allow| allow.object.as_deref()).collect();
        if objects.contains(&None) || objects.contains(&Some(self.id())) {
            return Vec::new();
        }
        if self.losses.is_empty() {
            return vec!["nobody measured what it does not bring back".to_owned()];
        }
        let named = |loss: &str| {
            let names = |object: &&str| {
                let object = without_public(object);
                loss.strip_suffix(object.as_str()).is_some_and(|before| before.is_empty() || before.ends_with(' '))
            };
            objects.iter().flatten().any(names)
        };
        self.losses.iter().filter(|loss| !named(&without_public(loss))).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undo(grade: Option<&str>, losses: &[&str]) -> Undo {
        let file = Arc::new(SqlFile::new("up.sql", ""));
        let (grade, losses): (Option<String>, Vec<String>) =
            (grade.map(str::to_owned), losses.iter().map(|loss| (*loss).to_owned()).collect());
        let migration = Migration {
            id: "20260101000000_a".to_owned(),
            up: file,
            down: None,
            from: None,
            to: None,
            grade: grade.clone(),
            losses: losses.clone(),
            plan_sha256: None,
            contract: None,
            own: false,
            branch: Branch::default(),
            replaces: Vec::new(),
        };
        Undo { run: 1, script: Script::default(), begun: false, grade, losses, ticket: None, migration }
    }

    #[test]
    fn each_loss_is_allowed_by_its_object_or_all_by_the_migration() {
        let lossy = undo(Some("lossy"), &["the rows of orders", "the values of column clients.note"]);
        let left = |allow: &[&str]| {
            let allow: Vec<Allow> = allow.iter().map(|text| text.parse().unwrap()).collect();
            lossy.not_allowed(&allow).len()
        };
        assert_eq!(left(&[]), 2);
        assert_eq!(left(&["drop-table:orders"]), 2);
        assert_eq!(left(&["down-lossy:public.orders"]), 1);
        assert_eq!(left(&["down-lossy:rders"]), 2);
        assert_eq!(left(&["down-lossy:orders", "down-lossy:public.clients.note"]), 0);
        assert_eq!(left(&["down-lossy:20260101000000_a"]), 0);
        assert_eq!(left(&["down-lossy"]), 0);
        assert_eq!(undo(None, &[]).not_allowed(&[]).len(), 1);
        assert_eq!(undo(Some("lossless"), &[]).not_allowed(&[]).len(), 0);
    }
}
