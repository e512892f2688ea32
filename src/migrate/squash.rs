//! A migration that took the place of others: its head names them, with what they were when they were squashed.
//!
//! A database that ran all of them is where it leads: it is written down, and not run. One that ran none runs it. One that
//! ran some is told which are missing.

use crate::base::wording::counted;
use crate::migrate::apply::Order;
use crate::migrate::books::{self, Record};
use crate::migrate::enter::{self, Run};
use crate::migrate::error::{MigrateError, StateError};
use crate::migrate::event::Event;
use crate::migrate::folder::Migration;
use crate::migrate::session::Session;
use crate::migrate::survey::{Standing, Survey};

/// How much of a checksum stands in the head.
const DIGITS: usize = 16;

/// One that another took the place of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replaced {
    pub id: String,
    /// The first digits of the SHA-256 of its up, and of what it was with other states at its head.
    pub hashes: Vec<String>,
    /// One that took its place before it went itself: either it, or all that it took the place of.
    pub within: Option<String>,
}

impl Replaced {
    pub fn of(file: &Migration) -> Self {
        let hex = |hash: Vec<u8>| hash.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        let former = file.branch.former.iter().cloned();
        let hashes = std::iter::once(file.up_sha256()).chain(former).map(hex).collect();
        Self { id: file.id.clone(), hashes, within: None }
    }

    /// What stands in the head.
    pub fn directive(&self) -> String {
        let within = self.within.as_ref().map(|within| format!(" in={within}")).unwrap_or_default();
        format!("pgplumb: replaces {} {}{within}", self.id, self.hashes.join(" "))
    }

    fn is(&self, record: &Record) -> bool {
        self.hashes.iter().any(|hash| hash.len() >= DIGITS && record.up_sha256.starts_with(hash.as_str()))
    }
}

/// What the comment at the head of a script says that it takes the place of.
pub(in crate::migrate) fn replaces(text: &str) -> Vec<Replaced> {
    let head = text.lines().take_while(|line| line.starts_with("--") || line.is_empty());
    let one = |line: &str| {
        let mut words = line.trim_start_matches('-').split_whitespace();
        let is = words.by_ref().take(2).eq(["pgplumb:", "replaces"]);
        let id = words.next().filter(|_| is)?.to_owned();
        let (within, hashes): (Vec<&str>, Vec<&str>) = words.partition(|word| word.starts_with("in="));
        let within = within.first().and_then(|word| word.strip_prefix("in=")).map(str::to_owned);
        Some(Replaced { id, hashes: hashes.into_iter().map(str::to_owned).collect(), within })
    };
    head.filter_map(one).collect()
}

/// Which of them are not applied, nor all that they took the place of.
pub(in crate::migrate) fn missing(replaces: &[Replaced], applied: &dyn Fn(&str) -> bool) -> Vec<String> {
    of_those_in(None, replaces, applied)
}

fn of_those_in(within: Option<&str>, replaces: &[Replaced], applied: &dyn Fn(&str) -> bool) -> Vec<String> {
    let own = replaces.iter().filter(|old| old.within.as_deref() == within && !applied(&old.id));
    let one = |old: &Replaced| {
        let took = replaces.iter().any(|other| other.within.as_ref() == Some(&old.id));
        if took { of_those_in(Some(&old.id), replaces, applied) } else { vec![old.id.clone()] }
    };
    own.flat_map(one).collect()
}

/// That each which takes the place of others does so here for all of them, or for none.
pub(in crate::migrate) fn check(survey: &Survey) -> Result<(), MigrateError> {
    for entry in &survey.entries {
        let Some(file) = entry.file.filter(|file| !file.replaces.is_empty() && entry.record.is_none()) else {
            continue;
        };
        let applied = |id: &str| {
            survey.entries.iter().find(|old| old.id == id).is_some_and(|old| old.standing == Standing::Applied)
        };
        let begun = |id: &str| survey.entries.iter().find(|old| old.id == id).and_then(|old| old.record);
        let missing = missing(&file.replaces, &applied);
        let some = file.replaces.iter().any(|old| begun(&old.id).is_some_and(Record::in_force));
        if some && !missing.is_empty() {
            return Err(StateError::PartlyReplaced { id: file.id.clone(), count: file.replaces.len(), missing }.into());
        }
        let differs = file.replaces.iter().filter(|old| begun(&old.id).is_some_and(|record| !is_same(old, record)));
        let ids: Vec<String> = differs.map(|old| old.id.clone()).collect();
        if some && !ids.is_empty() {
            return Err(StateError::ReplacedDiffers { id: file.id.clone(), ids }.into());
        }
    }
    Ok(())
}

