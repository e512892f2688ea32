-- Text search configurations with the dictionaries of each kind of token.
SELECT 'pg_ts_config'::regclass::oid AS classid,
       c.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       c.cfgname AS name,
       pg_catalog.format('%I.%I', pn.nspname, p.prsname) AS parser,
       COALESCE((SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                          'token', m.alias, 'dictionaries', m.dictionaries) ORDER BY m.tokid)
                   FROM (SELECT t.tokid,
                                t.alias,
                                pg_catalog.array_agg(m.mapdict::regdictionary::text ORDER BY m.mapseqno) AS dictionaries
                           FROM pg_catalog.pg_ts_config_map AS m
                           JOIN pg_catalog.ts_token_type(c.cfgparser) AS t ON t.tokid = m.maptokentype
                          WHERE m.mapcfg = c.oid
                          GROUP BY t.tokid, t.alias) AS m), '[]') AS mappings
  FROM pg_catalog.pg_ts_config AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.cfgnamespace
  JOIN pg_catalog.pg_ts_parser AS p ON p.oid = c.cfgparser
  JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.prsnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, c.cfgname
