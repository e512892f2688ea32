//! Schema files that take others in with `\i` and `\ir`, as psql reads them.

use crate::harness::migrations::Shop;

const TABLES: &str = "SELECT string_agg(oid::regclass::text, ' ' ORDER BY 1) FROM pg_class WHERE relkind = 'r' AND oid >= 16384 \
                      AND relnamespace::regnamespace::text NOT LIKE 'pg%'";

/// The session of the file that names another goes on in that, and behind it.
#[test]
fn what_is_set_holds_in_the_file_that_is_taken_in_and_behind_it() {
    let shop = Shop::new();
    shop.place.write(
        "schema/main.sql",
        "CREATE SCHEMA app;\nSET search_path = app;\n\\ir parts/a.sql\nCREATE TABLE last ();\n",
    );
    shop.place
        .write("schema/parts/a.sql", "CREATE TABLE first ();\n\\i 'schema/parts/b c.sql'\nCREATE TABLE third ();\n");
    shop.place.write("schema/parts/b c.sql", "CREATE TABLE second ();\nSET search_path = public;\n");
    let wanted = "app.first app.second last third";
    // The folder has all of them, the file names them.
    for schema in ["schema/main.sql", "schema"] {
        shop.query("DROP SCHEMA IF EXISTS app CASCADE; DROP TABLE IF EXISTS third, last");
        let plan = shop.exits(0, &["plan", "--schema", schema, "--stdout"]);
        assert!(plan.err.contains("(3 files)"), "{}", plan.err);
        assert!(plan.out.contains("-- new table app.second (schema/parts/b c.sql:1)"), "{}", plan.out);
        shop.place.write("up.sql", &plan.out);
        shop.cluster.psql("shop", &shop.place.path().join("up.sql")).unwrap();
        assert_eq!(shop.query(TABLES), wanted, "{schema}");
        assert!(shop.exits(0, &["plan", "--schema", schema]).out.contains("nothing to change"));
    }
}

/// A dump of a newer server, cut into files, sets in each of them what this one does not know.
#[test]
fn a_setting_that_is_not_known_is_said_once() {
    let shop = Shop::new();
    shop.place.write("schema/main.sql", "SET nosuch_timeout = 0;\n\\ir parts/a.sql\n\\ir parts/b.sql\n");
    for name in ["a", "b"] {
        let text = format!("SET nosuch_timeout = 0;\nSET search_path = public;\nCREATE TABLE {name} ();\n");
        shop.place.write(&format!("schema/parts/{name}.sql"), &text);
    }
    let plan = shop.exits(0, &["plan", "--schema", "schema"]);
    let said = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(said.matches("`SET nosuch_timeout = 0` is not known to this server").count(), 1, "{}", plan.out);
}

/// psql would never end.
#[test]
fn files_that_take_each_other_in_are_read_once() {
    let shop = Shop::new();
    shop.place.write("schema/a.sql", "CREATE TABLE a ();\n\\ir b.sql\n\\ir b.sql\n\\ir a.sql\n");
    shop.place.write("schema/b.sql", "\\ir a.sql\nCREATE TABLE b ();\n");
    let plan = shop.exits(0, &["plan", "--schema", "schema", "--stdout"]);
    assert_eq!(plan.out.matches("CREATE TABLE").count(), 2, "{}", plan.out);
}

#[test]
fn what_psql_alone_can_know_is_said() {
    let shop = Shop::new();
    shop.place.write("schema/a.sql", "\\set x 1\n\\if :x\nCREATE TABLE a ();\n\\else\nCREATE TABLE b ();\n\\endif\n");
    let plan = shop.exits(0, &["plan", "--schema", "schema"]);
    let said = plan.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("2 statements of `schema/a.sql` are not loaded: psql alone knows"), "{}", plan.out);
    assert!(said.contains("+ table a") && said.contains("+ table b"), "{}", plan.out);
}
