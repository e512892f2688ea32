//! `--check-data`: what the rows that are there say to a plan and to migrations, on a real server.

mod pair;

use serde_json::Value;

use crate::harness::cluster::Cluster;
use crate::harness::migrations::Shop;
use crate::harness::place::Place;

/// A database, and the schema that it is to get.
struct Case {
    place: Place,
    cluster: Cluster,
    url: String,
}

impl Case {
    fn new(live: &str, desired: &str) -> Self {
        let (place, cluster) = (Place::new(), Cluster::start().unwrap());
        cluster.create(&["shop"]).unwrap();
        cluster.query("shop", live).unwrap();
        place.write("schema/all.sql", desired);
        let url = cluster.url("shop");
        Self { place, cluster, url }
    }

    /// What is found by asking, as `LEVEL CODE OBJECT: MESSAGE`, with the help behind it.
    fn asked(&self, more: &[&str]) -> Vec<String> {
        let server = self.cluster.url("postgres");
        let mut arguments =
            vec!["plan", "--check-data", "--no-prove", "--stdout", "--format", "json", "--db", &self.url];
        arguments.extend(["--scratch", &server]);
        arguments.extend(more);
        let ran = self.place.run(&arguments);
        assert!(ran.code < 2, "{}", ran.err);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        let text = |finding: &Value, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
        let one = |finding: &Value| {
            let [level, code, object] = ["level", "code", "object"].map(|field| text(finding, field));
            format!("{level} {code} {object}: {} | {}", text(finding, "message"), text(finding, "help"))
        };
        let all = document["findings"].as_array().unwrap().iter();
        let data = all.filter(|finding| {
            let code = text(finding, "code");
            code.starts_with("rows-") || code == "data-not-asked"
        });
        data.map(one).collect()
    }
}

#[track_caller]
fn says(found: &[String], expected: &[&str]) {
    assert_eq!(found, expected, "\n{}", found.join("\n"));
}

#[test]
fn duplicates_are_found_in_what_becomes_unique() {
    let rows = "INSERT INTO orders SELECT n, 'a' || n / 2, n % 3, NULL FROM generate_series(1, 20) AS n";
    let case = Case::new(
        &format!("CREATE TABLE orders (id int PRIMARY KEY, code text, shop int, gone int); {rows}"),
        "CREATE TABLE orders (id int PRIMARY KEY, code text UNIQUE, shop int, gone int UNIQUE);
         CREATE UNIQUE INDEX orders_lower ON orders (lower(code), shop) WHERE id < 5;
         CREATE UNIQUE INDEX orders_pair ON orders (shop, id);",
    );
    says(
        &case.asked(&[]),
        &["error rows-not-unique orders: (code) of orders becomes unique, and is the same in 18 rows as in another | \
           such as id = 2, 3, 4, 5, 6; to see them: SELECT * FROM (SELECT *, count(*) OVER (PARTITION BY code) AS \
           pgplumb_same FROM ONLY public.orders WHERE code IS NOT NULL) AS same WHERE pgplumb_same > 1"],
    );
    let shown = case.asked(&[]).concat().rsplit_once("SELECT * FROM (").unwrap().1.to_owned();
    let again = case.cluster.query("shop", &format!("SELECT count(*) FROM ({shown}"));
    assert_eq!(again.unwrap(), "18", "the query that is shown can be run");
    case.cluster.query("shop", "UPDATE orders SET code = 'A' || id / 2, shop = 1 WHERE id < 5").unwrap();
    let found = case.asked(&[]);
    assert!(
        found.iter().any(|one| one.contains("((lower(code)), shop) of orders") && one.contains("in 2 rows")),
        "{found:?}"
    );
}

#[test]
fn a_primary_key_asks_for_nulls_and_for_duplicates() {
    let rows = "INSERT INTO orders VALUES (1, 1), (1, 1), (NULL, 2), (2, 3)";
    let case = Case::new(
        &format!("CREATE TABLE orders (id int, note int); {rows}"),
        "CREATE TABLE orders (id int PRIMARY KEY, note int);",
    );
    let found = case.asked(&[]);
    let codes: Vec<&str> = found.iter().map(|one| one.split(':').next().unwrap()).collect();
    assert_eq!(codes, ["error rows-hold-null orders.id", "error rows-not-unique orders"], "{found:?}");
    assert!(found[0].contains("orders.id must not be null, and is null in 1 row |"), "{found:?}");
    assert!(found[0].contains("the table has no primary key to show"), "{found:?}");
}

