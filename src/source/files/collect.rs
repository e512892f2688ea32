//! Which files make up a schema, and their text.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::WalkBuilder;

use crate::source::error::SourceError;
use crate::sql::file::SqlFile;

/// Reads every file that is named, and every `*.sql` in every folder that is named, at any depth. Hidden files and
/// folders are left out; `.gitignore` is not asked. The order is that of the paths given, and by name within a folder.
/// A file that is reached twice is read once.
///
/// # Errors
/// When a path is not there or cannot be read, a file is not UTF-8, or a folder has no SQL in it.
pub fn collect(paths: &[PathBuf]) -> Result<Vec<Arc<SqlFile>>, SourceError> {
    let mut seen = BTreeSet::new();
    let mut texts = Vec::new();
    for path in paths {
        for file in files(path)? {
            let same = fs::canonicalize(&file).unwrap_or_else(|_| file.clone());
            if seen.insert(same) {
                texts.push(read(&file)?);
            }
        }
    }
    Ok(texts)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, SourceError> {
    if !path.exists() {
        return Err(SourceError::NotThere { path: path.to_owned() });
    }
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut walk = WalkBuilder::new(path);
    walk.standard_filters(false).hidden(true).follow_links(true).sort_by_file_name(Ord::cmp);
    let mut found = Vec::new();
    for entry in walk.build() {
        let entry = entry.map_err(|error| unreadable(path, error))?;
        let sql = entry.path().extension().is_some_and(|ending| ending.eq_ignore_ascii_case("sql"));
        if sql && entry.file_type().is_some_and(|kind| kind.is_file()) {
            found.push(entry.into_path());
        }
    }
    if found.is_empty() {
        return Err(SourceError::NoSql { path: path.to_owned() });
    }
    Ok(found)
}

/// The walker's own error, at the path it is about.
fn unreadable(below: &Path, error: ignore::Error) -> SourceError {
    let path = match &error {
        ignore::Error::WithPath { path, .. } => path.clone(),
        ignore::Error::WithDepth { err, .. } => match &**err {
            ignore::Error::WithPath { path, .. } => path.clone(),
            _ => below.to_owned(),
        },
        _ => below.to_owned(),
    };
    let cause = error.into_io_error().unwrap_or_else(|| std::io::Error::other("the folder cannot be walked"));
    SourceError::Unreadable { path, cause }
}

/// # Errors
/// When the file cannot be read, or is not UTF-8.
pub fn read(path: &Path) -> Result<Arc<SqlFile>, SourceError> {
    let bytes = fs::read(path).map_err(|cause| SourceError::Unreadable { path: path.to_owned(), cause })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        SourceError::Encoding { path: path.to_owned(), line }
    })?;
    Ok(Arc::new(SqlFile::new(path.display().to_string(), text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir, texts: &[Arc<SqlFile>]) -> Vec<String> {
        let below =
            |text: &Arc<SqlFile>| Path::new(&text.path).strip_prefix(folder.path()).unwrap().display().to_string();
        texts.iter().map(below).collect()
    }

    #[test]
    fn takes_all_sql_of_a_folder_by_name_and_each_once() {
        let folder = folder(&[
            (".gitignore", b"*.sql"),
            (".hidden/h.sql", b"select 1"),
            ("b.SQL", b"b"),
            ("a/deep/er.sql", b"c"),
            ("a/z.sql", b"d"),
            ("notes.txt", b"no"),
        ]);
        let texts = collect(&[folder.path().join("a/z.sql"), folder.path().to_owned()]).unwrap();
        assert_eq!(names(&folder, &texts), ["a/z.sql", "a/deep/er.sql", "b.SQL"]);
    }

    #[test]
    fn says_what_is_not_there_empty_or_not_text() {
        let folder = folder(&[("notes.txt", b"no"), ("x/latin.sql", b"select 1;\nselect '\xe9';")]);
        let error = |path: &str| collect(&[folder.path().join(path)]).unwrap_err();
        assert!(matches!(error("gone"), SourceError::NotThere { .. }));
        fs::create_dir(folder.path().join("empty")).unwrap();
        assert!(matches!(error("empty"), SourceError::NoSql { .. }));
        assert!(matches!(error("x"), SourceError::Encoding { line: 2, .. }));
    }
}
