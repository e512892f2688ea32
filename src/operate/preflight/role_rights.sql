-- One row: what the role may do. Objects of extensions are left out; nobody changes them.
SELECT
    role.rolsuper AS superuser,
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE') AS creates,
    pg_catalog.to_regnamespace('pgplumb') IS NOT NULL AS has_books,
    coalesce(
        (
            SELECT bool_and(
                pg_catalog.has_schema_privilege(books.oid, 'USAGE')
                -- Triggers write the audit, with the rights of its owner, without sizes nothing fails, and not all have seeds.
                AND (
                    c.relname IN ('audit', 'size', 'seed')
                    OR pg_catalog.has_table_privilege(c.oid, 'SELECT')
                    AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
                    AND pg_catalog.has_table_privilege(c.oid, 'UPDATE')
                )
            )
            FROM pg_catalog.pg_namespace AS books
            JOIN pg_catalog.pg_class AS c ON c.relnamespace = books.oid AND c.relkind = 'r'
            WHERE books.nspname = 'pgplumb'
        ),
        true
    ) AS keeps_books
FROM pg_catalog.pg_roles AS role
WHERE role.rolname = current_user