#[test]
fn nulls_are_found_before_a_column_loses_them() {
    let rows = "INSERT INTO orders SELECT n, n, nullif(n % 4, 0), 'secret' FROM generate_series(1, 40) AS n";
    let live = format!("CREATE TABLE orders (a int, b int, note int, word text, PRIMARY KEY (a, b)); {rows}");
    let desired =
        "CREATE TABLE orders (a int, b int NOT NULL, note int NOT NULL, word text NOT NULL, more int NOT NULL,
                       filled int NOT NULL DEFAULT 1, PRIMARY KEY (a, b));";
    let case = Case::new(&live, desired);
    let expected = [
        "error rows-hold-null orders.more: orders.more must not be null, and nothing gives it a value in 40 rows | such as \
         (a, b) = (1, 1), (2, 2), (3, 3), (4, 4), (5, 5); to see them: SELECT * FROM public.orders WHERE true",
        "error rows-hold-null orders.note: orders.note must not be null, and is null in 10 rows | such as (a, b) = (4, 4), \
         (8, 8), (12, 12), (16, 16), (20, 20); to see them: SELECT * FROM public.orders WHERE note IS NULL",
    ];
    says(&case.asked(&[]), &expected);
    says(&case.asked(&["--online", "off"]), &expected);
    assert!(!case.asked(&[]).concat().contains("secret"));
}

#[test]
fn orphans_are_found_also_by_validate() {
    let live = "CREATE TABLE shops (a int, b int, PRIMARY KEY (a, b)); INSERT INTO shops VALUES (1, 1);
        CREATE TABLE orders (id text PRIMARY KEY, a int, b int, up text);
        INSERT INTO orders VALUES ('x''1', 1, 1, NULL), ('x2', 1, 2, 'x2'), ('x3', 3, NULL, 'x''1'), ('x4', NULL, NULL, 'no');
        ALTER TABLE orders ADD CONSTRAINT up FOREIGN KEY (up) REFERENCES orders NOT VALID";
    let desired = "CREATE TABLE shops (a int, b int, PRIMARY KEY (a, b));
        CREATE TABLE orders (id text PRIMARY KEY, a int, b int, up text,
            CONSTRAINT up FOREIGN KEY (up) REFERENCES orders,
            CONSTRAINT shop FOREIGN KEY (a, b) REFERENCES shops,
            CONSTRAINT whole FOREIGN KEY (a, b) REFERENCES shops MATCH FULL);";
    let found = Case::new(live, desired).asked(&[]);
    let short: Vec<String> = found.iter().map(|one| one.split(';').next().unwrap().to_owned()).collect();
    says(
        &short,
        &[
            "error rows-without-parent orders: (a, b) of orders refers to shops, which lacks what is in 1 row | such as id = 'x2'",
            "error rows-without-parent orders: (a, b) of orders refers to shops, which lacks what is in 2 rows | such as id = 'x2', 'x3'",
            "error rows-without-parent orders: (up) of orders refers to orders, which lacks what is in 1 row | such as id = 'x4'",
        ],
    );
}

#[test]
fn rows_that_break_a_check_of_a_table_or_a_domain_are_found() {
    let live = "CREATE DOMAIN amount AS int; CREATE TABLE orders (id int PRIMARY KEY, price int, value amount);
        INSERT INTO orders VALUES (1, 5, 5), (2, -1, 200), (3, NULL, NULL), (4, 7, -3)";
    let desired = "CREATE DOMAIN amount AS int CONSTRAINT small CHECK (VALUE < 100);
        CREATE TABLE orders (id int PRIMARY KEY, price int CONSTRAINT positive CHECK (price > 0), value amount);";
    says(
        &Case::new(live, desired).asked(&[]),
        &[
            "error rows-violate-check orders.positive: CHECK (price > 0) of orders is false for 1 row | such as id = 2; \
             to see them: SELECT * FROM public.orders WHERE NOT (price > 0)",
            "error rows-violate-check orders.value: CHECK (value < 100) of amount is false for orders.value in 1 row | \
             such as id = 2; to see them: SELECT * FROM ONLY public.orders WHERE EXISTS (SELECT FROM (SELECT orders.value \
             AS value) AS pgplumb_value WHERE NOT (value < 100))",
        ],
    );
}

