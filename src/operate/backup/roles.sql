-- The roles that objects of this database name: as owners, in privileges, in policies. The first superuser is in no list of
-- Postgres' own, so it always counts.
SELECT r.rolname::text AS name, r.rolsuper AS superuser
FROM pg_catalog.pg_roles AS r
WHERE r.rolname NOT LIKE 'pg\_%'
    AND (
        r.oid = 10
        OR EXISTS (
            SELECT FROM pg_catalog.pg_shdepend AS d
            WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
                AND d.refobjid = r.oid
                AND d.dbid IN (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
        )
    )
ORDER BY 1
