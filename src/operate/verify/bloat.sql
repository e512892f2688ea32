-- Tables and btree indexes of a megabyte or more whose rows were counted and whose columns were looked at: one row for each,
-- with the bytes that they take, and an estimate of those that they would take if they were written anew. A row has 24 bytes
-- of header (8 in an index), 4 in the page's list, and the mean width of its columns by ANALYZE; a page has 8168 bytes for
-- rows, of which the fill factor is used (8152, and 90 % by default, in an index).
WITH widths AS (
    SELECT s.schemaname, s.tablename, s.attname, s.avg_width * (1 - s.null_frac) AS width
    FROM pg_catalog.pg_stats AS s
    WHERE NOT s.inherited
),
factors AS (
    SELECT
        c.oid,
        c.relname,
        c.relkind,
        c.relnamespace,
        c.reltuples,
        n.nspname,
        pg_catalog.pg_relation_size(c.oid) AS size,
        coalesce(
            (SELECT o.option_value::int FROM pg_catalog.pg_options_to_table(c.reloptions) AS o WHERE o.option_name = 'fillfactor'),
            CASE c.relkind WHEN 'i' THEN 90 ELSE 100 END
        ) AS filled
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'i') AND c.reltuples > 0 AND c.relpages >= 128
)
SELECT
    f.nspname::text AS schema,
    pg_catalog.format('%I.%I', f.nspname, f.relname) AS object,
    false AS index,
    f.size,
    (f.reltuples * (28 + pg_catalog.ceil(w.width / 8) * 8) / (8168 * f.filled / 100.0) * 8192)::bigint AS needed
FROM factors AS f
JOIN LATERAL (
    SELECT sum(w.width) AS width, count(*) AS seen FROM widths AS w WHERE w.schemaname = f.nspname AND w.tablename = f.relname
) AS w ON w.seen = (SELECT count(*) FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped)
WHERE f.relkind IN ('r', 'm')
UNION ALL
SELECT
    f.nspname::text,
    pg_catalog.format('%I.%I', f.nspname, f.relname),
    true,
    f.size,
    (f.reltuples * (12 + pg_catalog.ceil(w.width / 8) * 8) / (8152 * f.filled / 100.0) * 8192)::bigint
FROM factors AS f
JOIN pg_catalog.pg_index AS i ON i.indexrelid = f.oid AND i.indisvalid
JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
JOIN pg_catalog.pg_class AS x ON x.oid = f.oid
JOIN pg_catalog.pg_am AS am ON am.oid = x.relam AND am.amname = 'btree'
JOIN LATERAL (
    -- An expression has its statistics under the name of the index.
    SELECT sum(w.width) AS width, count(*) AS seen
    FROM unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS u (number, place)
    JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = CASE u.number WHEN 0 THEN f.oid ELSE i.indrelid END
            AND a.attnum = CASE u.number WHEN 0 THEN u.place ELSE u.number END
    JOIN widths AS w
        ON w.schemaname = f.nspname
            AND w.tablename = CASE u.number WHEN 0 THEN f.relname ELSE t.relname END
            AND w.attname = a.attname
) AS w ON w.seen = i.indnatts
ORDER BY 4 DESC, 2
