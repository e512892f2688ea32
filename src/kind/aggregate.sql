-- Aggregates. Settings that are as CREATE AGGREGATE would choose them by itself are null here.
SELECT 'pg_proc'::regclass::oid AS classid,
       p.oid AS objid,
       0 AS objsubid,
       NULL::text AS excluded,
       n.nspname AS schema,
       p.proname AS name,
       COALESCE((SELECT pg_catalog.string_agg(pg_catalog.format_type(t.type, NULL), ', ' ORDER BY t.position)
                   FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS t (type, position)), '') AS args,
       pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
       COALESCE(CASE
                  WHEN p.proargmodes IS NULL THEN p.proargnames
                  ELSE (SELECT pg_catalog.array_agg(COALESCE(p.proargnames[i], '') ORDER BY i)
                          FROM pg_catalog.generate_subscripts(p.proargmodes, 1) AS i)
                END, '{}') AS inputs,
       pg_catalog.format_type(p.prorettype, NULL) AS returns,
       a.aggkind AS kind,
       a.aggnumdirectargs::int4 AS direct,
       p.proparallel AS parallel,
       a.aggtransfn::regproc::text AS transition,
       pg_catalog.format_type(a.aggtranstype, NULL) AS state_type,
       a.aggtransspace AS state_space,
       a.agginitval AS initial,
       CASE WHEN a.aggfinalfn <> 0 THEN a.aggfinalfn::regproc::text END AS final,
       a.aggfinalextra AS final_extra,
       CASE WHEN a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN a.aggfinalmodify END AS final_modify,
       CASE WHEN a.aggcombinefn <> 0 THEN a.aggcombinefn::regproc::text END AS combine,
       CASE WHEN a.aggserialfn <> 0 THEN a.aggserialfn::regproc::text END AS serialize,
       CASE WHEN a.aggdeserialfn <> 0 THEN a.aggdeserialfn::regproc::text END AS deserialize,
       CASE WHEN a.aggmtransfn <> 0 THEN a.aggmtransfn::regproc::text END AS moving_transition,
       CASE WHEN a.aggminvtransfn <> 0 THEN a.aggminvtransfn::regproc::text END AS moving_inverse,
       CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END AS moving_state_type,
       a.aggmtransspace AS moving_state_space,
       a.aggminitval AS moving_initial,
       CASE WHEN a.aggmfinalfn <> 0 THEN a.aggmfinalfn::regproc::text END AS moving_final,
       a.aggmfinalextra AS moving_final_extra,
       CASE WHEN a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN a.aggmfinalmodify END
         AS moving_final_modify,
       CASE WHEN op.oid IS NOT NULL THEN pg_catalog.format('OPERATOR(%I.%s)', opn.nspname, op.oprname) END AS sort_operator
  FROM pg_catalog.pg_aggregate AS a
  JOIN pg_catalog.pg_proc AS p ON p.oid = a.aggfnoid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  LEFT JOIN pg_catalog.pg_operator AS op ON op.oid = a.aggsortop
  LEFT JOIN pg_catalog.pg_namespace AS opn ON opn.oid = op.oprnamespace
 WHERE n.nspname <> 'information_schema'
   AND n.nspname !~ '^pg_'
 ORDER BY n.nspname, p.proname, args
