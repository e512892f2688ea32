//! A file of SQL, and places in it.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A file's text with the path that the user knows it by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SqlFile {
    pub path: String,
    pub text: Arc<str>,
}

impl SqlFile {
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    /// # Errors
    /// Those of reading; text that is not UTF-8 is one.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self::new(path.display().to_string(), fs::read_to_string(path)?))
    }

    /// Line and column of a byte, both from one; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = &self.text[..offset.min(self.text.len())];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (line, before[start..].chars().count() + 1)
    }
}
