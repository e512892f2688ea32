-- Comments on what a database holds. `standard` is the comment that an object has without anybody's saying so: that of
-- initdb on the schema public, that of its control file on an extension; one equal to it is none, and its absence is a
-- row. Left to `part_comment`: the index behind a constraint, the constraint behind a constraint trigger.
WITH standard AS (
  SELECT 'pg_namespace'::regclass::oid AS classoid, n.oid AS objoid, 0 AS objsubid, 'standard public schema' AS text
    FROM pg_catalog.pg_namespace AS n
   WHERE n.nspname = 'public'
  UNION ALL
  SELECT 'pg_extension'::regclass::oid, e.oid, 0, a.comment
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_available_extensions() AS a ON a.name = e.extname
   WHERE e.oid >= 16384
     AND a.comment IS NOT NULL
), said AS (
  SELECT d.classoid, d.objoid, d.objsubid, d.description AS text
    FROM pg_catalog.pg_description AS d
   WHERE d.objoid >= 16384
      OR (d.classoid = 'pg_namespace'::regclass
          AND d.objoid = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'public'))
)
SELECT 'pg_description'::regclass::oid AS classid,
       o.objoid AS objid,
       o.objsubid AS objsubid,
       CASE
         WHEN k.contype = 'n' THEN 'comment on a not-null constraint'
         WHEN k.conparentid <> 0 AND k.contype = 'f' THEN 'comment on a copy of the parent''s foreign key'
         WHEN t.typelem <> 0 AND t.typcategory = 'A' OR t.typrelid <> 0 AND tc.relkind <> 'c' OR t.typtype = 'm'
           THEN 'comment on a type that Postgres made for another'
         WHEN r.rulename = '_RETURN' THEN 'comment on the rule of a view'
       END AS excluded,
       o.classoid AS on_classid,
       o.objoid AS on_objid,
       o.objsubid AS on_objsubid,
       o.text AS text,
       o.standard AS standard
  FROM (SELECT classoid, objoid, objsubid, said.text, standard.text AS standard
          FROM said FULL JOIN standard USING (classoid, objoid, objsubid)) AS o
  LEFT JOIN pg_catalog.pg_constraint AS k ON o.classoid = 'pg_constraint'::regclass AND k.oid = o.objoid
  LEFT JOIN pg_catalog.pg_type AS t ON o.classoid = 'pg_type'::regclass AND t.oid = o.objoid
  LEFT JOIN pg_catalog.pg_class AS tc ON tc.oid = t.typrelid
  LEFT JOIN pg_catalog.pg_rewrite AS r ON o.classoid = 'pg_rewrite'::regclass AND r.oid = o.objoid
 WHERE o.text IS DISTINCT FROM o.standard
   AND k.contype IS DISTINCT FROM 't'
   AND NOT (o.classoid = 'pg_class'::regclass
            AND EXISTS (SELECT FROM pg_catalog.pg_constraint AS i
                         WHERE i.conindid = o.objoid AND i.contype IN ('p', 'u', 'x')))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS e
                    WHERE e.classid = o.classoid AND e.objid = o.objoid AND e.deptype = 'e')
 ORDER BY o.classoid, o.objoid, o.objsubid
