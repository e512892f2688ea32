//! What a planned script says that its statements do: the comments that `plan` wrote above them, of what it saw.

use std::sync::Arc;

use serde::Serialize;

use crate::migrate::folder::header;
use crate::sql::file::SqlFile;
use crate::sql::split::split;

/// The comment above a statement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Effect {
    /// Of the statement in the script, counted from one.
    pub line: usize,
    /// Why it is there, what it locks and reads, what it loses; a line each.
    pub said: Vec<String>,
}

/// Those of a script that `plan` wrote; none of another, where nobody measured anything.
pub fn effects(text: &str) -> Vec<Effect> {
    if header(text).0.is_none() {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let one = |line: usize| {
        let above = lines.get(..line.saturating_sub(1)).unwrap_or_default();
        let said = above.iter().rev().map_while(|line| line.strip_prefix("-- "));
        let mut said: Vec<String> = said.map(str::to_owned).collect();
        said.reverse();
        // What only says that a transaction begins.
        let bare = said.is_empty() || lines.get(line.saturating_sub(1)).is_some_and(|line| line.starts_with("BEGIN"));
        (!bare).then_some(Effect { line, said })
    };
    split(&Arc::new(SqlFile::new("up.sql", text))).iter().filter_map(|statement| one(statement.line())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UP: &str = "-- add-history-release (up)\n-- from 7290778f to 805016f7, PostgreSQL 15, proven up and down, down\n\
        -- lossless\n\nSET search_path = public;\n\n-- one transaction\nBEGIN;\n\n-- new column (a.sql:3)\n\
        -- ACCESS EXCLUSIVE on t, no row is read\nALTER TABLE t ADD COLUMN release bigint;\nCOMMENT ON TABLE t IS '';\n\nCOMMIT;\n";

    #[test]
    fn what_stands_above_a_statement_is_its_effect() {
        let said = ["new column (a.sql:3)", "ACCESS EXCLUSIVE on t, no row is read"].map(str::to_owned).to_vec();
        assert_eq!(effects(UP), [Effect { line: 12, said }]);
        assert_eq!(effects("-- a comment\nSELECT 1;"), []);
    }
}
