//! What a statement that cannot be in a transaction works on, and what became of it when the run was cut off.

mod statement;

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::tenant::Tenant;

/// What a statement works on, as far as the catalog can tell of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// CREATE INDEX CONCURRENTLY: the index, and the table as it is named.
    Index {
        name: String,
        table: String,
    },
    /// The same, without a name.
    Nameless,
    /// DROP INDEX CONCURRENTLY.
    Gone {
        names: Vec<String>,
    },
    /// DETACH PARTITION CONCURRENTLY.
    Detached {
        parent: String,
        partition: String,
    },
    /// REINDEX CONCURRENTLY of the indexes of a table, or of one: what is left half built is found by its name.
    Rebuilt {
        relation: Option<String>,
    },
    /// CREATE or DROP of what belongs to the server, by a query that finds it.
    Named {
        query: &'static str,
        name: String,
    },
    /// Does the same when it is done again: VACUUM, ALTER SYSTEM.
    Repeatable,
    Unknown,
}

/// What became of a statement that was begun.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Done,
    NotDone,
    /// Half there: run these, then the statement.
    Again(Vec<String>),
    /// Half there: this takes it to its end.
    Finish(String),
    Unknown,
}

impl Target {
    /// Whether Postgres is known to refuse it in a transaction; of the others it says so itself.
    pub fn is_outside(&self) -> bool {
        matches!(self, Self::Index { .. } | Self::Nameless | Self::Gone { .. } | Self::Detached { .. })
    }

    /// What became of the statement, by what it works on before it and now.
    ///
    /// # Errors
    /// As `look`.
    pub fn verdict(&self, connection: &mut Connection, before: Option<&str>) -> Result<Verdict, DbError> {
        let now = self.look(connection)?;
        Ok(self.judge(before, now.as_deref()))
    }

    /// What it works on, as it is now; none where that tells nothing.
    ///
    /// # Errors
    /// What the server says, or that it went away.
    pub fn look(&self, connection: &mut Connection) -> Result<Option<String>, DbError> {
        // A tenant's are others than the script's; the rest are alike.
        let renamed = connection.is_for().map(|tenant| self.in_tenant(tenant));
        let target = renamed.as_ref().unwrap_or(self);
        let mut ask = |sql: &str, parameters: &[&(dyn postgres::types::ToSql + Sync)]| {
            let rows = connection.query_with(sql, parameters)?;
            Ok(Some(rows.first().map_or(Ok(None), |row| row.try_get(0))?.unwrap_or_else(|| "absent".to_owned())))
        };
        match target {
            Self::Index { name, table } => ask(INDEX, &[name, table]),
            Self::Gone { names } => ask(INDEXES, &[names]),
            Self::Detached { parent, partition } => ask(PARTITION, &[parent, partition]),
            Self::Rebuilt { relation } => ask(LEFTOVERS, &[relation]),
            Self::Named { query, name } => ask(query, &[name]),
            Self::Nameless | Self::Repeatable | Self::Unknown => Ok(None),
        }
    }

    /// The same in the schema of a tenant.
    fn in_tenant(&self, tenant: &Tenant) -> Self {
        let named = |name: &String| tenant.there().rename(name).text;
        match self {
            Self::Index { name, table } => Self::Index { name: name.clone(), table: named(table) },
            Self::Gone { names } => Self::Gone { names: names.iter().map(named).collect() },
            Self::Detached { parent, partition } => {
                Self::Detached { parent: named(parent), partition: named(partition) }
            }
            Self::Rebuilt { relation } => Self::Rebuilt { relation: relation.as_ref().map(named) },
            Self::Named { .. } | Self::Nameless | Self::Repeatable | Self::Unknown => self.clone(),
        }
    }

    /// What became of it, by how things were before and how they are now.
    pub fn judge(&self, before: Option<&str>, now: Option<&str>) -> Verdict {
        let (before, now) = (before.unwrap_or("absent"), now.unwrap_or("absent"));
        let changed = before != now;
        match self {
            Self::Index { .. } => match now.split(' ').collect::<Vec<_>>().as_slice() {
                [_, "valid", ..] if changed => Verdict::Done,
                [_, "invalid", name @ ..] if changed => {
                    Verdict::Again(vec![format!("DROP INDEX CONCURRENTLY {}", name.join(" "))])
                }
                _ => Verdict::NotDone,
            },
            Self::Gone { .. } if now == "absent" && changed => Verdict::Done,
            Self::Gone { .. } => Verdict::NotDone,
            Self::Detached { .. } if now == "absent" && changed => Verdict::Done,
            Self::Detached { parent, partition } if now == "pending" => {
                Verdict::Finish(format!("ALTER TABLE {parent} DETACH PARTITION {partition} FINALIZE"))
            }
            Self::Detached { .. } => Verdict::NotDone,
            // What was there before is somebody else's.
            Self::Rebuilt { .. } => {
                let known: Vec<&str> = before.split('\n').collect();
                let left = now.split('\n').filter(|name| *name != "absent" && !known.contains(name));
                Verdict::Again(left.map(|name| format!("DROP INDEX CONCURRENTLY {name}")).collect())
            }
            Self::Named { .. } if changed => Verdict::Done,
            Self::Named { .. } | Self::Repeatable => Verdict::NotDone,
            Self::Nameless | Self::Unknown => Verdict::Unknown,
        }
    }
}

