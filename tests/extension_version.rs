//! A version of an extension, which counts where the schema declares one.

use std::fs;

use crate::harness::migrations::Shop;

const WORDS: &str = "CREATE TABLE words (id int PRIMARY KEY, word text);\n\
                     CREATE INDEX words_word_idx ON words USING gin (word gin_trgm_ops);\n";
const VERSION: &str = "SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm'";

fn with(shop: &Shop, version: &str) {
    shop.place.write("schema/words.sql", &format!("CREATE EXTENSION pg_trgm{version};\n{WORDS}"));
}

/// A script of the one migration.
fn script(shop: &Shop, name: &str) -> String {
    let folder = fs::read_dir(shop.place.path().join("generated")).unwrap().next().unwrap().unwrap().path();
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn a_declared_version_is_updated_to_and_taken_back() {
    let shop = Shop::new();
    shop.query(&format!("CREATE EXTENSION pg_trgm VERSION '1.4'; {WORDS}"));
    // Nobody says which: whichever the server has.
    with(&shop, "");
    assert!(shop.exits(0, &["plan", "--schema", "schema"]).out.contains("nothing to change"));
    with(&shop, " VERSION '1.6'");
    let plan = shop.exits(0, &["plan", "--schema", "schema", "--name", "update"]);
    assert!(plan.out.contains("proven up and down"), "{}", plan.out);
    let (up, down) = (script(&shop, "up.sql"), script(&shop, "down.sql"));
    assert!(up.contains("ALTER EXTENSION pg_trgm UPDATE TO '1.6';"), "{up}");
    // There is no update back.
    assert!(down.contains("DROP EXTENSION pg_trgm;"), "{down}");
    assert!(down.contains("CREATE EXTENSION pg_trgm WITH SCHEMA public VERSION '1.4';"), "{down}");
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query(VERSION), "1.6");
    assert!(shop.exits(0, &["plan", "--schema", "schema"]).out.contains("nothing to change"));
    shop.exits(0, &["rollback"]);
    assert_eq!(shop.query(VERSION), "1.4");
    assert_eq!(shop.query("SELECT count(*) FROM pg_class WHERE relname = 'words_word_idx'"), "1");
}

#[test]
fn what_is_made_has_the_declared_version() {
    let shop = Shop::new();
    with(&shop, " WITH SCHEMA public VERSION '1.5'");
    shop.exits(0, &["plan", "--schema", "schema", "--name", "words"]);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query(VERSION), "1.5");
    shop.place.exits(0, &["check"]);
    with(&shop, " WITH SCHEMA public VERSION '1.6'");
    let check = shop.place.exits(1, &["check"]);
    assert!(check.out.contains("pg_trgm"), "{}", check.out);
}

/// The update makes the extension's own view anew.
#[test]
fn what_stands_on_an_extension_makes_room_for_its_update() {
    let shop = Shop::new();
    let view = "CREATE VIEW calls AS SELECT queryid, calls FROM pg_stat_statements;\n\
                COMMENT ON VIEW calls IS 'by statement';\n";
    shop.query(&format!("CREATE EXTENSION pg_stat_statements VERSION '1.8'; {view}"));
    shop.place.write("schema/calls.sql", &format!("CREATE EXTENSION pg_stat_statements VERSION '1.10';\n{view}"));
    let plan = shop.exits(0, &["plan", "--schema", "schema", "--name", "update"]);
    assert!(plan.out.contains("proven up and down"), "{}", plan.out);
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT extversion FROM pg_extension WHERE extname = 'pg_stat_statements'"), "1.10");
    assert_eq!(shop.query("SELECT obj_description('calls'::regclass)"), "by statement");
    shop.exits(0, &["rollback"]);
    assert_eq!(shop.query("SELECT extversion FROM pg_extension WHERE extname = 'pg_stat_statements'"), "1.8");
    assert_eq!(shop.query("SELECT obj_description('calls'::regclass)"), "by statement");
}
