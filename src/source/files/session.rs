//! What a file sets its session to, as far as that still counts where another file goes on from it.

use std::collections::BTreeSet;

use crate::source::files::script::Setting;
use crate::sql::words::{Words, begins};

/// The last of each parameter, in order: a file that takes in hundreds would set all of theirs again for each of them.
pub(super) fn last_of_each(settings: &[Setting]) -> Vec<Setting> {
    let mut seen = BTreeSet::new();
    let mut kept: Vec<Setting> =
        settings.iter().rev().filter(|one| seen.insert(parameter(&one.sql))).cloned().collect();
    kept.reverse();
    kept
}

/// What is set; the whole statement where that is not to be told.
fn parameter(sql: &str) -> String {
    let skipped = match sql {
        _ if begins(sql, &["SELECT"]) => return sql.split('\'').nth(1).unwrap_or(sql).to_lowercase(),
        _ if begins(sql, &["SET|RESET", "SESSION", "AUTHORIZATION"]) => return "session authorization".to_owned(),
        _ if begins(sql, &["SET|RESET", "TIME", "ZONE"]) => return "timezone".to_owned(),
        _ if begins(sql, &["SET", "SESSION|LOCAL"]) => 2,
        _ if begins(sql, &["SET|RESET"]) => 1,
        _ => return sql.to_owned(),
    };
    match Words::of(sql).nth(skipped) {
        // A quoted name is no word.
        Some((word, _)) if !word.is_empty() => word.to_lowercase(),
        _ => sql.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_parameter_the_last_counts() {
        let all = [
            "SET a = 1",
            "SET search_path TO x, y",
            "SET SESSION AUTHORIZATION boss",
            "SET ROLE clerk",
            "RESET A",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "SET TIME ZONE 'UTC'",
            "SET LOCAL role TO other",
            "SET timezone = 'CET'",
            "SET \"a\" = 2",
            "SET \"b\" = 3",
        ];
        let settings: Vec<Setting> = all.iter().map(|sql| Setting { at: 0, sql: (*sql).to_owned() }).collect();
        let kept: Vec<String> = last_of_each(&settings).into_iter().map(|setting| setting.sql).collect();
        assert_eq!(kept, [all[2], all[4], all[5], all[7], all[8], all[9], all[10]]);
    }
}