#[test]
fn values_that_do_not_convert_are_found_one_by_one_and_not_shown() {
    let live = "CREATE TABLE orders (id int PRIMARY KEY, code text, at text, big bigint, fine int);
        INSERT INTO orders SELECT n, CASE WHEN n % 10 = 0 THEN 'secret' ELSE n::text END, '2026-01-01', n * 1000000000::bigint, n
        FROM generate_series(1, 30) AS n";
    let desired = "CREATE TABLE orders (id int PRIMARY KEY, code int, at date, big int, fine bigint);";
    let found = Case::new(live, desired).asked(&[]);
    says(
        &found,
        &[
            "error rows-do-not-cast orders.big: orders.big becomes int, to which the value does not convert in 28 rows | \
             such as id = 3, 4, 5, 6, 7; to see them: SELECT * FROM public.orders WHERE id IN (3, 4, 5, 6, 7)",
            "error rows-do-not-cast orders.code: orders.code becomes int, to which the value does not convert in 3 rows | \
             such as id = 10, 20, 30; to see them: SELECT * FROM public.orders WHERE id IN (10, 20, 30)",
        ],
    );
}

#[test]
fn values_that_would_be_cut_are_found() {
    let live =
        "CREATE TABLE orders (id int PRIMARY KEY, code text, price numeric(10,2), at timestamp, wide varchar(5));
        INSERT INTO orders VALUES (1, 'abc', 1.50, '2026-01-01', 'a'), (2, 'abcd', 1.55, '2026-01-01 10:00', 'b')";
    let desired =
        "CREATE TABLE orders (id int PRIMARY KEY, code varchar(3), price numeric(9,1), at date, wide varchar(9));";
    let found = Case::new(live, desired).asked(&[]);
    let short: Vec<String> = found.iter().map(|one| one.split(';').next().unwrap().to_owned()).collect();
    says(
        &short,
        &[
            "error rows-are-cut orders.at: orders.at becomes date, which cuts or rounds the value in 1 row | such as id = 2",
            "error rows-are-cut orders.code: orders.code becomes varchar(3), which cuts or rounds the value in 1 row | such as id = 2",
            "error rows-are-cut orders.price: orders.price becomes numeric(9, 1), which cuts or rounds the value in 1 row | such as id = 2",
        ],
    );
}

#[test]
fn rows_that_hold_a_value_which_an_enum_loses_are_found() {
    let live = "CREATE TYPE mood AS ENUM ('ok', 'sad', 'new'); CREATE TABLE people (id int PRIMARY KEY, mood mood, moods mood[]);
        INSERT INTO people VALUES (1, 'ok', '{ok}'), (2, 'sad', '{ok,sad}'), (3, 'sad', NULL), (4, NULL, '{new}')";
    let desired =
        "CREATE TYPE mood AS ENUM ('ok', 'new'); CREATE TABLE people (id int PRIMARY KEY, mood mood, moods mood[]);";
    let case = Case::new(live, desired);
    let expected = [
        "error rows-hold-removed-value people.mood: people.mood becomes mood, which has no value like that of 2 rows | \
         such as id = 2, 3; to see them: SELECT * FROM public.people WHERE (mood::text)::pg_catalog.text NOT IN ('ok', 'new')",
        "error rows-hold-removed-value people.moods: people.moods becomes mood[], which has no value like that of 1 row | \
         such as id = 2; to see them: SELECT * FROM public.people WHERE NOT ((moods::text[])::pg_catalog.text[] <@ \
         ARRAY['ok', 'new'])",
    ];
    says(&case.asked(&[]), &expected);
    says(&case.asked(&["--online", "off"]), &expected);
}

