-- Indexes that queries do not use, and that nobody is building right now: one row for each. `duplicates` counts the keys that
-- are there more than once, and is there for unique ones alone.
SELECT
    n.nspname::text AS schema,
    pg_catalog.format('%I.%I', n.nspname, x.relname) AS object,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS of,
    x.relkind = 'I' AS partitioned,
    x.relname ~ '_cc(new|old)[0-9]*$' OR NOT i.indislive AS leftover,
    i.indisready AND i.indislive AS ready,
    CASE WHEN i.indisunique AND k.keys IS NOT NULL THEN
        pg_catalog.format(
            'SELECT %s, count(*) FROM %s WHERE (%s)%s GROUP BY %s HAVING count(*) > 1',
            k.keys,
            CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || pg_catalog.format('%I.%I', n.nspname, c.relname),
            coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), 'true'),
            CASE WHEN pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN '' ELSE k.there END,
            k.places
        )
    END AS duplicates
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.string_agg('(' || pg_catalog.pg_get_indexdef(i.indexrelid, place, false) || ')', ', ' ORDER BY place) AS keys,
        pg_catalog.string_agg(
            ' AND (' || pg_catalog.pg_get_indexdef(i.indexrelid, place, false) || ') IS NOT NULL', '' ORDER BY place
        ) AS there,
        pg_catalog.string_agg(place::text, ', ' ORDER BY place) AS places
    FROM pg_catalog.generate_series(1, i.indnkeyatts) AS place
) AS k
WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid)
ORDER BY 2
