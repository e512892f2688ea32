//! Alembic: only the last revision of each branch. What came before it stands in the files, which name what they go on from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::migrate::foreign::folder::Folder;
use crate::migrate::foreign::row::{Read, Row, text};
use crate::migrate::foreign::version::DIGITS;
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "alembic",
    table: "alembic_version",
    columns: &[("version_num", &["character varying"])],
    order: "version_num",
    numbered: false,
    read: |rows| {
        let one = |row: &Value| Some(Row { version: Some(text(row, "version_num")?), ..Row::default() });
        Read { rows: rows.iter().filter_map(one).collect(), unfinished: Vec::new() }
    },
    expand,
    ..PLAIN
};

/// What a file says of its revision.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Revision {
    id: String,
    /// What it goes on from, and what has to be there beside that.
    after: Vec<String>,
    /// When the file was made, in fourteen digits.
    made: Option<String>,
    stem: String,
}

fn expand(heads: Vec<Row>, folder: &Folder) -> Vec<Row> {
    let files = folder.others.iter().filter(|(_, path)| path.extension().is_some_and(|ending| ending == "py"));
    let revisions = files.filter_map(|(stem, path)| revision(stem, path));
    let revisions: BTreeMap<String, Revision> = revisions.map(|one| (one.id.clone(), one)).collect();
    let (mut seen, mut rows) = (BTreeSet::new(), Vec::new());
    for head in heads {
        // The parents of one are written down before it, without calling itself: chains are long.
        let mut left = vec![(head.version.unwrap_or_default(), false)];
        while let Some((id, done)) = left.pop() {
            let revision = revisions.get(&id);
            if done {
                rows.push(row(id, revision));
            } else if seen.insert(id.clone()) {
                left.push((id, true));
                let after = revision.map(|revision| revision.after.clone()).unwrap_or_default();
                left.extend(after.into_iter().rev().map(|id| (id, false)));
            }
        }
    }
    rows
}

fn row(id: String, revision: Option<&Revision>) -> Row {
    let name = revision.map(|revision| &revision.stem).filter(|stem| stem.starts_with(id.as_str())).cloned();
    let name = name.or_else(|| revision.map(|revision| format!("{id}_{}", revision.stem)));
    Row { version: Some(id), name, time: revision.and_then(|revision| revision.made.clone()), ..Row::default() }
}

fn revision(stem: &str, path: &Path) -> Option<Revision> {
    told(stem, &fs::read_to_string(path).ok()?)
}

/// Reads the assignments that Alembic writes into each file, as it writes them.
fn told(stem: &str, text: &str) -> Option<Revision> {
    let mut found = Revision { stem: stem.to_owned(), ..Revision::default() };
    for line in text.lines() {
        if let Some(made) = line.strip_prefix("Create Date:") {
            let digits: String = made.chars().filter(char::is_ascii_digit).take(DIGITS).collect();
            found.made = Some(digits).filter(|digits| digits.len() == DIGITS);
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        // `down_revision: Union[str, None]` is the same name.
        match name.split(':').next().unwrap_or_default().trim_end() {
            "revision" => found.id = quoted(value).into_iter().next().unwrap_or_default(),
            "down_revision" | "depends_on" => found.after.extend(quoted(value)),
            _ => {}
        }
    }
    (!found.id.is_empty()).then_some(found)
}

/// What stands in quotes.
fn quoted(text: &str) -> Vec<String> {
    let text = text.split('#').next().unwrap_or_default();
    text.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_what_it_goes_on_from() {
        let text = "\"\"\"merge\n\nRevises: a1, b2\nCreate Date: 2024-01-31 12:00:01.123456\n\"\"\"\nfrom typing import Union\n\n\
                    revision: str = 'c3'\ndown_revision: Union[str, None] = ('a1', \"b2\")\nbranch_labels = None\n\
                    depends_on: Union[str, None] = None\n\ndef upgrade() -> None:\n    revision = 'no'\n";
        let wanted = Revision {
            id: "c3".to_owned(),
            after: vec!["a1".to_owned(), "b2".to_owned()],
            made: Some("20240131120001".to_owned()),
            stem: "c3_merge".to_owned(),
        };
        assert_eq!(told("c3_merge", text), Some(wanted));
        assert_eq!(told("env", "x = 'y'\n"), None);
    }
}
