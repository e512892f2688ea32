-- Comments on what Postgres makes as a part of another object and lets have a comment of its own: the index behind a
-- constraint, the constraint behind a constraint trigger.
SELECT 'pg_description'::regclass::oid AS classid,
       d.objoid AS objid,
       -1 AS objsubid,
       NULL::text AS excluded,
       d.classoid AS on_classid,
       d.objoid AS on_objid,
       0 AS on_objsubid,
       d.description AS text
  FROM pg_catalog.pg_description AS d
 WHERE d.objoid >= 16384
   AND d.objsubid = 0
   AND (d.classoid = 'pg_class'::regclass
        AND EXISTS (SELECT FROM pg_catalog.pg_constraint AS i WHERE i.conindid = d.objoid AND i.contype IN ('p', 'u', 'x'))
        OR d.classoid = 'pg_constraint'::regclass
        AND EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.oid = d.objoid AND k.contype = 't'))
 ORDER BY d.classoid, d.objoid
