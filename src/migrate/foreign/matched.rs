//! A history and the files side by side: what each migration is called here, and which text it is.

use std::collections::BTreeSet;

use crate::migrate::folder::Migration;
use crate::migrate::foreign::Tool;
use crate::migrate::foreign::folder::{Folder, Script};
use crate::migrate::foreign::row::Row;
use crate::migrate::foreign::version::{DIGITS, digits, numbers, plain, slug};

/// A migration of another tool as it comes into the books.
#[derive(Debug)]
pub(super) struct Matched<'a> {
    pub id: String,
    pub row: Row,
    pub own: Option<&'a Migration>,
    pub script: Option<&'a Script>,
    /// The file that should be what was applied, and is not.
    pub differs: Option<&'a str>,
}

impl Matched<'_> {
    /// The texts of both directions; none where there is no file, and no down where that has none.
    pub(super) fn texts(&self) -> (Option<&str>, Option<&str>) {
        match (self.own, self.script) {
            (Some(own), _) => (Some(&own.up.text), own.down.as_ref().map(|down| &*down.text)),
            (None, Some(script)) => (Some(&script.up), script.down.as_deref()),
            (None, None) => (None, None),
        }
    }
}

/// Finds the files of all rows. `times` are when they ran, in fourteen digits.
pub(super) fn matched<'a>(
    tool: &Tool,
    rows: Vec<Row>,
    times: &[Option<String>],
    folder: &'a Folder<'a>,
) -> Vec<Matched<'a>> {
    let is_number = |row: &Row| row.version.as_ref().is_none_or(|version| digits(version).is_some());
    let numbered = tool.numbered && rows.iter().all(is_number);
    let names = folder.names();
    let mut taken = BTreeSet::new();
    let one = |(place, mut row): (usize, Row)| {
        let script = folder.scripts.iter().find(|script| is_of(tool, &row, script));
        let version = row.version.as_ref();
        row.name = row.name.filter(|name| !name.is_empty()).or_else(|| {
            let of_file = script.map(|script| script.name.clone()).filter(|name| !name.is_empty());
            of_file.or_else(|| names.get(&plain(version?)).cloned())
        });
        let time = times.get(place).and_then(Option::as_deref);
        let (head, is_fixed) = head(&row, numbered, time);
        let id = format!("{head}{}", tail(tool, &row, numbered));
        let own = own(tool, &row, &id, is_fixed, folder.own);
        let (id, differs) = (own.map_or(id, |own| own.id.clone()), differs(tool, &row, own, script));
        // Two may have been made, or have run, in the same second under the same name.
        let again = (2..).map(|number| format!("{id}_{number}"));
        let id = std::iter::once(id.clone()).chain(again).find(|id| taken.insert(id.clone())).unwrap_or(id);
        Matched { id, row, own, script, differs }
    };
    rows.into_iter().enumerate().map(one).collect()
}

/// The fourteen digits, and whether they are part of the migration itself and not of when it ran.
fn head(row: &Row, numbered: bool, ran: Option<&str>) -> (String, bool) {
    if let Some(time) = &row.time {
        return (time.clone(), true);
    }
    let version = row.version.as_ref().filter(|_| numbered);
    match version.and_then(|version| digits(version)) {
        Some((head, _)) => (head, true),
        None => (ran.map_or("0".repeat(DIGITS), str::to_owned), false),
    }
}

/// What comes behind them: the name, and what of the version does not stand in them.
fn tail(tool: &Tool, row: &Row, numbered: bool) -> String {
    let name = row.name.clone().unwrap_or_default();
    let version = match row.version.as_deref() {
        Some(_) if row.time.is_some() => None,
        Some(version) if numbered => digits(version).map(|(_, rest)| rest),
        Some(version) => Some(version.to_owned()).filter(|version| !name.starts_with(version.as_str())),
        None => None,
    };
    let mut parts: Vec<String> = version.into_iter().chain([name]).map(|part| slug(&part)).collect();
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        // Nothing has a name: as much of the checksum as tells it from others.
        let short = row.checksum.as_deref().filter(|_| row.time.is_some()).and_then(|checksum| checksum.get(..8));
        parts.push(short.unwrap_or(tool.name).to_owned());
    }
    format!("_{}", parts.join("_"))
}

/// Whether a file of the tool's own form is this migration.
fn is_of(tool: &Tool, row: &Row, script: &Script) -> bool {
    if row.stem.as_ref().is_some_and(|stem| *stem == script.stem) {
        return true;
    }
    match (&row.version, &script.version) {
        // Of Drizzle's files only the text tells.
        _ if row.time.is_some() => (tool.is_same)(row, &script.file.text) == Some(true),
        (Some(version), Some(other)) => plain(version) == plain(other),
        _ => false,
    }
}

/// One of our own form that is this migration: by its number or time, or by its name where the checksum proves it.
fn own<'a>(tool: &Tool, row: &Row, id: &str, is_fixed: bool, own: &'a [Migration]) -> Option<&'a Migration> {
    if let Some(same) = own.iter().find(|own| own.id == id) {
        return Some(same);
    }
    let mut of_time = own.iter().filter(|own| is_fixed && own.id.get(..DIGITS) == id.get(..DIGITS));
    if let (Some(one), None) = (of_time.next(), of_time.next()) {
        return Some(one);
    }
    let name = row.name.as_deref().map(slug);
    let is_named = |own: &&Migration| name.as_ref().is_none_or(|name| own.name() == *name);
    own.iter().filter(is_named).find(|own| (tool.is_same)(row, &own.up.text) == Some(true))
}

/// A file that was changed since it was applied. One of our own form may have been made of another that was not.
fn differs<'a>(tool: &Tool, row: &Row, own: Option<&'a Migration>, script: Option<&'a Script>) -> Option<&'a str> {
    let is_same = |text: &str| (tool.is_same)(row, text);
    match (script, own) {
        (Some(script), _) if is_same(&script.file.text) == Some(false) => Some(&script.file.path),
        (None, Some(own)) if is_same(&own.up.text) == Some(false) => Some(&own.up.path),
        _ => None,
    }
}

/// The files of the tool that it has not applied.
pub(super) fn left<'a>(matched: &[Matched], folder: &'a Folder) -> Vec<&'a str> {
    let is_matched = |script: &Script| {
        matched.iter().any(|one| one.script.is_some_and(|found| found.stem == script.stem && found.file == script.file))
    };
    let covered = |script: &Script| {
        let numbers = script.version.as_deref().and_then(numbers);
        let up_to =
            |one: &Matched| one.row.covers.then(|| one.row.version.as_deref().and_then(self::numbers)).flatten();
        matched.iter().filter_map(up_to).any(|up_to| numbers.as_ref().is_some_and(|numbers| *numbers <= up_to))
    };
    let counts = |script: &&Script| script.version.is_some() || script.stem.starts_with("R__");
    let left = folder.scripts.iter().filter(counts).filter(|script| !is_matched(script) && !covered(script));
    left.map(|script| script.stem.as_str()).collect()
}
