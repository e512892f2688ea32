-- Writes down a run that begins, or that is over, with the steps that are done. Returns its number, which is counted as in
-- begin.sql.
WITH made AS (
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
        duration,
        down_grade,
        losses,
        release,
        plan_sha256
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
        $17::text::pgplumb.outcome,
        $18,
        $8,
        $9,
        $10,
        pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $11),
        CASE $17::text WHEN 'started' THEN NULL ELSE pg_catalog.make_interval(secs => $11) END,
        $12,
        $13,
        $16::bigint,
        $19
    RETURNING run
), steps AS (
    INSERT INTO pgplumb.journal (run, step, sql_sha256, outcome, started_at, finished_at)
    SELECT made.run, t.step, t.hash, 'applied', pg_catalog.now(), pg_catalog.clock_timestamp()
    FROM made, ROWS FROM (pg_catalog.unnest($14::integer[]), pg_catalog.unnest($15::bytea[])) AS t (step, hash)
)
SELECT run FROM made
