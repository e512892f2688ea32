//! `lint --fix`: what can be put right in the text alone is.
//!
//! The files are looked at once more afterwards. A file that says something new then is put back as it was: a second
//! statement in a file may make its tool run both in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::wording::counted;
use crate::command::error::CommandError;
use crate::command::lint::look::Looked;
use crate::command::{out, write};
use crate::lint::fix::{Fixed, apply};
use crate::lint::{Finding, Level};
use crate::sql::file::SqlFile;
use crate::sql::parser::parse;
use crate::sql::split::{Class, split};

/// Looks, fixes, and looks again; what is left is the answer.
pub(super) fn fix(look: &mut dyn FnMut() -> Result<Looked, CommandError>) -> Result<Looked, CommandError> {
    let first = look()?;
    let open: Vec<&Finding> = first.findings.iter().filter(|finding| finding.allowed_by.is_none()).collect();
    let mut files: BTreeMap<&str, Arc<SqlFile>> = BTreeMap::new();
    for at in open.iter().filter(|finding| !finding.fix.is_empty()).filter_map(|finding| finding.at.as_ref()) {
        files.insert(&at.file.path, Arc::clone(&at.file));
    }
    let of = |path: &str, finding: &Finding| finding.at.as_ref().is_some_and(|at| at.file.path == path);
    let mut fixed: BTreeMap<&str, Fixed> = BTreeMap::new();
    for (path, file) in &files {
        let about = open.iter().copied().filter(|finding| of(path, finding));
        fixed.extend(apply(&file.text, about).filter(|new| parses(path, &new.text)).map(|new| (*path, new)));
    }
    if fixed.is_empty() {
        return Ok(first);
    }
    for (path, new) in &fixed {
        put(path, &new.text)?;
    }
    let mut again = look()?;
    let says = |looked: &Looked, path: &str| -> BTreeSet<&'static str> {
        let heavy = |finding: &&Finding| finding.level <= Level::Warning && finding.allowed_by.is_none();
        looked.findings.iter().filter(|finding| of(path, finding)).filter(heavy).map(|finding| finding.code).collect()
    };
    let worse: BTreeMap<&str, Vec<&str>> = fixed
        .keys()
        .map(|path| (*path, says(&again, path).difference(&says(&first, path)).copied().collect::<Vec<_>>()))
        .filter(|(_, new)| !new.is_empty())
        .collect();
    for (path, new) in &worse {
        out::remark(&format!("{path} is left as it was: fixed, it would be found by {}", new.join(", ")));
        if let Some(file) = files.get(path) {
            put(path, &file.text)?;
        }
    }
    fixed.retain(|path, _| !worse.contains_key(path));
    if !worse.is_empty() {
        again = look()?;
    }
    let count = fixed.values().map(|fixed| fixed.count).sum();
    out::remark(&format!("fixed {} in {}", counted(count, "finding"), counted(fixed.len(), "file")));
    Ok(again)
}

fn parses(path: &str, text: &str) -> bool {
    let statements = split(&Arc::new(SqlFile::new(path, text)));
    statements.iter().all(|statement| statement.class == Class::Meta || parse(statement.sql()).is_ok())
}

/// In the place of the old file, also where a link leads to it, and with its mode.
fn put(path: &str, text: &str) -> Result<(), CommandError> {
    let unwritable = |cause| CommandError::Unwritable { path: PathBuf::from(path), cause };
    let real = Path::new(path).canonicalize().map_err(unwritable)?;
    let mode = fs::metadata(&real).map_err(unwritable)?.permissions();
    write::one(&real, text)?;
    fs::set_permissions(&real, mode).map_err(unwritable)
}
