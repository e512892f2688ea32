-- Which type can be cast to which by a function or as it is. Casts through a type's text form are everywhere.
SELECT pg_catalog.format_type(castsource, NULL) AS source,
       pg_catalog.format_type(casttarget, NULL) AS target
  FROM pg_catalog.pg_cast
 WHERE castmethod <> 'i'
