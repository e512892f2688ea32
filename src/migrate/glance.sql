-- The books at a glance: the state after the last run, and all runs as records.sql has them, in the place of {records}. The
-- scripts are left out, but for those that speak of the books and are none of $1, our own.
SELECT
    (SELECT pg_catalog.encode(s.fingerprint, 'hex') FROM pgplumb.state AS s) AS fingerprint,
    (
        SELECT
            coalesce(pg_catalog.jsonb_agg(
                CASE
                    WHEN r ->> 'id' <> ALL ($1::text[]) AND pg_catalog.strpos(r ->> 'up_sql', 'TABLE pgplumb.') > 0 THEN r
                    ELSE r || '{"up_sql": ""}'
                END - 'down_sql'
                ORDER BY (r -> 'run')::bigint
            ), '[]')
        FROM ({records}) AS records (r)
    ) AS records
