//! How the migrations stand.

use crate::operate::health::{Area, Level, Measure};
use crate::operate::preflight::asked::Migrations;

pub(super) fn look(migrations: Option<&Migrations>) -> Vec<Measure> {
    let list = |of: fn(&Migrations) -> &Vec<String>| migrations.map(of);
    let one = |name, what, found: Option<&Vec<String>>, worst| {
        let count = found.map_or(0, Vec::len);
        #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
        let value = found.map(|found| found.len() as f64);
        let said = found.map_or_else(|| "the books could not be read".to_owned(), |found| found.len().to_string());
        let level = if count > 0 { worst } else { Level::Info };
        Measure { area: Area::Migrations, name, what, value, level, said }
    };
    vec![
        one("migrations_pending", "migrations that are due", list(|all| &all.pending), Level::Info),
        one("migrations_failed", "migrations that failed, or were cut off", list(|all| &all.failed), Level::Critical),
        one(
            "migrations_changed",
            "applied migrations whose files are others now",
            list(|all| &all.changed),
            Level::Warning,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_critical() {
        let failed = Migrations { failed: vec!["a".to_owned()], ..Migrations::default() };
        let levels = |all: Option<&Migrations>| look(all).iter().map(|measure| measure.level).collect::<Vec<_>>();
        assert_eq!(levels(Some(&failed)), [Level::Info, Level::Critical, Level::Info]);
        assert!(look(None).iter().all(|measure| measure.value.is_none() && measure.level == Level::Info));
    }
}
