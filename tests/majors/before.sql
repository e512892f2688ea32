CREATE SCHEMA stock;
CREATE EXTENSION pg_trgm WITH SCHEMA stock;
CREATE TYPE state AS ENUM ('new', 'paid', 'sent');
CREATE TYPE address AS (street text, town text);
CREATE DOMAIN amount AS numeric(12, 2) DEFAULT 0 CONSTRAINT amount_is_not_negative CHECK (VALUE >= 0);
CREATE TYPE span AS RANGE (subtype = date);
CREATE COLLATION by_code (locale = 'C');
CREATE SEQUENCE invoice_number AS bigint START 1000 CACHE 5;

CREATE TABLE customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text COLLATE by_code,
    home address,
    score integer,
    lower_email text GENERATED ALWAYS AS (lower(email)) STORED
);
CREATE INDEX customer_name ON customer (name text_pattern_ops DESC) INCLUDE (score) WHERE score > 0;
CREATE INDEX customer_email_trgm ON customer USING gin (email stock.gin_trgm_ops);
CREATE STATISTICS customer_score (ndistinct, dependencies) ON name, score FROM customer;
COMMENT ON TABLE customer IS 'who buys';
COMMENT ON COLUMN customer.score IS 'from 0 to 100';

CREATE TABLE stock.product (
    id integer PRIMARY KEY,
    sku varchar(20) NOT NULL,
    price amount NOT NULL,
    sold span,
    EXCLUDE USING gist (sold WITH &&) WHERE (id > 1000)
) WITH (fillfactor = 90);

CREATE TABLE invoice (
    id bigint DEFAULT nextval('invoice_number') NOT NULL,
    customer_id bigint,
    state state DEFAULT 'new' NOT NULL,
    total amount,
    made timestamptz DEFAULT now() NOT NULL,
    CONSTRAINT invoice_pkey PRIMARY KEY (id)
);
ALTER SEQUENCE invoice_number OWNED BY invoice.id;
CREATE INDEX invoice_made ON invoice (made);

CREATE TABLE event (id bigint NOT NULL, at date NOT NULL, what text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE TABLE note (kind integer, what text) PARTITION BY LIST (kind);
CREATE TABLE note_1 PARTITION OF note FOR VALUES IN (1);
CREATE TABLE note_2 PARTITION OF note FOR VALUES IN (2);
CREATE TABLE base (id integer PRIMARY KEY, note text NOT NULL);
CREATE TABLE derived (extra text) INHERITS (base);

CREATE FUNCTION total_of(customer bigint) RETURNS numeric LANGUAGE sql STABLE
    AS $$ SELECT sum(total) FROM invoice WHERE customer_id = $1 $$;
CREATE FUNCTION doubled(n integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n * 2;
CREATE PROCEDURE forget(customer bigint) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM invoice WHERE customer_id = customer; END $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.made := now(); RETURN NEW; END $$;
CREATE TRIGGER invoice_touch BEFORE UPDATE OF total ON invoice FOR EACH ROW EXECUTE FUNCTION touch();
CREATE AGGREGATE product_of(integer) (SFUNC = int4mul, STYPE = integer, INITCOND = '1');

CREATE VIEW open_invoice WITH (security_barrier) AS SELECT id, customer_id, total FROM invoice WHERE state <> 'sent';
CREATE MATERIALIZED VIEW sales AS SELECT customer_id, sum(total) AS total FROM invoice GROUP BY customer_id;
CREATE UNIQUE INDEX sales_customer ON sales (customer_id);
ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON customer FOR SELECT USING (email = current_user);
GRANT SELECT (id, email) ON customer TO PUBLIC;
REVOKE ALL ON FUNCTION total_of(bigint) FROM PUBLIC;
CREATE PUBLICATION changes FOR TABLE invoice, customer WITH (publish = 'insert');
CREATE TEXT SEARCH CONFIGURATION plain (COPY = pg_catalog.simple);
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE far (id integer NOT NULL, note text) SERVER elsewhere;
