-- What one session holds and waits for, what became of the relation so far, and what the running transaction did with its
-- rows. The latter is of the session that asks: another one's cannot be seen.
SELECT l.relation AS oid,
       l.mode AS mode,
       l.granted AS granted,
       CASE WHEN c.oid IS NOT NULL
            THEN pg_catalog.json_build_object(
                   'oid', c.oid::int8,
                   'relation', pg_catalog.json_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind),
                   'filenode', c.relfilenode::int8,
                   -- Another session would wait for the relation here, behind what it looks at.
                   'bytes', CASE WHEN c.relfilenode <> 0 AND l.pid = pg_catalog.pg_backend_pid()
                                 THEN pg_catalog.pg_relation_size(c.oid) END,
                   'table', i.indrelid::int8)
       END AS now,
       -- A sequence is one row, which any look at its position reads.
       CASE WHEN c.relkind <> 'S' THEN COALESCE(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0) ELSE 0 END AS scans,
       COALESCE(pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid), 0) AS written
  FROM pg_catalog.pg_locks AS l
  LEFT JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
 WHERE l.pid = $1
   AND c.relkind IS DISTINCT FROM 't'
   AND (l.locktype = 'relation' OR l.locktype = 'virtualxid' AND NOT l.granted)
