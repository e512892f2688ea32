//! Which backups are kept, and which have had their time.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::operate::backup::shelf::Backup;
use crate::operate::backup::{Kind, Purpose};

/// How many are kept, of each kind of each database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keep {
    /// Days, for those that were made before migrations.
    pub pre_migration: u32,
    /// The last of a day, for so many days that have one; of weeks and months likewise.
    pub daily: usize,
    pub weekly: usize,
    pub monthly: usize,
}

/// Which day, week or month a day is in.
type Period<'a> = &'a dyn Fn(Date) -> (i32, i32);

/// Why each is kept, in the order given; none where its time is over.
///
/// The last good full one of a database is always kept, and so is the last one that was verified.
pub fn reasons(backups: &[Backup], keep: &Keep, now: Timestamp) -> Vec<Option<&'static str>> {
    let mut reasons: Vec<Option<&'static str>> = vec![None; backups.len()];
    let mut newest: Vec<usize> = (0..backups.len()).collect();
    newest.sort_by_key(|at| std::cmp::Reverse((time(&backups[*at]), *at)));
    let groups: BTreeSet<_> = backups.iter().map(group).collect();
    for wanted in groups {
        let members: Vec<usize> = newest.iter().copied().filter(|at| group(&backups[*at]) == wanted).collect();
        let full = |at: &&usize| wanted.2 == Kind::Full && backups[**at].damage.is_none();
        let mut give = |at: Option<&usize>, reason| {
            if let Some(at) = at {
                reasons[*at].get_or_insert(reason);
            }
        };
        give(members.iter().find(full), "the last good one");
        give(members.iter().filter(full).find(|at| backups[**at].verified_at.is_some()), "the last one verified");
        for at in members.iter().filter(|at| backups[**at].manifest.purpose == Purpose::PreMigration) {
            let age = now.duration_since(time(&backups[*at]));
            let young = age < SignedDuration::from_hours(24 * i64::from(keep.pre_migration));
            give(young.then_some(at), "before a migration");
        }
        let regular: Vec<usize> =
            members.into_iter().filter(|at| backups[*at].manifest.purpose == Purpose::Regular).collect();
        let week = |date: Date| {
            let week = date.iso_week_date();
            (i32::from(week.year()), i32::from(week.week()))
        };
        let periods: [(usize, &'static str, Period); 3] = [
            (keep.daily, "daily", &|date| (i32::from(date.year()), i32::from(date.day_of_year()))),
            (keep.weekly, "weekly", &week),
            (keep.monthly, "monthly", &|date| (i32::from(date.year()), i32::from(date.month()))),
        ];
        for (count, reason, period) in periods {
            let mut seen = BTreeSet::new();
            for at in &regular {
                let date = time(&backups[*at]).to_zoned(TimeZone::UTC).date();
                if seen.len() < count && seen.insert(period(date)) {
                    give(Some(at), reason);
                }
            }
        }
    }
    reasons
}

/// What is kept for itself. Backups of some tables are no stand-in for those of all.
fn group(backup: &Backup) -> (&str, &str, Kind, Vec<&String>) {
    let manifest = &backup.manifest;
    let tables = if manifest.partial { manifest.rows.keys().collect() } else { Vec::new() };
    (&manifest.server, &manifest.database, manifest.kind, tables)
}

/// One without a time that can be read was never made by this program, and is the oldest.
fn time(backup: &Backup) -> Timestamp {
    backup.manifest.started_at.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::operate::backup::Format;
    use crate::operate::backup::manifest::Manifest;
    use crate::scratch::target::Locale;

    fn made(at: &str, purpose: Purpose) -> Backup {
        let text = || String::new();
        let locale = Locale {
            encoding: text(),
            collate: text(),
            ctype: text(),
            provider: text(),
            locale: None,
            icu_rules: None,
        };
        let manifest = Manifest {
            version: 1,
            tool: text(),
            name: at.to_owned(),
            kind: Kind::Full,
            purpose,
            database: "shop".to_owned(),
            server: text(),
            server_version: text(),
            program: 15,
            started_at: format!("{at}Z"),
            milliseconds: 0,
            format: Format::Custom,
            layers: vec![],
            fingerprint: text(),
            rows: BTreeMap::new(),
            since: None,
            partial: false,
            roles: BTreeMap::new(),
            locale,
            settings: BTreeMap::new(),
            libraries: vec![],
            files: vec![],
        };
        Backup { folder: PathBuf::new(), manifest, verified_at: None, damage: None }
    }

    const KEEP: Keep = Keep { pre_migration: 30, daily: 2, weekly: 2, monthly: 2 };

    fn kept(backups: &[Backup]) -> Vec<Option<&'static str>> {
        reasons(backups, &KEEP, "2026-11-21T12:00:00Z".parse().unwrap())
    }

    #[test]
    fn days_weeks_and_months_keep_their_last_one() {
        let times = [
            "2026-09-30T03:00:00",
            "2026-10-30T03:00:00",
            "2026-11-13T03:00:00",
            "2026-11-14T03:00:00",
            "2026-11-20T03:00:00",
            "2026-11-20T23:00:00",
            "2026-11-21T03:00:00",
        ];
        let backups = times.map(|time| made(time, Purpose::Regular));
        let wanted = [None, Some("monthly"), None, Some("weekly"), None, Some("daily"), Some("the last good one")];
        assert_eq!(kept(&backups), wanted);
    }

    #[test]
    fn those_before_migrations_are_kept_for_days() {
        let backups = ["2026-10-01T00:00:00", "2026-11-01T00:00:00", "2026-11-21T00:00:00"]
            .map(|time| made(time, Purpose::PreMigration));
        assert_eq!(kept(&backups), [None, Some("before a migration"), Some("the last good one")]);
    }

    #[test]
    fn the_last_good_one_stays_however_old_it_is() {
        let mut backups = ["2020-01-01T00:00:00", "2020-01-02T00:00:00", "2020-01-03T00:00:00"]
            .map(|time| made(time, Purpose::PreMigration));
        backups[2].damage = Some("`dump` is not there".to_owned());
        backups[0].verified_at = Some("2020-01-01T01:00:00Z".to_owned());
        assert_eq!(kept(&backups), [Some("the last one verified"), Some("the last good one"), None]);
        backups[1].manifest.database = "other".to_owned();
        assert_eq!(kept(&backups), [Some("the last good one"), Some("the last good one"), None]);
    }
}
