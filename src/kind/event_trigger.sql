-- Event triggers.
SELECT 'pg_event_trigger'::regclass::oid AS classid,
       t.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       t.evtname AS name,
       t.evtevent AS event,
       t.evtfoid::regproc::text AS function,
       COALESCE(t.evttags, '{}') AS tags,
       t.evtenabled::text AS enabled
  FROM pg_catalog.pg_event_trigger AS t
 ORDER BY t.evtname
