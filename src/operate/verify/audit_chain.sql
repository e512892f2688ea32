-- The audit as a whole, and the first row of it that does not follow from the one before. The text of a row is that of
-- pgplumb.append in schema/audit.sql.
WITH chain AS (
    SELECT
        a.*,
        lag(a.number) OVER numbers AS before,
        pg_catalog.sha256(
            coalesce(lag(a.hash) OVER numbers, '') || pg_catalog.convert_to(
                pg_catalog.jsonb_build_array(
                    a.number,
                    (extract(epoch FROM a.at) * 1000000)::bigint,
                    a.what,
                    a.run,
                    a.id,
                    a.done_by,
                    a.done_from,
                    a.tool_version,
                    a.record
                )::text,
                'UTF8'
            )
        ) AS follows
    FROM pgplumb.audit AS a
    WINDOW numbers AS (ORDER BY a.number)
), broken AS (
    SELECT *
    FROM chain
    WHERE number <> coalesce(before, 0) + 1 OR hash <> follows
    ORDER BY number
    LIMIT 1
)
SELECT
    (SELECT count(*) FROM chain) AS rows,
    (SELECT pg_catalog.to_char(min(at), 'YYYY-MM-DD HH24:MI:SS "UTC"') FROM chain) AS since,
    (SELECT pg_catalog.encode(hash, 'hex') FROM chain ORDER BY number DESC LIMIT 1) AS head,
    (SELECT number FROM broken) AS broken,
    (SELECT before FROM broken) AS before,
    (
        SELECT pg_catalog.concat_ws(' ', what, id, 'at', pg_catalog.to_char(at, 'YYYY-MM-DD HH24:MI:SS "UTC"')) FROM broken
    ) AS told,
    EXISTS (
        SELECT
        FROM chain
        JOIN pgplumb.history AS h ON h.id = '20261122003253_audit' AND h.outcome = 'applied'
        WHERE chain.what = 'found' AND chain.run >= h.run
    ) AS anew,
    EXISTS (SELECT FROM chain WHERE pg_catalog.encode(hash, 'hex') = '{noted}') AS noted
