//! What is known of the way back of a migration.

use crate::lint::Finding;
use crate::lint::finding::Span;
use crate::lint::rule::Rule;
use crate::lint::script::Script;
use crate::sql::split::Statement;
use crate::sql::words::{Words, begins};

/// The way back of one migration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Down {
    /// What a person calls the migration: `0003_orders`.
    pub id: String,
    /// Where it stands; none where there is none.
    pub at: Option<Span>,
    pub came: Came,
    /// The files of the pair that are not what they were when it was proven: `up.sql`.
    pub edited: Vec<String>,
}

/// What came of running it after its up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Came {
    /// There is none, where other migrations of the folder have one.
    Missing,
    /// It is there to say that nothing leads back; how.
    GivenUp(&'static str),
    /// It was not tried; says why.
    Untried(String),
    /// Postgres refuses it, and says why.
    Refused(String),
    /// What would still lead from the state that it reaches to the one before the up; or why the up does not run again.
    Differs(Vec<String>),
    /// The state is the one before the up.
    Proven,
}

/// How the down of an up that does something says that nothing leads back, where it does.
pub fn gives_up(up: &[Statement], down: &[Statement]) -> Option<&'static str> {
    match down {
        _ if up.is_empty() => None,
        [] => Some("its down has no statement"),
        [one] if raises(one.sql()) => Some("all that its down does is to raise an exception"),
        _ => None,
    }
}

/// Whether it is a DO block that begins with a RAISE, which raises an exception where it does not name another level.
fn raises(sql: &str) -> bool {
    if !begins(sql, &["DO"]) {
        return false;
    }
    let body = sql.split_once("$$").map_or("", |(_, body)| body);
    let level =
        |word: &str| ["DEBUG", "LOG", "INFO", "NOTICE", "WARNING"].iter().any(|one| one.eq_ignore_ascii_case(word));
    begins(body, &["BEGIN", "RAISE"]) && !Words::of(body).nth(2).is_some_and(|(word, _)| level(word))
}

/// The finding that a rule has about the way back of this script, if `said` has something to say of it.
pub(super) fn of_down(rule: &Rule, script: &Script, said: impl Fn(&Down) -> Option<String>) -> Vec<Finding> {
    let Some(down) = &script.context.down else { return Vec::new() };
    let Some(message) = said(down) else { return Vec::new() };
    let whole = script.file.first().map_or(0..0, |first| first.span.clone());
    let found = script.finding(rule, whole, message);
    let at = down.at.clone().or(found.at);
    vec![Finding { object: down.id.clone(), at, ..found }]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sql::file::SqlFile;
    use crate::sql::split::split;

    #[test]
    fn a_down_may_say_that_nothing_leads_back() {
        let statements = |sql: &str| split(&Arc::new(SqlFile::new("a.sql", sql)));
        let said = |sql: &str| gives_up(&statements("CREATE TABLE t ()"), &statements(sql)).is_some();
        assert!(gives_up(&[], &[]).is_none());
        assert!(said("-- there is no way back\n"));
        assert!(said("DO $$ BEGIN RAISE EXCEPTION 'no way back'; END $$;"));
        assert!(said("do $$begin\n  -- gone\n  raise 'no way back';\nend$$"));
        assert!(!said("DO $$ BEGIN RAISE NOTICE 'back'; DROP TABLE t; END $$;"));
        assert!(!said("DO $$ BEGIN DROP TABLE t; END $$;"));
        assert!(!said("DROP TABLE t;"));
    }
}
