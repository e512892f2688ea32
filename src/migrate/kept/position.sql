-- The sequence of a column ($2, $3), or else the one with a name ($1), as SQL names it, and whether it counts up.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), s.seqincrement > 0
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE s.seqrelid = coalesce(
    CASE WHEN EXISTS (
        SELECT FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = pg_catalog.to_regclass($2::text) AND a.attname = $3::text AND NOT a.attisdropped
    ) THEN pg_catalog.to_regclass(pg_catalog.pg_get_serial_sequence($2::text, $3::text)) END,
    pg_catalog.to_regclass($1::text)
)
