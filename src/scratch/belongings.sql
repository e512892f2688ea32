-- The tables and sequences of one role, named for ALTER TABLE. A sequence that a column owns goes along with its table.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relowner = (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = $1)
   AND c.relkind IN ('r', 'p', 'f', 'S')
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i', 'e')
                      AND (d.deptype = 'e' OR c.relkind = 'S'))
 ORDER BY n.nspname, c.relname
