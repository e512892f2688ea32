-- health (up)
-- from eec8cbe1 to 50a06cf5, PostgreSQL 15, proven up and down, down lossless

SET search_path = public;

-- one transaction
BEGIN;
SET LOCAL lock_timeout = '3s';

-- new table pgplumb.size (schema/size.sql:3)
CREATE TABLE pgplumb.size (
    at timestamp with time zone NOT NULL,
    relation text NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT size_pkey PRIMARY KEY (at, relation)
);
COMMENT ON TABLE pgplumb.size IS 'Reports of how large the tables were, at most one in an hour; of old ones, the last of each day.';
COMMENT ON COLUMN pgplumb.size.bytes IS 'With its indexes and its TOAST table.';
COMMENT ON COLUMN pgplumb.size.relation IS 'As SQL names it; partitions stand for themselves.';

-- new view pgplumb.health (schema/health.sql:4)
CREATE VIEW pgplumb.health AS
 WITH sessions AS (
         SELECT count(*) FILTER (WHERE (COALESCE(a.backend_type, 'client backend'::text) = 'client backend'::text)) AS used,
            (current_setting('max_connections'::text))::bigint AS most,
            count(*) FILTER (WHERE ((a.backend_type IS NULL) AND (a.datname = current_database()))) AS hidden,
            (COALESCE(max(EXTRACT(epoch FROM (clock_timestamp() - a.query_start))) FILTER (WHERE ((a.state = 'active'::text) AND (a.datname = current_database()) AND (a.backend_type = 'client backend'::text))), (0)::numeric))::double precision AS query,
            (COALESCE(max(EXTRACT(epoch FROM (clock_timestamp() - a.state_change))) FILTER (WHERE ((a.state ~~ 'idle in transaction%'::text) AND (a.datname = current_database()))), (0)::numeric))::double precision AS idle
           FROM pg_stat_activity a
          WHERE (a.pid <> pg_backend_pid())
        ), runs AS (
         SELECT DISTINCT ON (h.id) h.id,
            ((h.outcome = ANY (ARRAY['started'::pgplumb.outcome, 'failed'::pgplumb.outcome])) OR ((h.outcome = 'applied'::pgplumb.outcome) AND (EXISTS ( SELECT
                   FROM pgplumb.journal j
                  WHERE ((j.run = h.run) AND (NOT j.forward)))))) AS failed
           FROM pgplumb.history h
          ORDER BY h.id, h.run DESC
        ), failed AS (
         SELECT count(*) AS count
           FROM runs
          WHERE runs.failed
        ), database AS (
         SELECT pg_database_size(d.datname) AS size,
            d.blks_hit AS hits,
            (d.blks_hit + d.blks_read) AS blocks,
            d.deadlocks
           FROM pg_stat_database d
          WHERE (d.datname = current_database())
        ), standbys AS (
         SELECT count(*) AS count,
            count(*) FILTER (WHERE (r.state IS NULL)) AS hidden,
            (COALESCE(max(EXTRACT(epoch FROM r.replay_lag)), (0)::numeric))::double precision AS lag
           FROM pg_stat_replication r
        ), locked AS (
         SELECT COALESCE(i.indrelid, l.relation) AS relation
           FROM ((pg_locks l
             JOIN pg_database d ON (((d.oid = l.database) AND (d.datname = current_database()))))
             LEFT JOIN pg_index i ON ((i.indexrelid = l.relation)))
          WHERE ((l.mode = 'AccessExclusiveLock'::text) AND (l.relation IS NOT NULL))
        ), tables AS (
         SELECT format('%I.%I'::text, n.nspname, c.relname) AS relation,
            pg_total_relation_size((c.oid)::regclass) AS bytes
           FROM (pg_class c
             JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
          WHERE ((c.relkind = ANY (ARRAY['r'::"char", 'm'::"char"])) AND (n.nspname <> ALL (ARRAY['information_schema'::name, 'pgplumb'::name])) AND (n.nspname !~ '^pg_'::text) AND (NOT (c.oid IN ( SELECT locked.relation
                   FROM locked))))
        ), largest AS (
         SELECT t.relation,
            t.bytes
           FROM tables t
          WHERE (t.bytes IS NOT NULL)
          ORDER BY t.bytes DESC, t.relation
         LIMIT 1
        ), report AS (
         SELECT COALESCE(max(s.at) FILTER (WHERE (s.at <= (clock_timestamp() - '1 day'::interval))), min(s.at)) AS at
           FROM pgplumb.size s
        ), growth AS (
         SELECT t.relation,
            (((t.bytes - s.bytes))::double precision / (GREATEST(s.bytes, (1)::bigint))::double precision) AS ratio
           FROM ((report report_1
             JOIN pgplumb.size s ON ((s.at = report_1.at)))
             JOIN tables t ON ((t.relation = s.relation)))
          WHERE (t.bytes >= 8388608)
          ORDER BY (((t.bytes - s.bytes))::double precision / (GREATEST(s.bytes, (1)::bigint))::double precision) DESC, t.relation
         LIMIT 1
        ), waits AS (
         SELECT count(DISTINCT l.pid) AS waiters,
            (COALESCE(max(EXTRACT(epoch FROM (clock_timestamp() - l.waitstart))), (0)::numeric))::double precision AS longest
           FROM pg_locks l
          WHERE (NOT l.granted)
        )
 SELECT m.area,
    m.name,
    m.what,
    m.value,
        CASE
            WHEN (m.judged > (m.critical)::double precision) THEN 'critical'::text
            WHEN (m.judged > (m.warning)::double precision) THEN 'warning'::text
            ELSE 'info'::text
        END AS level,
    m.message
   FROM ((((((((sessions
     CROSS JOIN failed)
     CROSS JOIN database)
     CROSS JOIN standbys)
     CROSS JOIN report)
     CROSS JOIN waits)
     LEFT JOIN largest ON (true))
     LEFT JOIN growth ON (true))
     CROSS JOIN LATERAL ( VALUES (1,'connections'::text,'connections_used_ratio'::text,'sessions of all databases, of those that the server allows'::text,((sessions.used)::double precision / (sessions.most)::double precision),((sessions.used)::double precision / (sessions.most)::double precision),0.6,0.8,format('%s of %s'::text, sessions.used, sessions.most)), (2,'connections'::text,'longest_query_seconds'::text,'the statement that runs for longest'::text,
                CASE
                    WHEN ((sessions.hidden = 0) OR (sessions.query > (0)::double precision)) THEN sessions.query
                    ELSE NULL::double precision
                END,sessions.query,300,3000,
                CASE
                    WHEN ((sessions.hidden = 0) OR (sessions.query > (0)::double precision)) THEN format('%s s'::text, round(sessions.query))
                    ELSE format('%s sessions cannot be seen'::text, sessions.hidden)
                END), (3,'connections'::text,'longest_idle_in_transaction_seconds'::text,'the transaction that nobody goes on with for longest'::text,
                CASE
                    WHEN ((sessions.hidden = 0) OR (sessions.idle > (0)::double precision)) THEN sessions.idle
                    ELSE NULL::double precision
                END,sessions.idle,300,3000,
                CASE
                    WHEN ((sessions.hidden = 0) OR (sessions.idle > (0)::double precision)) THEN format('%s s'::text, round(sessions.idle))
                    ELSE format('%s sessions cannot be seen'::text, sessions.hidden)
                END), (4,'migrations'::text,'migrations_failed'::text,'migrations that failed, or were cut off'::text,failed.count,failed.count,NULL::numeric,0,(failed.count)::text), (5,'performance'::text,'database_bytes'::text,'how large the database is'::text,database.size,NULL::double precision,NULL::numeric,NULL::numeric,pg_size_pretty(database.size)), (6,'performance'::text,'cache_hit_ratio'::text,'blocks that were in memory, of those that were read'::text,
                CASE
                    WHEN (database.blocks >= 10000) THEN ((database.hits)::double precision / (database.blocks)::double precision)
                    ELSE NULL::double precision
                END,
                CASE
                    WHEN (database.blocks >= 10000) THEN ((1)::double precision - ((database.hits)::double precision / (database.blocks)::double precision))
                    ELSE NULL::double precision
                END,0.1,NULL::numeric,
                CASE
                    WHEN (database.blocks >= 10000) THEN format('%s %%'::text, round((((database.hits)::numeric * 100.0) / (database.blocks)::numeric), 1))
                    ELSE 'too little was read to say'::text
                END), (7,'performance'::text,'deadlocks'::text,'deadlocks since the server began to count'::text,database.deadlocks,NULL::double precision,NULL::numeric,NULL::numeric,(database.deadlocks)::text), (8,'performance'::text,'replication_lag_seconds'::text,'the standby that is furthest behind'::text,
                CASE
                    WHEN ((standbys.count > 0) AND (standbys.hidden = 0)) THEN standbys.lag
                    ELSE NULL::double precision
                END,
                CASE
                    WHEN (standbys.hidden = 0) THEN standbys.lag
                    ELSE NULL::double precision
                END,30,300,
                CASE
                    WHEN (standbys.count = 0) THEN 'there is no standby'::text
                    WHEN (standbys.hidden = 0) THEN format('%s s'::text, round((standbys.lag)::numeric, 1))
                    ELSE 'standbys cannot be seen'::text
                END), (9,'performance'::text,'largest_table_bytes'::text,'how large the largest table is, with its indexes'::text,largest.bytes,NULL::double precision,NULL::numeric,NULL::numeric,
                CASE
                    WHEN (largest.bytes IS NULL) THEN 'there is no table'::text
                    ELSE format('%s, %s'::text, largest.relation, pg_size_pretty(largest.bytes))
                END), (10,'performance'::text,'table_growth_ratio'::text,'the large table that grew most since an earlier report'::text,growth.ratio,growth.ratio,0.5,NULL::numeric,
                CASE
                    WHEN (report.at IS NULL) THEN 'there is no earlier report'::text
                    WHEN (growth.ratio IS NULL) THEN 'there is no large table'::text
                    ELSE format('%s, %s %% since %s'::text, growth.relation, to_char((growth.ratio * (100)::double precision), 'FMSG999999990'::text), to_char((report.at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD HH24:MI "UTC"'::text))
                END), (11,'locks'::text,'lock_waiters'::text,'sessions that wait for a lock'::text,waits.waiters,waits.longest,30,300,(waits.waiters)::text), (12,'locks'::text,'longest_lock_wait_seconds'::text,'the session that waits for a lock for longest'::text,waits.longest,waits.longest,30,300,format('%s s'::text, round(waits.longest)))) m(place, area, name, what, value, judged, warning, critical, message))
  ORDER BY m.place;
COMMENT ON VIEW pgplumb.health IS 'How the database is doing: what `pgplumb health` shows, with the limits that it has by itself.';

COMMIT;

RESET search_path;
