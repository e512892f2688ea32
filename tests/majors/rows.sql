INSERT INTO customer (email, name, score) SELECT 'c' || n, 'name ' || n, n % 100 FROM generate_series(1, 500) AS n;
INSERT INTO stock.product SELECT n, 'sku ' || n, n, daterange('2024-01-01'::date + n, '2024-01-02'::date + n)::text::span FROM generate_series(1, 200) AS n;
INSERT INTO invoice (customer_id, total) SELECT 1 + n % 500, 1 + n FROM generate_series(1, 1000) AS n;
INSERT INTO event SELECT n, '2024-01-01'::date + n, 'what ' || n FROM generate_series(1, 900) AS n WHERE n < 720;
INSERT INTO note SELECT 1 + n % 2, 'what' FROM generate_series(1, 100) AS n;
INSERT INTO base SELECT n, 'note' FROM generate_series(1, 10) AS n;
INSERT INTO derived SELECT n, 'note', 'extra' FROM generate_series(11, 20) AS n;
REFRESH MATERIALIZED VIEW sales;
