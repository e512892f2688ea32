-- How large the tables were, so that `pgplumb health` and `pgplumb verify --performance` can say how they grow.

CREATE TABLE pgplumb.size (
    at timestamptz NOT NULL,
    relation text NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (at, relation)
);

COMMENT ON TABLE pgplumb.size IS 'Reports of how large the tables were, at most one in an hour; of old ones, the last of each day.';
COMMENT ON COLUMN pgplumb.size.relation IS 'As SQL names it; partitions stand for themselves.';
COMMENT ON COLUMN pgplumb.size.bytes IS 'With its indexes and its TOAST table.';