#[test]
fn what_cannot_be_asked_is_said() {
    let live = "CREATE FUNCTION slow(int) RETURNS bool LANGUAGE sql AS 'SELECT pg_sleep(5) IS NOT NULL AND $1 > 0';
        CREATE TABLE orders (id int PRIMARY KEY, n int); INSERT INTO orders VALUES (1, 1)";
    let desired = "CREATE FUNCTION slow(int) RETURNS bool LANGUAGE sql AS 'SELECT pg_sleep(5) IS NOT NULL AND $1 > 0';
        CREATE TABLE orders (id int PRIMARY KEY, n int CONSTRAINT slowly CHECK (slow(n)), code text UNIQUE);
        CREATE TABLE made (id int); CREATE UNIQUE INDEX made_id ON made (id);";
    let case = Case::new(live, desired);
    case.place.write("pgplumb.yaml", "timeouts: {check_data: 200ms}\n");
    let found = case.asked(&[]);
    let short: Vec<String> = found.iter().map(|one| one.split(" |").next().unwrap().to_owned()).collect();
    says(
        &short,
        &[
            "warning data-not-asked orders: rows-not-unique of orders cannot be asked: it names what is made or changed before",
            "warning data-not-asked orders.slowly: rows-violate-check of orders.slowly cannot be asked: it takes longer than \
             200ms (`timeouts.check_data`)",
            "note data-not-asked made: nothing is asked of made, which is made or renamed before",
        ],
    );
}

#[test]
fn what_is_found_blocks_until_it_is_allowed_and_nothing_is_asked_without_the_flag() {
    let live = "CREATE TABLE orders (id int PRIMARY KEY, note int); INSERT INTO orders VALUES (1, NULL)";
    let case = Case::new(live, "CREATE TABLE orders (id int PRIMARY KEY, note int NOT NULL);");
    let server = case.cluster.url("postgres");
    let plan = ["plan", "--stdout", "--no-prove", "--db", &case.url, "--scratch", &server];
    case.place.exits(0, &plan);
    let ran = case.place.exits(1, &[&plan[..], &["--check-data"]].concat());
    assert!(ran.err.contains("orders.note must not be null, and is null in 1 row"), "{}", ran.err);
    let allowed = ["--check-data", "--allow", "rows-hold-null:orders.note"];
    let ran = case.place.exits(0, &[&plan[..], &allowed].concat());
    assert!(!ran.err.contains("allowance-unused"), "{}", ran.err);
    let ran = case.place.exits(2, &["plan", "--check-data", "--stdout"]);
    assert!(ran.err.contains("no database is named"), "{}", ran.err);
}

#[test]
fn apply_asks_for_all_that_is_due_before_it_runs_anything() {
    let shop = Shop::new();
    shop.migration("20260101000000_orders", "CREATE TABLE orders (id bigint PRIMARY KEY, note text, n int);\n", None);
    shop.exits(0, &["apply", "--check-data"]);
    shop.query("INSERT INTO orders VALUES (1, 'a', 1), (2, NULL, 1), (3, 'b', 2)");
    shop.migration("20260102000000_more", "CREATE TABLE more (id int);\nCREATE UNIQUE INDEX ON more (id);\n", None);
    shop.migration("20260103000000_note", "ALTER TABLE orders ALTER note SET NOT NULL;\n", None);
    let filled = "UPDATE orders SET n = id;\nALTER TABLE orders ADD UNIQUE (n);\n";
    shop.migration("20260104000000_filled", filled, None);
    for arguments in [&["apply", "--check-data", "--dry-run"][..], &["apply", "--check-data"]] {
        let ran = shop.exits(1, arguments);
        assert!(ran.out.contains("orders.note must not be null, and is null in 1 row"), "{}", ran.out);
        assert!(ran.out.contains("20260103000000_note/up.sql:1:1"), "{}", ran.out);
        assert!(ran.out.contains("nothing is asked of orders, whose rows are changed before"), "{}", ran.out);
        assert!(!ran.out.contains("rows-not-unique"), "{}", ran.out);
    }
    assert_eq!(shop.query("SELECT to_regclass('more') IS NULL"), "t", "nothing was run");
    shop.write("pgplumb.yaml", "apply: {check_data: true}\n");
    shop.exits(1, &["apply"]);
    shop.query("UPDATE orders SET note = 'c' WHERE id = 2");
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT to_regclass('more') IS NULL"), "f");
}
