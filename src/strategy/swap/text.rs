//! The statements that make one table like another.

use crate::base::name::{Ident, literal};
use crate::kind::Key;
use crate::kind::statement::Statement;
use crate::strategy::swap::{Copied, Mirror};

/// Pages of a batch: some thousand rows, so that a writer waits for one of them for some hundredths of a second.
const PAGES: u32 = 16;

impl Mirror {
    /// The function that writes through, and the triggers that call it, whatever role replication has the session in.
    pub fn create(&self) -> Vec<(Key, String)> {
        let (table, function) = (self.from.sql(), self.function.sql());
        let [rows, truncate] = &self.triggers;
        let [row, all] = [rows, truncate].map(|trigger| Ident::new(trigger.name()));
        let calls = format!("EXECUTE FUNCTION {function}");
        vec![
            (self.function.clone(), self.function_sql()),
            // Whoever may call it could hang it on a table of his own, and write here with its rights.
            (self.function.clone(), format!("REVOKE ALL ON FUNCTION {function} FROM PUBLIC")),
            (
                rows.clone(),
                format!("CREATE TRIGGER {row} AFTER INSERT OR DELETE OR UPDATE ON {table} FOR EACH ROW {calls}"),
            ),
            (rows.clone(), format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {row}")),
            (truncate.clone(), format!("CREATE TRIGGER {all} AFTER TRUNCATE ON {table} FOR EACH STATEMENT {calls}")),
            (truncate.clone(), format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {all}")),
        ]
    }

    /// What takes them away; the first statement stops all others from writing. Of a partitioned table a trigger goes from
    /// the partitions first, while writers lock those last.
    pub fn drop(&self) -> Vec<(Key, String)> {
        let table = self.from.sql();
        let trigger = |key: &Key| (key.clone(), format!("DROP TRIGGER {} ON {table}", Ident::new(key.name())));
        let function = (self.function.clone(), format!("DROP FUNCTION {}", self.function.sql()));
        let lock = (self.from.clone(), format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"));
        let lock = Some(lock).filter(|_| self.partitioned);
        lock.into_iter().chain(self.triggers.iter().map(trigger)).chain([function]).collect()
    }

    /// The rows that were there before the trigger, in batches; then what is known of them, and a look whether all are
    /// there. Each outside a transaction.
    pub fn fill(&self) -> Vec<Statement> {
        let analyze = format!("ANALYZE {}", self.into.sql());
        [self.fill_sql(), analyze, self.look_sql()].into_iter().map(|sql| Statement::new(sql).outside()).collect()
    }

    fn function_sql(&self) -> String {
        let (old, new) = (self.sync("OLD"), self.sync("NEW"));
        let same = |copied: &Copied| format!("NEW.{0} IS DISTINCT FROM OLD.{0}", copied.column);
        let moved: Vec<String> = self.keys.iter().map(same).collect();
        format!(
            "CREATE OR REPLACE FUNCTION {function}
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
#variable_conflict use_column
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE {into};
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
{old}
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NOT ({moved}) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
{new}
    END IF;
    RETURN NULL;
END
$function$",
            function = self.function.sql(),
            into = self.into.sql(),
            moved = moved.join(" OR "),
        )
    }

    /// Makes the row with the key of this one what it is in the other table, or takes it away.
    fn sync(&self, row: &str) -> String {
        let (into, insert) = (self.into.sql(), self.insert());
        let found: Vec<String> = self.keys.iter().map(|key| format!("o.{0} = {row}.{0}", key.column)).collect();
        let gone: Vec<String> =
            self.keys.iter().map(|key| format!("n.{} = {}", key.column, key.exactly(row))).collect();
        let (found, gone) = (found.join(" AND "), gone.join(" AND "));
        let (values, source, set, keys) = (self.values(), self.source(), self.set(), self.key_list());
        let merged = if self.merges {
            format!(
                "
        IF (SELECT pg_catalog.count(*) > 1 FROM {source} AS o WHERE {found}) THEN
            RAISE unique_violation USING MESSAGE = {};
        END IF;",
                literal(&format!("two rows with one key of {into}, which is kept in step until the contract"))
            )
        } else {
            String::new()
        };
        format!(
            "        {insert}
        SELECT {values}
          FROM {source} AS o
         WHERE {found}
            ON CONFLICT ({keys}) DO UPDATE SET {set};
        IF NOT FOUND THEN
            DELETE FROM {into} AS n WHERE {gone};
            IF NOT FOUND AND pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
                {insert}
                SELECT {values} FROM (SELECT {row}.*) AS o ON CONFLICT ({keys}) DO NOTHING;
                DELETE FROM {into} AS n WHERE {gone};
            END IF;
        END IF;{merged}"
        )
    }

    fn fill_sql(&self) -> String {
        let (insert, values, source, keys) = (self.insert(), self.values(), self.source(), self.key_list());
        let missing = format!("NOT EXISTS (SELECT FROM {} AS n WHERE {})", self.into.sql(), self.joined());
        let pages = if self.partitioned {
            let tree = format!("pg_catalog.pg_partition_tree({})", literal(&self.from.sql()));
            format!("(SELECT pg_catalog.max(pg_catalog.pg_relation_size(relid)) FROM {tree})")
        } else {
            format!("pg_catalog.pg_relation_size({})", literal(&self.from.sql()))
        };
        format!(
            "DO $backfill$
DECLARE
    page bigint;
    pages bigint;
BEGIN
    LOOP
        page := 0;
        pages := {pages} / pg_catalog.current_setting('block_size')::bigint;
        WHILE page <= pages LOOP
            PERFORM pg_catalog.set_config(name, 'off', true)
               FROM pg_catalog.unnest(ARRAY['enable_hashjoin', 'enable_mergejoin', 'enable_material']) AS name;
            BEGIN
                {insert}
                SELECT {values}
                  FROM {source} AS o
                 WHERE o.ctid >= pg_catalog.format('(%s,0)', page)::pg_catalog.tid
                   AND o.ctid < pg_catalog.format('(%s,0)', page + {PAGES})::pg_catalog.tid
                   AND {missing}
                   FOR SHARE OF o SKIP LOCKED
                    ON CONFLICT ({keys}) DO NOTHING;
            EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
                -- A row has gone to another partition, or somebody else was in the way: the next sweep finds what is left.
                NULL;
            END;
            page := page + {PAGES};
            COMMIT;
        END LOOP;
        EXIT WHEN NOT EXISTS (SELECT FROM {source} AS o WHERE {missing});
        COMMIT;
        PERFORM pg_catalog.pg_sleep(0.1);
    END LOOP;
END
$backfill$"
        )
    }

    fn look_sql(&self) -> String {
        let exact: Vec<String> = self.copies.iter().map(|copied| copied.exactly("o")).collect();
        let there: Vec<String> = self.copies.iter().map(|copied| format!("n.{}", copied.column)).collect();
        let differs =
            format!("ROW({})::record OPERATOR(pg_catalog.*<>) ROW({})::record", exact.join(", "), there.join(", "));
        let key = &self.keys.first().map(|key| key.column.to_string()).unwrap_or_default();
        format!(
            "DO $look$
DECLARE
    wrong bigint;
BEGIN
    SELECT pg_catalog.count(*) INTO wrong
      FROM {} AS o
      FULL JOIN {} AS n ON {}
     WHERE o.{key} IS NULL OR n.{key} IS NULL OR {differs};
    IF wrong > 0 THEN
        RAISE EXCEPTION '% rows of {} are not as in {}', wrong
            USING HINT = 'Drop the table that was built beside and its trigger, and plan again.';
    END IF;
END
$look$",
            self.source(),
            self.into.sql(),
            self.joined(),
            self.into.sql().replace('\'', "''").replace('%', "%%"),
            self.from.sql().replace('\'', "''").replace('%', "%%"),
        )
    }

    fn source(&self) -> String {
        let only = if self.partitioned { "" } else { "ONLY " };
        format!("{only}{}", self.from.sql())
    }

    fn insert(&self) -> String {
        let columns: Vec<String> = self.copies.iter().map(|copied| copied.column.to_string()).collect();
        let overriding = if self.identity { " OVERRIDING SYSTEM VALUE" } else { "" };
        format!("INSERT INTO {} ({}){overriding}", self.into.sql(), columns.join(", "))
    }

    fn values(&self) -> String {
        self.copies.iter().map(|copied| copied.of("o")).collect::<Vec<_>>().join(", ")
    }

    fn key_list(&self) -> String {
        self.keys.iter().map(|key| key.column.to_string()).collect::<Vec<_>>().join(", ")
    }

    /// What an UPDATE sets; where all is key, something has to be said.
    fn set(&self) -> String {
        let is_key = |copied: &&Copied| self.keys.iter().any(|key| key.column == copied.column);
        let set = |copied: &Copied| format!("{0} = EXCLUDED.{0}", copied.column);
        let others: Vec<String> = self.copies.iter().filter(|copied| !is_key(copied)).map(set).collect();
        if others.is_empty() {
            return self.keys.iter().map(set).collect::<Vec<_>>().join(", ");
        }
        others.join(", ")
    }

    fn joined(&self) -> String {
        let pair = |key: &Copied| format!("n.{} = {}", key.column, key.exactly("o"));
        self.keys.iter().map(pair).collect::<Vec<_>>().join(" AND ")
    }
}
