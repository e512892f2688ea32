//! The tools one by one: the table as the tool makes it, and what becomes of its rows.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{NOTES, ORDERS, books, left_by, said, standings, untouched};
use crate::harness::migrations::Shop;

/// Takes it over, and gives the books without what does not tell tools apart.
#[track_caller]
fn taken(shop: &Shop, tool: &str, files: &[&str]) -> Vec<String> {
    let ran = shop.exits(0, &[&["baseline", "--from", "auto"], files].concat());
    assert!(ran.out.contains(&format!(" of {tool} from ")), "{}", ran.out);
    shop.exits(0, &["verify", "--audit"]);
    books(shop).lines().map(str::to_owned).collect()
}

/// That nobody would drop what the tool keeps.
#[track_caller]
fn left_alone(shop: &Shop) {
    shop.write("schema/orders.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n");
    let (url, server) = (shop.url(), shop.cluster.url("postgres"));
    let ran = shop.place.exits(0, &["diff", &url, "schema", "--scratch", &server]);
    assert_eq!(ran.out, "");
    let ran = shop.exits(0, &["drift"]);
    assert!(!ran.out.contains("- "), "{}", ran.out);
}

#[test]
fn dbmate_has_versions_alone() {
    let shop = left_by(
        "CREATE TABLE schema_migrations (version varchar(255) primary key);
         INSERT INTO schema_migrations VALUES ('20240131120000'), ('20240229120000')",
    );
    shop.write(
        "db/migrations/20240131120000_orders.sql",
        &format!("-- migrate:up\n{ORDERS}\n-- migrate:down\nDROP TABLE orders;\n"),
    );
    let taken = taken(&shop, "dbmate", &["--files", "db/migrations"]);
    assert!(taken[0].starts_with("20240131120000_orders ") && taken[0].contains(" dbmate "), "{taken:?}");
    assert!(taken[0].ends_with("DROP TABLE orders;"), "{taken:?}");
    assert!(taken.last().unwrap().starts_with("20240229120000_dbmate "), "{taken:?}");
    left_alone(&shop);
}

#[test]
fn rails_is_told_from_dbmate_and_its_ruby_gives_names() {
    let shop = left_by(
        "CREATE TABLE schema_migrations (version character varying NOT NULL PRIMARY KEY);
         CREATE TABLE ar_internal_metadata (key character varying NOT NULL PRIMARY KEY, value character varying,
            created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
         INSERT INTO ar_internal_metadata VALUES ('environment', 'production', now(), now());
         INSERT INTO schema_migrations VALUES ('20240229120000'), ('20240131120000')",
    );
    shop.write(
        "db/migrate/20240131120000_create_orders.rb",
        "class CreateOrders < ActiveRecord::Migration[7.1]\nend\n",
    );
    let taken = taken(&shop, "rails", &["--files", "db/migrate"]);
    assert!(taken[0].starts_with("20240131120000_create_orders ") && taken[0].ends_with(" rails 0"), "{taken:?}");
    assert!(taken[1].starts_with("20240229120000_rails "), "{taken:?}");
    left_alone(&shop);
}

#[test]
fn diesel_has_dashes_in_its_folders() {
    let shop = left_by(
        "CREATE TABLE __diesel_schema_migrations (
            version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
         INSERT INTO __diesel_schema_migrations VALUES
            ('00000000000000', '2024-01-31 12:00:00'), ('20240131120000', '2024-02-01 12:00:00.5')",
    );
    shop.write("migrations/00000000000000_diesel_initial_setup/up.sql", "SELECT 1;\n");
    shop.write("migrations/2024-01-31-120000_orders/up.sql", ORDERS);
    shop.write("migrations/2024-01-31-120000_orders/down.sql", "DROP TABLE orders;\n");
    let taken = taken(&shop, "diesel", &["--files", "migrations"]);
    assert_eq!(
        taken[..2],
        [
            "00000000000000_diesel_initial_setup 2024-01-31 12:00:00 postgres diesel 10",
            "20240131120000_orders 2024-02-01 12:00:00.5 postgres diesel 45 DROP TABLE orders;"
        ]
    );
    left_alone(&shop);
}

#[test]
fn refinery_hashes_name_version_and_text() {
    let shop = left_by(
        "CREATE TABLE refinery_schema_history (
            version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));
         INSERT INTO refinery_schema_history VALUES
            (1, 'orders', '2024-01-31T12:00:00.123456789Z', '0'),
            (2, 'before', 'legacy', '0')",
    );
    shop.write("db/V1__orders.sql", ORDERS);
    let baseline = ["baseline", "--from", "refinery", "--files", "db"];
    let ran = shop.exits(1, &baseline);
    assert!(said(&ran).contains("foreign::differs"), "{}", ran.err);
    untouched(&shop);
    // The first versions of refinery took what Rust had.
    let mut hasher = DefaultHasher::new();
    "orders".hash(&mut hasher);
    1_i32.hash(&mut hasher);
    ORDERS.hash(&mut hasher);
    let hash = hasher.finish();
    shop.query(&format!("UPDATE refinery_schema_history SET checksum = '{hash}' WHERE version = 1"));
    let taken = taken(&shop, "refinery", &["--files", "db"]);
    assert_eq!(taken[0], "00000000000001_orders 2024-01-31 12:00:00.123457 postgres refinery 45");
    assert!(taken.last().unwrap().starts_with("00000000000002_before 20"), "{taken:?}");
    left_alone(&shop);
}

