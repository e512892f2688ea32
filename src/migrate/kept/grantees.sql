-- Everybody but its owner who has a privilege on a schema, or on a table of it, as REVOKE names them.
SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END
FROM pg_catalog.pg_namespace AS n
LEFT JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = $2::text
CROSS JOIN LATERAL pg_catalog.aclexplode(CASE WHEN $2::text IS NULL THEN n.nspacl ELSE c.relacl END) AS a
WHERE n.nspname = $1::text
    AND a.grantee <> CASE WHEN $2::text IS NULL THEN n.nspowner ELSE c.relowner END
