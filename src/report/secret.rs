//! SQL as a report may show it: reports are kept, and read by more people than the files.

use std::sync::Arc;

use crate::lint::rule::secret_in_sql::RULE;
use crate::lint::script::{Context, Script};
use crate::sql::file::SqlFile;
use crate::sql::split::split;

/// The SQL with stars in the place of every password and key.
pub fn masked(sql: &str) -> String {
    let statements = split(&Arc::new(SqlFile::new("", sql)));
    let script = Script::of_file(&statements, &[], Context::default());
    let found = RULE.script.map(|check| check(&script)).unwrap_or_default();
    let mut bytes = sql.as_bytes().to_vec();
    for span in found.into_iter().filter_map(|finding| finding.at) {
        for byte in bytes.get_mut(span.bytes).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b'*';
        }
    }
    // A secret begins and ends between characters, and so do the stars.
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let sql = "CREATE TABLE ü (a text);\nCREATE ROLE r LOGIN PASSWORD 'correct horse';\nSELECT 1;\n";
        let masked = masked(sql);
        assert!(!masked.contains("correct") && masked.contains("CREATE TABLE ü (a text);"), "{masked}");
        assert!(masked.ends_with("SELECT 1;\n"), "{masked}");
    }
}
