-- Every dependency of an object that initdb did not make. The owner of an identity or serial sequence is a fact of its
-- own (`owned by`), so that row ('a' from a sequence to a column) is left out: it would close a loop with the default. So
-- is a table's place under a parent (`partition`, `inheritance`), which can end while the table stays.
SELECT d.classid,
       d.objid,
       d.objsubid,
       d.refclassid,
       d.refobjid,
       d.refobjsubid,
       d.deptype
  FROM pg_catalog.pg_depend AS d
 WHERE d.objid >= 16384
   AND (d.refobjid >= 16384 OR d.refclassid = 'pg_namespace'::regclass)
   AND NOT (d.deptype = 'a' AND d.refobjsubid > 0 AND d.classid = 'pg_class'::regclass
            AND EXISTS (SELECT FROM pg_catalog.pg_sequence AS s WHERE s.seqrelid = d.objid))
   AND NOT (d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
            AND EXISTS (SELECT
                          FROM pg_catalog.pg_inherits AS i
                          JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
                         WHERE i.inhrelid = d.objid AND i.inhparent = d.refobjid AND c.relkind IN ('r', 'p', 'f')))