/// When it took effect, in runs: what was written down in the place of others did so with the last of these.
pub(in crate::migrate) fn effective(record: &Record, records: &[Record]) -> i64 {
    if record.kind != "baseline" {
        return record.run;
    }
    let old = replaces(&record.up_sql);
    let runs = records.iter().filter(|other| old.iter().any(|old| old.id == other.id)).map(|other| other.run);
    runs.max().unwrap_or(record.run)
}

/// One that was taken as applied was not run, whatever its text was.
fn is_same(old: &Replaced, record: &Record) -> bool {
    record.kind == "baseline" || old.is(record)
}

impl Session<'_> {
    /// Writes down those that take the place of what is applied. Where nothing came behind them, the database has to be
    /// what they lead to. They are not taken back: what would be is a database that held rows before.
    pub(in crate::migrate) fn adopt(&mut self, files: &[Migration], order: &Order) -> Result<(), MigrateError> {
        let records = books::records(&mut self.connection)?;
        let survey = Survey::of(files, &records);
        check(&survey)?;
        let adopted = survey.entries.iter().filter(|entry| entry.standing == Standing::Replaces && !order.only_begun);
        for entry in adopted.clone() {
            let Some(file) = entry.file else { continue };
            let is_behind = |other: &crate::migrate::survey::Entry| {
                other.id > entry.id && other.record.is_some_and(Record::in_force)
            };
            if !order.despite_drift && !survey.entries.iter().any(is_behind) {
                let live = self.measure()?;
                if file.to.as_deref().is_some_and(|to| !live.is(to)) {
                    let why = "the database is not in the state that it leads to".to_owned();
                    return Err(StateError::Contradicted { id: file.id.clone(), why }.into());
                }
            }
        }
        for file in adopted.filter_map(|entry| entry.file) {
            let (host, ticket) = (self.host.clone(), self.options.ticket.clone());
            let (host, ticket) = (host.as_deref(), ticket.as_deref());
            let migration = &Migration { down: None, ..file.clone() };
            let run = Run { migration, kind: "baseline", host, ticket, release: None };
            enter::begin(&mut self.connection, &run, "applied", 0.0, None)?;
            let count = counted(file.replaces.len(), "migration");
            self.say(Event::Note { text: format!("`{}` is on record in the place of {count}", file.id) });
        }
        Ok(())
    }

    /// Says what would be written down.
    pub(in crate::migrate) fn tell_replaced(&mut self, survey: &Survey) {
        let replaces = survey.entries.iter().filter(|entry| entry.standing == Standing::Replaces);
        for file in replaces.filter_map(|entry| entry.file) {
            let count = counted(file.replaces.len(), "migration");
            self.say(Event::Note { text: format!("`{}` takes the place of {count} that are applied", file.id) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_says_what_it_takes_the_place_of() {
        let hashes = vec!["00ff".to_owned(), "11aa".to_owned()];
        let old = Replaced { id: "20260101000000_a".to_owned(), hashes, within: None };
        let older = Replaced { id: "1_b".to_owned(), within: Some(old.id.clone()), ..old.clone() };
        let (one, two) = (old.directive(), older.directive());
        let text = format!("-- squashed (up)\n-- {one}\n-- {two}\n\nSET x;\n-- pgplumb: replaces 2 22\n");
        assert_eq!(replaces(&text), [old, older]);
        assert_eq!(replaces("SET x;"), []);
    }

    #[test]
    fn one_that_was_squashed_twice_stands_for_what_it_took_the_place_of() {
        let one = |id: &str, within: Option<&str>| Replaced {
            id: id.to_owned(),
            hashes: Vec::new(),
            within: within.map(str::to_owned),
        };
        let all = [one("a", Some("ab")), one("b", Some("ab")), one("ab", None), one("c", None)];
        let left = |applied: &[&str]| missing(&all, &|id| applied.contains(&id)).join(" ");
        assert_eq!(left(&["ab", "c"]), "");
        assert_eq!(left(&["a", "b", "c"]), "");
        assert_eq!(left(&["a", "b", "ab"]), "c");
        assert_eq!(left(&["a", "c"]), "b");
    }
}
