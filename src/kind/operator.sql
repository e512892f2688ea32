-- Operators. One that is only known as the commutator or negator of another has no function yet and is none.
SELECT 'pg_operator'::regclass::oid AS classid,
       o.oid AS objid,
       0 AS objsubid,
       CASE WHEN o.oprcode = 0 THEN 'operator without a function' END AS excluded,
       n.nspname AS schema,
       o.oprname AS name,
       CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) ELSE 'NONE' END AS "left",
       pg_catalog.format_type(o.oprright, NULL) AS "right",
       o.oprcode::text AS function,
       cn.nspname AS commutator_schema,
       c.oprname AS commutator_name,
       gn.nspname AS negator_schema,
       g.oprname AS negator_name,
       CASE WHEN o.oprrest <> 0 THEN o.oprrest::text END AS restrict,
       CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::text END AS "join",
       o.oprcanhash AS hashes,
       o.oprcanmerge AS merges
  FROM pg_catalog.pg_operator AS o
  JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
  LEFT JOIN pg_catalog.pg_operator AS c ON c.oid = o.oprcom
  LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.oprnamespace
  LEFT JOIN pg_catalog.pg_operator AS g ON g.oid = o.oprnegate
  LEFT JOIN pg_catalog.pg_namespace AS gn ON gn.oid = g.oprnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, o.oprname, 7, 8
