-- Encoding and collation of the current database: one row.
-- The provider is of the database from 15. `daticulocale` (15, 16) became `datlocale` in 17; `daticurules` came in 16.
SELECT
    pg_catalog.pg_encoding_to_char(d.encoding) AS encoding,
    d.datcollate AS collate,
    d.datctype AS ctype,
    coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
    coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale,
    to_jsonb(d) ->> 'daticurules' AS icu_rules
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database()
