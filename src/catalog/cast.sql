-- Which type can be cast to which by an entry of its own, and whether that happens where a value is assigned. Casts through a type's text form are everywhere.
SELECT pg_catalog.format_type(castsource, NULL) AS source,
       pg_catalog.format_type(casttarget, NULL) AS target,
       castcontext <> 'e' AS assigns
  FROM pg_catalog.pg_cast
