-- Subscriptions of this database. Only a superuser may read `subconninfo`, and naming the column would refuse the query to
-- everybody else; ts_stat runs a query that is text, so that it is named only where it may be read. A connection string
-- with a password in it is not read. Columns that came later than 14 are found in the outer query there.
SELECT 'pg_subscription'::regclass::oid AS classid,
       s.oid AS objid,
       0 AS objsubid,
       e.excluded AS excluded,
       s.subname AS name,
       CASE WHEN NOT c.secret THEN c.connection END AS connection,
       s.subpublications AS publications,
       s.subslotname AS slot_name,
       s.subsynccommit AS synchronous_commit,
       s.subbinary AS binary,
       CASE x.streaming WHEN 'false' THEN 'off' WHEN 'f' THEN 'off' WHEN 'p' THEN 'parallel' ELSE 'on' END AS streaming,
       x.two_phase <> 'd' AS two_phase,
       x.disable_on_error AS disable_on_error,
       x.password_required AS password_required,
       x.run_as_owner AS run_as_owner,
       x.origin AS origin,
       x.failover AS failover,
       s.subenabled AS enabled
  FROM pg_catalog.pg_subscription AS s
  JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid AND d.datname = pg_catalog.current_database()
  CROSS JOIN (SELECT 'd'::"char" AS subtwophasestate, false AS subdisableonerr, true AS subpasswordrequired,
                     false AS subrunasowner, 'any' AS suborigin, false AS subfailover) AS before
  CROSS JOIN LATERAL (
    SELECT o.substream::text AS streaming, subtwophasestate AS two_phase, subdisableonerr AS disable_on_error,
           subpasswordrequired AS password_required, subrunasowner AS run_as_owner, suborigin AS origin,
           subfailover AS failover
      FROM pg_catalog.pg_subscription AS o
     WHERE o.oid = s.oid) AS x
  CROSS JOIN LATERAL (
    SELECT r.connection, r.connection ~* 'pass' OR r.connection ~* '^postgres(ql)?://[^/@]*:[^/@]*@' AS secret
      FROM (SELECT CASE
                     WHEN pg_catalog.has_column_privilege('pg_catalog.pg_subscription', 'subconninfo', 'SELECT')
                       THEN (SELECT pg_catalog.substr(w.word, 2)
                               FROM pg_catalog.ts_stat(pg_catalog.format(
                                      'SELECT pg_catalog.array_to_tsvector(ARRAY[''='' || subconninfo])'
                                      ' FROM pg_catalog.pg_subscription WHERE oid = %s', s.oid)) AS w)
                   END AS connection) AS r) AS c
  CROSS JOIN LATERAL (
    SELECT NULL::text AS excluded
    UNION ALL
    SELECT 'connection string that holds a password' WHERE c.secret
    UNION ALL
    SELECT 'connection string that only a superuser may read' WHERE c.connection IS NULL) AS e
 ORDER BY s.subname, e.excluded
