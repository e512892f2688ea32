-- Privileges on what extensions brought along, where they differ from those that the extension gave it.
SELECT 'pg_init_privs'::regclass::oid AS classid,
       o.objid AS objid,
       o.objsubid AS objsubid,
       NULL::text AS excluded,
       'pg_extension'::regclass::oid AS on_classid,
       o.extension AS on_objid,
       0 AS on_objsubid,
       o.object AS object,
       o.column_name AS "column",
       o.schema AS schema,
       pg_catalog.jsonb_build_object(
         'entries', o.acl::text[],
         'standard', s.acl::text[],
         'objects', o.type,
         'owner', pg_catalog.pg_get_userbyid(o.owner)) AS acl
  FROM object AS o
  LEFT JOIN pg_catalog.pg_init_privs AS i ON i.classoid = o.classid AND i.objoid = o.objid AND i.objsubid = o.objsubid
 CROSS JOIN LATERAL (SELECT COALESCE(i.initprivs, pg_catalog.acldefault(o.type, o.owner)) AS acl) AS s
 WHERE o.acl IS NOT NULL
   AND NOT (o.acl @> s.acl AND s.acl @> o.acl)
 ORDER BY o.object, o.objsubid
