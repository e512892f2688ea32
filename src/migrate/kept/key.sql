-- The columns that tell the rows of a table ($1) apart and are never NULL, none of which is among these ($2): the primary key
-- if it is one, or the shortest unique index.
SELECT k.names
FROM pg_catalog.pg_index AS i
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(a.attname::text ORDER BY u.place) AS names,
        pg_catalog.array_agg(a.attnum) AS numbers,
        pg_catalog.bool_and(a.attnotnull AND a.attgenerated = '') AS stays
    FROM pg_catalog.unnest(i.indkey::smallint[]) WITH ORDINALITY AS u (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
    WHERE u.place <= i.indnkeyatts
) AS k
WHERE i.indrelid = $1 AND i.indisunique AND i.indimmediate AND i.indisvalid
    AND i.indpred IS NULL AND i.indexprs IS NULL
    AND k.stays AND NOT k.numbers && $2::smallint[]
ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid
LIMIT 1
