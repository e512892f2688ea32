-- Scratch databases that we may drop, with the label that says whose they are: one row each.
SELECT
    d.datname::text AS name,
    pg_catalog.shobj_description(d.oid, 'pg_database') AS comment
FROM pg_catalog.pg_database AS d
WHERE d.datname LIKE 'pgplumb\_scratch\_%'
    AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
ORDER BY d.datname
