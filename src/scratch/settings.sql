-- Settings that change what a statement creates, as a new session has them: one row each. `shared_preload_libraries` has
-- a row only where the role may read it.
SELECT
    s.name AS name,
    s.setting AS setting
FROM pg_catalog.pg_settings AS s
WHERE s.name IN (
    'array_nulls',
    'backslash_quote',
    'DateStyle',
    'default_text_search_config',
    'default_toast_compression',
    'IntervalStyle',
    'search_path',
    'shared_preload_libraries',
    'standard_conforming_strings',
    'TimeZone',
    'transform_null_equals',
    'xmloption'
)
ORDER BY s.name
