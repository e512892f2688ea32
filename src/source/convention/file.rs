//! Lines in a file that tell a tool what is up and what is down.

use std::ops::Range;

use crate::sql::file::SqlFile;

/// Where such lines stand, in bytes, each with its end of line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Marks {
    pub(super) goose_up: Option<Range<usize>>,
    pub(super) goose_down: Option<Range<usize>>,
    /// `-- +goose NO TRANSACTION`.
    pub(super) goose_alone: bool,
    pub(super) dbmate_up: Option<Range<usize>>,
    pub(super) dbmate_down: Option<Range<usize>>,
    /// `transaction:false` behind `migrate:up`.
    pub(super) dbmate_alone: bool,
    /// `---- create above / drop below ----`.
    pub(super) tern: Option<Range<usize>>,
    /// `---- tern: disable-tx ----`.
    pub(super) tern_alone: bool,
    /// `-- no-transaction` is the first line.
    pub(super) sqlx: bool,
}

impl Marks {
    pub(super) fn of(file: &SqlFile) -> Self {
        let text: &str = &file.text;
        let mut marks = Self { sqlx: text.starts_with("-- no-transaction"), ..Self::default() };
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = start..start + line.len();
            start = at.end;
            if line.starts_with("--") {
                marks.line(line.trim_ascii_end(), at);
            }
        }
        marks
    }

    /// The first of each counts.
    fn line(&mut self, line: &str, at: Range<usize>) {
        let words: Vec<String> = line[2..].split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["+goose", "up"] => set(&mut self.goose_up, at),
            ["+goose", "down"] => set(&mut self.goose_down, at),
            ["+goose", "no", "transaction"] => self.goose_alone = true,
            ["migrate:up", options @ ..] => {
                self.dbmate_alone |= self.dbmate_up.is_none() && options.contains(&"transaction:false");
                set(&mut self.dbmate_up, at);
            }
            ["migrate:down", ..] => set(&mut self.dbmate_down, at),
            ["--", "create", "above", "/", "drop", "below", "----"] => set(&mut self.tern, at),
            ["--", "tern:", "disable-tx", "----"] => self.tern_alone = true,
            _ => {}
        }
    }

    /// The bytes of the up and of the down, whoever marked them; all is up where nobody did.
    pub(super) fn parts(&self, length: usize) -> (Range<usize>, Option<Range<usize>>) {
        let (up, down) = if self.goose_up.is_some() {
            (&self.goose_up, &self.goose_down)
        } else if self.dbmate_up.is_some() {
            (&self.dbmate_up, &self.dbmate_down)
        } else {
            (&None, &self.tern)
        };
        let start = up.as_ref().map_or(0, |up| up.end);
        match down.as_ref().filter(|down| down.start >= start) {
            Some(down) => (start..down.start, Some(down.end..length)),
            None => (start..length, None),
        }
    }

    /// Whether a tool that reads the marks runs the up outside of a transaction.
    pub(super) fn alone(&self) -> bool {
        self.goose_alone || self.dbmate_alone || self.tern_alone || self.sqlx
    }
}

fn set(place: &mut Option<Range<usize>>, at: Range<usize>) {
    place.get_or_insert(at);
}
