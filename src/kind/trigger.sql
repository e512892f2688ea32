-- Triggers that somebody created. Those behind foreign keys are internal; a partition's copies come and go with the
-- parent's trigger.
SELECT 'pg_trigger'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       CASE WHEN t.tgparentid <> 0 THEN 'copy of the parent''s trigger' END AS excluded,
       'pg_class'::regclass::oid AS on_classid,
       t.tgrelid AS on_objid,
       0 AS on_objsubid,
       t.tgname AS name,
       CASE WHEN t.tgparentid = 0 THEN pg_catalog.pg_get_triggerdef(t.oid) ELSE '' END AS definition,
       t.tgconstraint <> 0 AS "constraint",
       t.tgenabled::text AS enabled
  FROM pg_catalog.pg_trigger AS t
  JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal
   AND n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.relname, t.tgname
