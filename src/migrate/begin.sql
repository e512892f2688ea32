-- Writes down that a run of a migration of the books begins, or that it was done in one go. Returns its number.
--
-- The number is the next by count, which the lock of the runner makes safe. The sequence of the column is not asked: with
-- wal_level = minimal what it gives in the transaction that creates it is not logged, and neither are the next 32
-- (`nextval_internal` in sequence.c), so that after a crash of the server it gives them again.
INSERT INTO pgplumb.history (
    run,
    id,
    name,
    kind,
    up_sha256,
    down_sha256,
    up_sql,
    down_sql,
    outcome,
    error,
    applied_from,
    tool_version,
    ticket,
    started_at,
    duration
)
OVERRIDING SYSTEM VALUE
SELECT
    (SELECT coalesce(max(h.run), 0) + 1 FROM pgplumb.history AS h),
    $1,
    $2,
    $3::text::pgplumb.kind,
    $4,
    $5,
    $6,
    $7,
    $8::text::pgplumb.outcome,
    CASE $8::text WHEN 'failed' THEN '' END,
    $9,
    $10,
    $11,
    pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $12),
    CASE $8::text WHEN 'started' THEN NULL ELSE pg_catalog.make_interval(secs => $12) END
RETURNING run
