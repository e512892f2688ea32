-- Every role but the built-in ones: one row each. Readable by everyone.
SELECT
    r.rolname AS name,
    r.rolsuper AS superuser
FROM pg_catalog.pg_roles AS r
WHERE r.rolname !~ '^pg_'
ORDER BY r.rolname
