-- The report that growth is told from: the newest that is a day old, or the oldest that there is.
SELECT
    s.relation,
    s.bytes,
    pg_catalog.to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') AS since
FROM pgplumb.size AS s
WHERE s.at = (
    SELECT coalesce(max(r.at) FILTER (WHERE r.at <= pg_catalog.clock_timestamp() - interval '1 day'), min(r.at))
    FROM pgplumb.size AS r
)