const INDEX: &str = "
    SELECT c.oid || CASE WHEN i.indisvalid THEN ' valid ' ELSE ' invalid ' END || pg_catalog.format('%I.%I', n.nspname, c.relname)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relname = $1
    AND c.relnamespace = (SELECT t.relnamespace FROM pg_catalog.pg_class AS t WHERE t.oid = pg_catalog.to_regclass($2))";

const INDEXES: &str = "
    SELECT pg_catalog.string_agg(pg_catalog.to_regclass(name)::oid::text, ' ' ORDER BY name)
    FROM pg_catalog.unnest($1::text[]) AS name";

const PARTITION: &str = "
    SELECT CASE WHEN inhdetachpending THEN 'pending' ELSE 'attached' END
    FROM pg_catalog.pg_inherits
    WHERE inhparent = pg_catalog.to_regclass($1) AND inhrelid = pg_catalog.to_regclass($2)";

/// Indexes that a REINDEX CONCURRENTLY has left half built, or not yet dropped.
const LEFTOVERS: &str = "
    SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), E'\\n' ORDER BY c.oid)
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
    AND ($1::text IS NULL OR i.indrelid = pg_catalog.to_regclass($1)
        OR i.indrelid = (SELECT o.indrelid FROM pg_catalog.pg_index AS o WHERE o.indexrelid = pg_catalog.to_regclass($1)))";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_known_by_what_they_work_on() {
        let index = Target::of("CREATE UNIQUE INDEX CONCURRENTLY \"I\" ON s.\"T\" (x)");
        assert_eq!(index, Target::Index { name: "I".to_owned(), table: "s.\"T\"".to_owned() });
        assert_eq!(Target::of("CREATE INDEX CONCURRENTLY ON t (x)"), Target::Nameless);
        assert_eq!(
            Target::of("DROP INDEX CONCURRENTLY s.i, \"J\""),
            Target::Gone { names: vec!["s.i".to_owned(), "\"J\"".to_owned()] }
        );
        let detach = Target::of("ALTER TABLE p DETACH PARTITION a.c CONCURRENTLY");
        assert_eq!(detach, Target::Detached { parent: "p".to_owned(), partition: "a.c".to_owned() });
        assert_eq!(Target::of("VACUUM t"), Target::Repeatable);
        assert_eq!(Target::of("DO $backfill$\nBEGIN END\n$backfill$"), Target::Repeatable);
        assert_eq!(Target::of("DO $$BEGIN END$$"), Target::Unknown);
        assert_eq!(Target::of("CALL p()"), Target::Unknown);
        assert!(index.is_outside() && !Target::of("CREATE INDEX i ON t (x)").is_outside());
    }

    #[test]
    fn an_index_is_done_half_done_or_not_begun() {
        let index = Target::Index { name: "i".to_owned(), table: "t".to_owned() };
        assert_eq!(index.judge(Some("absent"), Some("absent")), Verdict::NotDone);
        assert_eq!(index.judge(Some("absent"), Some("7 valid public.i")), Verdict::Done);
        let drop = Verdict::Again(vec!["DROP INDEX CONCURRENTLY public.\"a b\"".to_owned()]);
        assert_eq!(index.judge(Some("absent"), Some("7 invalid public.\"a b\"")), drop);
        // It was there before: the statement will say so itself.
        assert_eq!(index.judge(Some("7 valid public.i"), Some("7 valid public.i")), Verdict::NotDone);
        let detach = Target::Detached { parent: "p".to_owned(), partition: "c".to_owned() };
        let finish = Verdict::Finish("ALTER TABLE p DETACH PARTITION c FINALIZE".to_owned());
        assert_eq!(detach.judge(Some("attached"), Some("pending")), finish);
        let drop = Target::Gone { names: vec!["i".to_owned()] };
        assert_eq!(drop.judge(Some("7"), Some("absent")), Verdict::Done);
        assert_eq!(drop.judge(Some("absent"), Some("absent")), Verdict::NotDone);
    }
}
