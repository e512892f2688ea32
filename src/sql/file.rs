//! A file of SQL, and places in it.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use miette::NamedSource;

/// A file's text with the path that the user knows it by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SqlFile {
    pub path: String,
    pub text: Arc<str>,
    /// Where each line ends: a place is asked for thousands of times.
    newlines: Vec<usize>,
}

impl SqlFile {
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { path: path.into(), text, newlines }
    }

    /// # Errors
    /// Those of reading; text that is not UTF-8 is one.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self::new(path.display().to_string(), fs::read_to_string(path)?))
    }

    /// The line of a byte, from one.
    pub fn line(&self, offset: usize) -> usize {
        self.newlines.partition_point(|newline| *newline < offset) + 1
    }

    /// Line and column of a byte, both from one; the column counts characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line(offset);
        let start = self.line_start(line);
        // A mark of the byte order, which editors on Windows put first, is in no column.
        let count = |text: &str| text.trim_start_matches('\u{feff}').chars().count();
        (line, self.text.get(start..offset).map_or(offset.saturating_sub(start), count) + 1)
    }

    /// The first byte of a line.
    pub fn line_start(&self, line: usize) -> usize {
        line.checked_sub(2).and_then(|before| self.newlines.get(before)).map_or(0, |newline| newline + 1)
    }

    /// The text for an error that points into it.
    pub fn named_source(&self) -> NamedSource<Arc<str>> {
        NamedSource::new(&self.path, Arc::clone(&self.text)).with_language("SQL")
    }
}

#[cfg(test)]
mod tests {
    use super::SqlFile;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let file = SqlFile::new("a.sql", "a\nüb\n\nc");
        let places: Vec<_> = [0, 1, 2, 4, 5, 6, 7, 8].iter().map(|at| file.line_column(*at)).collect();
        assert_eq!(places, [(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 1), (4, 1), (4, 2)]);
        assert_eq!(file.line_start(1), 0);
        assert_eq!(file.line_start(4), 7);
        let marked = SqlFile::new("a.sql", "\u{feff}a\nb");
        assert_eq!([3, 4, 5].map(|at| marked.line_column(at)), [(1, 1), (1, 2), (2, 1)]);
    }
}
