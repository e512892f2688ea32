-- Writes down a migration that another tool applied: when and by whom as that says, and else now and by us. Returns the
-- number of the run, which is counted as in begin.sql.
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
    applied_by,
    tool_version,
    ticket,
    started_at,
    duration,
    down_grade,
    losses,
    plan_sha256,
    origin
)
OVERRIDING SYSTEM VALUE
SELECT
    (SELECT coalesce(max(h.run), 0) + 1 FROM pgplumb.history AS h),
    $1,
    $2,
    'baseline',
    $3,
    $4,
    $5,
    $6,
    'applied',
    coalesce($7::text, session_user),
    $8,
    $9,
    coalesce($10::text::timestamptz, pg_catalog.clock_timestamp()),
    pg_catalog.make_interval(secs => $11),
    $12,
    $13,
    $14,
    $15
RETURNING run
