CREATE TABLE seen (a integer NOT NULL, twice integer GENERATED ALWAYS AS (a * 2));
CREATE TABLE booking (room int4range, during daterange, note text, PRIMARY KEY (room, during WITHOUT OVERLAPS));
CREATE TABLE guest (room int4range, during daterange, CONSTRAINT guest_room FOREIGN KEY (room, PERIOD during) REFERENCES booking (room, PERIOD during));
CREATE TABLE stay (room int4range, during daterange) PARTITION BY LIST (room);
CREATE TABLE stay_rest PARTITION OF stay DEFAULT;
CREATE TABLE lax (a integer CONSTRAINT lax_check CHECK (a > 0) NOT ENFORCED, b integer);
CREATE TABLE strict (a integer CONSTRAINT a_is_there NOT NULL, b integer, c integer CONSTRAINT here_only NOT NULL NO INHERIT);
ALTER TABLE strict ADD CONSTRAINT b_is_there NOT NULL b NOT VALID;
-- The partition keeps the name that the NOT NULL of the identity had.
CREATE TABLE reading (id integer GENERATED ALWAYS AS IDENTITY, region text, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE reading_a PARTITION OF reading FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
-- then
CREATE TABLE seen (a integer NOT NULL, twice integer GENERATED ALWAYS AS (a + a));
CREATE TABLE booking (room int4range, during daterange, note text, PRIMARY KEY (room, during WITHOUT OVERLAPS), UNIQUE (room, during WITHOUT OVERLAPS));
CREATE TABLE guest (room int4range, during daterange, CONSTRAINT guest_room FOREIGN KEY (room, PERIOD during) REFERENCES booking (room, PERIOD during) NOT ENFORCED);
CREATE TABLE stay (room int4range, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS)) PARTITION BY LIST (room);
CREATE TABLE stay_rest PARTITION OF stay DEFAULT;
CREATE TABLE lax (a integer CONSTRAINT lax_check CHECK (a > 0), b integer CONSTRAINT lax_b CHECK (b > 0) NOT ENFORCED);
CREATE TABLE strict (a integer CONSTRAINT is_there NOT NULL, b integer CONSTRAINT b_is_there NOT NULL, c integer CONSTRAINT here_only NOT NULL);
CREATE TABLE reading (id integer GENERATED ALWAYS AS IDENTITY, region text, at date NOT NULL) PARTITION BY LIST (region);
CREATE TABLE reading_a PARTITION OF reading FOR VALUES IN ('eu');
