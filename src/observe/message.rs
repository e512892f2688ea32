//! What Postgres says at level DEBUG1 about work on rows.

/// One message that matters. Names are as Postgres prints them, without a schema.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Message {
    /// `ATRewriteTable` (tablecmds.c).
    Rewrites(String),
    /// The same, reading only.
    Verifies(String),
    /// `validateForeignKeyConstraint` (tablecmds.c).
    ValidatesForeignKey(String),
    /// `index_build` (index.c).
    Builds { index: String, table: String },
    /// `NotNullImpliedByRelConstraints` and the like (tablecmds.c): a constraint that is there spares the reading.
    Spared(String),
}

impl Message {
    /// None for what says nothing about rows.
    pub(super) fn read(text: &str) -> Option<Self> {
        let quoted = |index: usize| text.split('"').nth(2 * index + 1).map(str::to_owned);
        if text.starts_with("rewriting table ") {
            return quoted(0).map(Self::Rewrites);
        }
        if text.starts_with("verifying table ") {
            return quoted(0).map(Self::Verifies);
        }
        if text.starts_with("validating foreign key constraint ") {
            return quoted(0).map(Self::ValidatesForeignKey);
        }
        if text.starts_with("building index ") {
            return Some(Self::Builds { index: quoted(0)?, table: quoted(1)? });
        }
        let implied = text.contains(" sufficient to prove that ") || text.contains(" implied by existing constraints");
        implied.then(|| Self::Spared(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_messages_of_postgres_are_understood() {
        assert_eq!(Message::read("rewriting table \"a\""), Some(Message::Rewrites("a".into())));
        assert_eq!(Message::read("verifying table \"odd name\""), Some(Message::Verifies("odd name".into())));
        let builds = Message::Builds { index: "i".into(), table: "t".into() };
        assert_eq!(Message::read("building index \"i\" on table \"t\" serially"), Some(builds.clone()));
        assert_eq!(
            Message::read("building index \"i\" on table \"t\" with request for 1 parallel workers"),
            Some(builds)
        );
        assert_eq!(
            Message::read("validating foreign key constraint \"k\""),
            Some(Message::ValidatesForeignKey("k".into()))
        );
        let proven = "existing constraints on column \"t.a\" are sufficient to prove that it does not contain nulls";
        assert_eq!(Message::read(proven), Some(Message::Spared(proven.into())));
        assert_eq!(Message::read("drop auto-cascades to type t"), None);
    }
}
