-- The tables that foreign keys tie to these, from either side, by oid.
SELECT o.oid AS oid
  FROM pg_catalog.pg_constraint AS k
 CROSS JOIN LATERAL (VALUES (k.conrelid, k.confrelid), (k.confrelid, k.conrelid)) AS o(oid, other)
 WHERE k.contype = 'f'
   AND o.other = ANY ($1::oid[])
   AND o.oid <> ALL ($1::oid[])
 GROUP BY o.oid
 ORDER BY o.oid