const PRISMA: &str = "
    CREATE TABLE _prisma_migrations (
        id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
        migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
        started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0
    );
";

#[test]
fn prisma_tries_again_and_its_log_is_not_told() {
    let shop = left_by(PRISMA);
    shop.query(&format!(
        "INSERT INTO _prisma_migrations VALUES
            ('a', encode(sha256('{ORDERS}'), 'hex'), '2024-01-31 12:00:02+00', '20240131120000_orders', NULL, NULL,
             '2024-01-31 12:00:01+00', 1),
            ('b', 'x', NULL, '20240229120000_note', 'ALTER ROLE shop PASSWORD ''hunter2''', NULL, '2024-02-29 12:00:00+00', 0)"
    ));
    shop.write("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    shop.write("prisma/migrations/20240131120000_orders/migration.sql", &ORDERS.replace('\n', "\r\n"));
    shop.write("prisma/migrations/20240229120000_note/migration.sql", NOTES);
    let ran = shop.exits(1, &["baseline", "--from", "prisma"]);
    assert!(
        said(&ran).contains("foreign::unfinished") && said(&ran).contains("`20240229120000_note` did not finish"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    untouched(&shop);
    // `prisma migrate resolve` says so, and then the next try is another row.
    shop.query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'b'");
    shop.query(&format!(
        "INSERT INTO _prisma_migrations VALUES
            ('c', encode(sha256('{NOTES}'), 'hex'), '2024-02-29 13:00:00+00', '20240229120000_note', NULL, NULL,
             '2024-02-29 13:00:00+00', 1)"
    ));
    let taken = taken(&shop, "prisma", &["--files", "prisma/migrations"]);
    assert_eq!(
        taken,
        [
            "20240131120000_orders 2024-01-31 12:00:01 postgres prisma 46",
            "20240229120000_note 2024-02-29 13:00:00 postgres prisma 34"
        ]
    );
    let export = shop.exits(0, &["history", "--export"]).out;
    assert!(!export.contains("hunter2"));
    left_alone(&shop);
}

#[test]
fn prisma_folders_that_became_ours_are_the_same_migrations() {
    let shop = left_by(PRISMA);
    shop.query(&format!(
        "INSERT INTO _prisma_migrations VALUES
            ('a', encode(sha256('{ORDERS}'), 'hex'), now(), '0_init', NULL, NULL, '2024-01-31 12:00:01+00', 1)"
    ));
    shop.migration("20240101000000_init", ORDERS, None);
    let taken = taken(&shop, "prisma", &[]);
    assert_eq!(taken, ["20240101000000_init 2024-01-31 12:00:01 postgres prisma 45"]);
    assert_eq!(standings(&shop, 0), ["20240101000000_init applied"]);
}

#[test]
fn drizzle_knows_files_by_their_hash_and_has_a_schema_of_its_own() {
    let shop = left_by(&format!(
        "CREATE SCHEMA drizzle;
         CREATE TABLE drizzle.__drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);
         INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES
            (encode(sha256('{ORDERS}'), 'hex'), 1706702400123),
            ('0a1b2c3d4e5f', 1709208000000)"
    ));
    shop.write("drizzle/0000_brave_hulk.sql", ORDERS);
    shop.write("drizzle/meta/_journal.json", "{}");
    let taken = taken(&shop, "drizzle", &["--files", "drizzle"]);
    assert!(taken[0].starts_with("20240131120000_brave_hulk ") && taken[0].ends_with(" drizzle 45"), "{taken:?}");
    assert!(taken.last().unwrap().starts_with("20240229120000_0a1b2c3d "), "{taken:?}");
    left_alone(&shop);
}

#[test]
fn knex_has_a_lock_beside_it() {
    let shop = left_by(
        "CREATE TABLE knex_migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz);
         CREATE TABLE knex_migrations_lock (index serial primary key, is_locked integer);
         INSERT INTO knex_migrations_lock (is_locked) VALUES (1);
         INSERT INTO knex_migrations (name, batch, migration_time) VALUES
            ('20240131120000_orders.js', 1, '2024-01-31 12:30:00+00'), ('20240229120000_note.ts', 2, '2024-02-29 12:30:00+00')",
    );
    let ran = shop.exits(1, &["baseline", "--from", "auto"]);
    assert!(said(&ran).contains("public.knex_migrations_lock says that a run is at work"), "{}", ran.err);
    untouched(&shop);
    shop.query("UPDATE knex_migrations_lock SET is_locked = 0");
    let taken = taken(&shop, "knex", &[]);
    assert_eq!(
        taken,
        [
            "20240131120000_orders 2024-01-31 12:30:00 postgres knex 0",
            "20240229120000_note 2024-02-29 12:30:00 postgres knex 0"
        ]
    );
    left_alone(&shop);
}

#[test]
fn django_numbers_within_each_app() {
    let shop = left_by(
        "CREATE TABLE django_migrations (id bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
            app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamp with time zone NOT NULL);
         INSERT INTO django_migrations (app, name, applied) VALUES
            ('auth', '0001_initial', '2024-01-31 12:00:00.1+00'), ('shop', '0001_initial', '2024-01-31 12:00:00.2+00'),
            ('shop', '0002_note', '2024-02-29 12:00:00+00')",
    );
    let taken = taken(&shop, "django", &[]);
    assert_eq!(
        taken,
        [
            "20240131120000_auth.0001_initial 2024-01-31 12:00:00.1 postgres django 0",
            "20240131120000_shop.0001_initial 2024-01-31 12:00:00.2 postgres django 0",
            "20240229120000_shop.0002_note 2024-02-29 12:00:00 postgres django 0"
        ]
    );
    left_alone(&shop);
}

#[test]
fn alembic_has_the_last_revision_and_files_have_those_before() {
    let shop = left_by(
        "CREATE TABLE alembic_version (
            version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
         INSERT INTO alembic_version VALUES ('b2')",
    );
    let file = |id: &str, after: &str, at: &str| {
        format!(
            "\"\"\"x\n\nRevision ID: {id}\nCreate Date: {at}.000001\n\n\"\"\"\nrevision = '{id}'\ndown_revision = {after}\n"
        )
    };
    shop.write("alembic/versions/b2_note.py", &file("b2", "'a1'", "2024-02-29 12:00:00"));
    shop.write("alembic/versions/a1_orders.py", &file("a1", "None", "2024-01-31 12:00:00"));
    shop.write("alembic/versions/c3_later.py", &file("c3", "'b2'", "2024-03-31 12:00:00"));
    let taken = taken(&shop, "alembic", &["--files", "alembic/versions"]);
    let ids: Vec<&str> = taken.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(ids, ["20240131120000_a1_orders", "20240229120000_b2_note"]);
    left_alone(&shop);
    let shop = left_by(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('b2')",
    );
    let alone = self::taken(&shop, "alembic", &[]);
    assert!(alone[0].starts_with("00000000000000_b2 "), "{alone:?}");
}
