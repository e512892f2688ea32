-- Foreign keys that do not hold for every row for sure, because they are NOT VALID or because triggers of theirs do not fire:
-- one row for each, without those of partitions that come with the one of a parent. `tables` has those whose triggers do not fire.
WITH RECURSIVE keys (top, oid) AS (
    SELECT k.oid, k.oid FROM pg_catalog.pg_constraint AS k WHERE k.contype = 'f' AND k.conparentid = 0
    UNION ALL
    SELECT keys.top, k.oid FROM keys JOIN pg_catalog.pg_constraint AS k ON k.conparentid = keys.oid
),
silent AS (
    SELECT DISTINCT keys.top, t.tgrelid
    FROM keys
    JOIN pg_catalog.pg_trigger AS t ON t.tgconstraint = keys.oid
    WHERE t.tgisinternal AND t.tgenabled IN ('D', 'R')
)
SELECT
    n.nspname::text AS schema,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
    pg_catalog.format('%I', k.conname) AS name,
    k.convalidated AS valid,
    coalesce(pg_catalog.to_jsonb(k) ->> 'conperiod', 'false')::boolean AS period,
    ARRAY(
        SELECT pg_catalog.format('%I.%I', sn.nspname, sc.relname)
        FROM silent AS s
        JOIN pg_catalog.pg_class AS sc ON sc.oid = s.tgrelid
        JOIN pg_catalog.pg_namespace AS sn ON sn.oid = sc.relnamespace
        WHERE s.top = k.oid
        ORDER BY 1
    ) AS tables,
    CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || pg_catalog.format('%I.%I', n.nspname, c.relname) AS child,
    CASE WHEN p.relkind = 'p' THEN '' ELSE 'ONLY ' END || pg_catalog.format('%I.%I', pn.nspname, p.relname) AS parent,
    k.confmatchtype = 'f' AS full,
    columns.names AS columns,
    columns.same AS same
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL (
    SELECT
        pg_catalog.array_agg(pg_catalog.format('child.%I', here.attname) ORDER BY u.place) AS names,
        pg_catalog.string_agg(
            pg_catalog.format('parent.%I OPERATOR(%I.%s) child.%I', there.attname, o.nspname, op.oprname, here.attname),
            ' AND ' ORDER BY u.place
        ) AS same
    FROM ROWS FROM (unnest(k.conkey), unnest(k.confkey), unnest(k.conpfeqop)) WITH ORDINALITY AS u (here, there, op, place)
    JOIN pg_catalog.pg_attribute AS here ON here.attrelid = k.conrelid AND here.attnum = u.here
    JOIN pg_catalog.pg_attribute AS there ON there.attrelid = k.confrelid AND there.attnum = u.there
    JOIN pg_catalog.pg_operator AS op ON op.oid = u.op
    JOIN pg_catalog.pg_namespace AS o ON o.oid = op.oprnamespace
) AS columns
WHERE k.contype = 'f'
    AND k.conparentid = 0
    AND pg_catalog.to_jsonb(k) ->> 'conenforced' IS DISTINCT FROM 'false'
    AND (NOT k.convalidated OR EXISTS (SELECT FROM silent AS s WHERE s.top = k.oid))
ORDER BY 2, 3
