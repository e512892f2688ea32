CREATE TABLE once (a integer, b integer, UNIQUE NULLS NOT DISTINCT (a));
CREATE VIEW careful WITH (security_invoker) AS SELECT id FROM invoice;
CREATE PUBLICATION partly FOR TABLE invoice (id, total) WHERE (id > 5);
CREATE PUBLICATION stocked FOR TABLES IN SCHEMA stock;
CREATE UNLOGGED SEQUENCE quick;
-- then
CREATE TABLE once (a integer, b integer, UNIQUE NULLS NOT DISTINCT (a, b));
CREATE VIEW careful AS SELECT id FROM invoice;
CREATE PUBLICATION partly FOR TABLE invoice (id, state) WHERE (id > 6);
CREATE PUBLICATION stocked FOR TABLES IN SCHEMA stock WITH (publish = 'insert');
CREATE SEQUENCE quick;
