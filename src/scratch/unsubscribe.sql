-- Drops every subscription of the database that we are connected to, without touching their publishers: a database with
-- a subscription in it cannot be dropped.
DO $$
DECLARE
    name name;
BEGIN
    FOR name IN
        SELECT s.subname
          FROM pg_catalog.pg_subscription AS s
          JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid
         WHERE d.datname = pg_catalog.current_database()
    LOOP
        EXECUTE pg_catalog.format('ALTER SUBSCRIPTION %I DISABLE', name);
        EXECUTE pg_catalog.format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', name);
        EXECUTE pg_catalog.format('DROP SUBSCRIPTION %I', name);
    END LOOP;
END
$$
