-- The columns of $2 in table $1, or those of its primary key where $2 is empty: name, type (NULL where there is no such
-- column), whether it is NOT NULL, and whether a B-tree over all rows begins with these columns in this order.
WITH named AS (
    SELECT k.name, k.place
    FROM pg_catalog.unnest($2::text[]) WITH ORDINALITY AS k (name, place)
    UNION ALL
    SELECT a.attname::text, k.place
    FROM pg_catalog.pg_index AS i
    CROSS JOIN pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = pg_catalog.to_regclass($1)
        AND i.indisprimary
        AND k.place <= i.indnkeyatts
        AND pg_catalog.cardinality($2::text[]) = 0
), columns AS (
    SELECT named.name, named.place, a.attnum, a.attnotnull, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
    FROM named
    LEFT JOIN pg_catalog.pg_attribute AS a
        ON a.attrelid = pg_catalog.to_regclass($1) AND a.attname = named.name AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT
    c.name,
    CASE WHEN c.attnum IS NOT NULL THEN c.type END,
    coalesce(c.attnotnull, false),
    EXISTS (
        SELECT
        FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS r ON r.oid = i.indexrelid
        JOIN pg_catalog.pg_am AS m ON m.oid = r.relam AND m.amname = 'btree'
        WHERE i.indrelid = pg_catalog.to_regclass($1)
            AND i.indisvalid
            AND i.indpred IS NULL
            AND (i.indkey::int2[])[0:(SELECT count(*) FROM columns) - 1]
                = (SELECT pg_catalog.array_agg(k.attnum ORDER BY k.place) FROM columns AS k)
    )
FROM columns AS c
ORDER BY c.place
