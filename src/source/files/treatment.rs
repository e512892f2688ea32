//! What becomes of a statement of the desired schema before a server sees it.
//!
//! A scratch database stands in for the real one, so what reaches beyond a database (roles, tablespaces, other servers)
//! is not run there, and what only says how to run (CONCURRENTLY) is taken out.

use std::borrow::Cow;

use crate::source::files::subscription::unconnected;
use crate::sql::words::{Words, begins, find};

/// What to do with one statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Treatment<'a> {
    /// Run this.
    Load(Cow<'a, str>),
    /// Leave it out, and say so.
    Leave(Left),
    /// It makes a role, which only has to be there.
    Role(String),
}

/// Why a statement was left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Left {
    /// Rows, or what acts on rows.
    Data,
    /// What belongs to the cluster: roles, databases, tablespaces, server settings.
    Cluster,
    /// Commands of psql that say which SQL is run.
    Psql,
}

impl Left {
    /// For a person.
    pub fn because(self) -> &'static str {
        match self {
            Self::Data => "data is not part of a schema",
            Self::Cluster => "roles, databases and tablespaces belong to the server",
            Self::Psql => "psql alone knows which SQL they run; all that is written is loaded",
        }
    }
}

/// Decides by the first words.
pub fn treatment(text: &str) -> Treatment<'_> {
    if let Some(role) = made_role(text) {
        return Treatment::Role(role);
    }
    if is_cluster_wide(text) {
        return Treatment::Leave(Left::Cluster);
    }
    if begins(text, &["CREATE", "SUBSCRIPTION"]) {
        return Treatment::Load(Cow::Owned(unconnected(text)));
    }
    Treatment::Load(without_concurrently(text))
}

/// The role that `CREATE ROLE x`, `CREATE USER x` or `CREATE GROUP x` makes, as SQL names it.
fn made_role(text: &str) -> Option<String> {
    if !begins(text, &["CREATE", "ROLE|USER|GROUP"]) || begins(text, &["CREATE", "USER", "MAPPING"]) {
        return None;
    }
    let at = Words::of(text).nth(2)?.1;
    Some(text[at].to_owned())
}

fn is_cluster_wide(text: &str) -> bool {
    let about_roles =
        begins(text, &["ALTER|DROP", "ROLE|USER|GROUP"]) && !begins(text, &["ALTER|DROP", "USER", "MAPPING"]);
    about_roles
        || begins(text, &["CREATE|ALTER|DROP", "DATABASE|TABLESPACE"])
        || begins(text, &["ALTER", "SYSTEM"])
        || begins(text, &["COMMENT", "ON", "DATABASE|ROLE|TABLESPACE"])
        || begins(text, &["REASSIGN|DROP", "OWNED"])
        || begins(text, &["SECURITY", "LABEL"]) && Words::of(text).take(8).any(|(word, _)| is_shared(word))
        || begins(text, &["GRANT|REVOKE"]) && grants_beyond(text)
}

fn is_shared(word: &str) -> bool {
    ["DATABASE", "ROLE", "TABLESPACE", "PARAMETER"].iter().any(|shared| shared.eq_ignore_ascii_case(word))
}

/// Whether a GRANT gives membership in a role, which has no ON, or a privilege on something of the whole server.
fn grants_beyond(text: &str) -> bool {
    let mut words = Words::of(text).map(|(word, _)| word).skip_while(|word| !word.eq_ignore_ascii_case("ON"));
    match words.next() {
        None => true,
        Some(_) => words.next().is_some_and(is_shared),
    }
}

/// Blanks the word out, so that every place in the text stays what it was.
fn without_concurrently(text: &str) -> Cow<'_, str> {
    let index = begins(text, &["CREATE", "INDEX|UNIQUE"]) || begins(text, &["DROP", "INDEX"]);
    let detach = begins(text, &["ALTER", "TABLE"]) && find(text, "DETACH", 12).is_some();
    let at = match (index, detach) {
        (true, _) => find(text, "CONCURRENTLY", 4),
        (_, true) => find(text, "CONCURRENTLY", 20),
        _ => None,
    };
    match at {
        Some(at) => {
            let mut blanked = text.to_owned();
            blanked.replace_range(at.clone(), &" ".repeat(at.len()));
            Cow::Owned(blanked)
        }
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_the_database_is_left_out() {
        for text in [
            "ALTER ROLE app SET search_path = x",
            "GRANT reader TO writer",
            "GRANT CONNECT ON DATABASE shop TO app",
            "COMMENT ON DATABASE shop IS 'x'",
            "CREATE TABLESPACE fast LOCATION '/x'",
            "alter database shop set timezone to 'UTC'",
            "REVOKE ALL ON TABLESPACE t FROM x",
        ] {
            assert_eq!(treatment(text), Treatment::Leave(Left::Cluster), "{text}");
        }
        for text in [
            "GRANT SELECT ON orders TO reader",
            "CREATE USER MAPPING FOR app SERVER s",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x",
            "COMMENT ON TABLE database IS 'x'",
            "CLUSTER orders USING orders_pkey",
        ] {
            assert_eq!(treatment(text), Treatment::Load(Cow::Borrowed(text)), "{text}");
        }
    }

    #[test]
    fn a_role_is_named_as_it_was_written() {
        assert_eq!(treatment("CREATE ROLE \"App Role\" LOGIN"), Treatment::Role("\"App Role\"".to_owned()));
        assert_eq!(treatment("create user app"), Treatment::Role("app".to_owned()));
    }

    #[test]
    fn concurrently_is_blanked_out_where_it_is_a_keyword() {
        let cases = [
            ("CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX              i ON t (a)"),
            ("CREATE UNIQUE INDEX concurrently i ON t (a)", "CREATE UNIQUE INDEX              i ON t (a)"),
            ("CREATE INDEX i ON concurrently (a)", "CREATE INDEX i ON concurrently (a)"),
            ("ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "ALTER TABLE a DETACH PARTITION b             "),
        ];
        for (text, loaded) in cases {
            assert_eq!(treatment(text), Treatment::Load(Cow::Borrowed(loaded)), "{text}");
        }
    }
}
