-- Writes down that a run of a migration begins, or that it was done in one go. Returns its number.
INSERT INTO pgplumb.history (
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
SELECT
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
