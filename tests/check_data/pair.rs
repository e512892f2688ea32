//! Rows that are asked about together with others: those that exclude each other, and those that belong into another partition.

use super::{Case, says};

#[test]
fn rows_that_exclude_each_other_are_found() {
    let table = "CREATE TABLE booking (id int PRIMARY KEY, room text, during int4range, void bool)";
    let rows =
        "INSERT INTO booking VALUES (1, 'a', '[1,5)', false), (2, 'a', '[4,6)', false), (3, 'b', '[4,6)', false),
        (4, 'a', '[5,7)', true), (5, NULL, '[1,9)', false), (6, NULL, '[1,9)', false)";
    let case = Case::new(
        &format!("CREATE EXTENSION btree_gist; {table}; {rows}"),
        &format!(
            "CREATE EXTENSION btree_gist; {table};
             ALTER TABLE booking ADD CONSTRAINT apart EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (NOT void),
                 ADD CONSTRAINT once EXCLUDE USING gist (room COLLATE \"C\" WITH OPERATOR(pg_catalog.=), lower(during) WITH =);"
        ),
    );
    let found = case.asked(&[]);
    let short: Vec<String> = found.iter().map(|one| one.split(';').next().unwrap().to_owned()).collect();
    says(
        &short,
        &[
            "error rows-exclude-each-other booking.apart: EXCLUDE (room WITH =, during WITH &&) of booking is broken by 2 rows \
           and another | such as id = 1, 2",
        ],
    );
    let shown = found.concat().rsplit_once("SELECT * FROM (").unwrap().1.to_owned();
    let again = case.cluster.query("shop", &format!("SELECT string_agg(id::text, ' ') FROM ({shown}"));
    assert_eq!(again.unwrap(), "1 2", "the query that is shown can be run");
}

#[test]
fn too_many_pairs_are_told_as_not_asked() {
    let table = "CREATE TABLE booking (id int PRIMARY KEY, during int4range)";
    let rows = "INSERT INTO booking SELECT n, int4range(n, n + 1) FROM generate_series(1, 20000) AS n";
    let case = Case::new(
        &format!("{table}; {rows}"),
        &format!("{table}; ALTER TABLE booking ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&);"),
    );
    case.place.write("pgplumb.yaml", "timeouts: {check_data: 200ms}\n");
    let found = case.asked(&[]).concat();
    assert!(found.contains("it takes longer than 200ms"), "{found}");
}

#[test]
fn rows_that_a_bound_does_not_accept_are_found() {
    let live = "CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE loose (id int PRIMARY KEY, at date NOT NULL);
        INSERT INTO loose SELECT n, date '2024-12-25' + n FROM generate_series(1, 10) AS n";
    let desired = "CREATE TABLE event (id int, at date NOT NULL) PARTITION BY RANGE (at);
        CREATE TABLE loose (id int PRIMARY KEY, at date NOT NULL);
        ALTER TABLE event ATTACH PARTITION loose FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');";
    let case = Case::new(live, desired);
    let expected =
        ["error rows-outside-partition loose: loose becomes a partition of event, and its bound does not accept 6 \
         rows | such as id = 1, 2, 3, 4, 5; to see them: SELECT * FROM public.loose WHERE ((at IS NOT NULL AND (at) >= \
         ('2025-01-01') AND (at) < ('2026-01-01'))) IS NOT TRUE"];
    says(&case.asked(&[]), &expected);
    says(&case.asked(&["--online", "off"]), &expected);
}

#[test]
fn rows_of_the_default_partition_that_belong_into_a_new_one_are_found() {
    let base = "CREATE TABLE event (id int, kind text) PARTITION BY LIST (kind);
        CREATE TABLE event_rest PARTITION OF event (PRIMARY KEY (id)) DEFAULT;";
    let rows = "INSERT INTO event SELECT n, (ARRAY['a', 'b', NULL])[n % 3 + 1] FROM generate_series(1, 12) AS n";
    let desired = format!("{base} CREATE TABLE event_b PARTITION OF event FOR VALUES IN ('b', NULL);");
    let case = Case::new(&format!("{base} {rows}"), &desired);
    let found = case.asked(&[]);
    let errors: Vec<String> = found.iter().filter(|one| one.starts_with("error")).cloned().collect();
    let expected = [
        "error rows-outside-partition event_rest: event_b becomes a partition of event, and event_rest holds what \
         belongs there, in 8 rows | such as id = 1, 2, 4, 5, 7; to see them: SELECT * FROM public.event_rest WHERE kind IN \
         ('b') OR kind IS NULL",
    ];
    says(&errors, &expected);
    assert!(found.len() == 1, "{found:?}");
}

#[test]
fn what_becomes_the_default_partition_may_hold_nothing_of_the_others() {
    let base = "CREATE TABLE event (id int, kind int) PARTITION BY LIST (kind);
        CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
        CREATE TABLE rest (id int PRIMARY KEY, kind int);
        CREATE TABLE spread (id int, kind int) PARTITION BY HASH (id);
        CREATE TABLE part (id int PRIMARY KEY, kind int);";
    let rows = "INSERT INTO rest VALUES (1, 1), (2, 2), (3, NULL); INSERT INTO part SELECT n FROM generate_series(1, 100) AS n";
    let desired = format!(
        "{base} ALTER TABLE event ATTACH PARTITION rest DEFAULT;
         ALTER TABLE spread ATTACH PARTITION part FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
    );
    let case = Case::new(&format!("{base} {rows}"), &desired);
    let found = case.asked(&[]);
    let short: Vec<&str> = found.iter().map(|one| one.split(';').next().unwrap()).collect();
    let outside = case
        .cluster
        .query("shop", "SELECT count(*) FROM part WHERE NOT satisfies_hash_partition('spread'::regclass, 2, 0, id)");
    let part = format!(
        "error rows-outside-partition part: part becomes a partition of spread, and its bound does not accept {} rows",
        outside.unwrap()
    );
    assert!(short.iter().any(|one| one.starts_with(&part)), "{short:?}");
    let rest = "error rows-outside-partition rest: rest becomes a partition of event, and its bound does not accept 1 row | such as id = 1";
    assert!(short.contains(&rest), "{short:?}");
}
