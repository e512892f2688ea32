-- What is there of columns, enums and tables with the names $1, and the enums of these columns. Which relations a statement is
-- really about, the parse tree tells: here it is enough that a name stands somewhere in its text.
WITH named AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
       AND n.nspname <> 'information_schema'
       AND n.nspname !~ '^pg_'
       AND c.relname = ANY ($1::text[]::name[]))
SELECT COALESCE((
           SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                      'schema', r.nspname,
                      'relation', r.relname,
                      'name', a.attname,
                      'type_name', pg_catalog.format_type(a.atttypid, a.atttypmod),
                      'not_null', a.attnotnull,
                      'filled', a.atthasdef OR a.attidentity <> '') ORDER BY r.nspname, r.relname, a.attnum)
             FROM named AS r
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
            WHERE a.attnum > 0
              AND NOT a.attisdropped), '[]') AS columns,
       COALESCE((
           SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                      'schema', n.nspname,
                      'name', t.typname,
                      'type_name', pg_catalog.format_type(t.oid, NULL),
                      'labels', ARRAY(SELECT e.enumlabel FROM pg_catalog.pg_enum AS e
                                       WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder))
                      ORDER BY n.nspname, t.typname)
             FROM pg_catalog.pg_type AS t
             JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
            WHERE t.typtype = 'e'
              AND t.oid IN (SELECT y.oid FROM pg_catalog.pg_type AS y WHERE y.typname = ANY ($1::text[]::name[])
                             UNION
                            SELECT a.atttypid
                              FROM named AS r
                              JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid)
              AND n.nspname !~ '^pg_'), '[]') AS enums,
       COALESCE((
           SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                      'schema', r.nspname,
                      'name', r.relname,
                      'row_security', r.relrowsecurity,
                      'forced', r.relforcerowsecurity,
                      'keys', COALESCE((
                          SELECT pg_catalog.json_agg(ARRAY(
                                     SELECT a.attname
                                       FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (number, place)
                                       JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = k.number
                                      WHERE k.place <= i.indnkeyatts
                                      ORDER BY k.place) ORDER BY i.indexrelid)
                            FROM pg_catalog.pg_index AS i
                           WHERE i.indrelid = r.oid
                             AND i.indisunique
                             AND i.indisvalid
                             AND i.indpred IS NULL
                             AND i.indexprs IS NULL), '[]'),
                      'policies', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy AS p WHERE p.polrelid = r.oid),
                      'partition_of', (SELECT i.inhparent::pg_catalog.regclass
                                         FROM pg_catalog.pg_inherits AS i
                                         JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid AND c.relispartition
                                        WHERE i.inhrelid = r.oid))
                      ORDER BY r.nspname, r.relname)
             FROM named AS r
            WHERE r.relkind IN ('r', 'p')), '[]') AS tables
