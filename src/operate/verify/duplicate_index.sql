-- Indexes that do what another one does: one row for each, with that other. `same` where all is the same; otherwise it has the
-- first columns of the other. Of two that are the same, the one that stays is that of a constraint, or unique, or older.
WITH indexes AS (
    SELECT
        i.*,
        n.nspname,
        pg_catalog.format('%I.%I', n.nspname, x.relname) AS object,
        pg_catalog.format('%I.%I', n.nspname, c.relname) AS of,
        x.relam,
        x.relkind = 'I' AS partitioned,
        pg_catalog.pg_relation_size(x.oid) AS size,
        coalesce(pg_catalog.pg_get_expr(i.indexprs, i.indrelid), '') AS expressions,
        coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
        coalesce(pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct', 'false') AS nulls,
        (SELECT pg_catalog.format('%I', k.conname) FROM pg_catalog.pg_constraint AS k
            WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS of_constraint,
        am.amname
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_am AS am ON am.oid = x.relam
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE i.indisvalid AND NOT i.indisexclusion AND NOT x.relispartition
)
SELECT DISTINCT ON (a.object)
    a.nspname::text AS schema,
    a.object,
    a.of,
    a.partitioned,
    a.size,
    a.of_constraint AS constraint,
    b.object AS other,
    a.indkey = b.indkey AND a.indnkeyatts = b.indnkeyatts AND (a.indisunique OR NOT b.indisunique) AS same
FROM indexes AS a
JOIN indexes AS b ON b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.relam = a.relam AND b.predicate = a.predicate
WHERE (
    -- The same, whether unique or not: a plain one beside a unique one is not needed either.
    a.indkey = b.indkey
    AND a.indnkeyatts = b.indnkeyatts
    AND a.indclass = b.indclass
    AND a.indcollation = b.indcollation
    AND a.indoption = b.indoption
    AND a.expressions = b.expressions
    AND (NOT a.indisunique OR (b.indisunique AND a.nulls = b.nulls AND a.indimmediate <= b.indimmediate))
    AND NOT a.indisreplident
    AND ((a.of_constraint IS NOT NULL), a.indisunique, -a.indexrelid::bigint)
        < ((b.of_constraint IS NOT NULL), b.indisunique, -b.indexrelid::bigint)
) OR (
    a.amname = 'btree'
    AND NOT a.indisunique
    AND a.expressions = ''
    AND a.indnatts = a.indnkeyatts
    AND (a.indnkeyatts < b.indnkeyatts OR (a.indnkeyatts = b.indnkeyatts AND b.indnatts > b.indnkeyatts))
    AND b.indkey::text LIKE a.indkey::text || ' %'
    AND b.indclass::text || ' ' LIKE a.indclass::text || ' %'
    AND b.indcollation::text || ' ' LIKE a.indcollation::text || ' %'
    AND b.indoption::text || ' ' LIKE a.indoption::text || ' %'
)
ORDER BY a.object, 8 DESC, b.object
