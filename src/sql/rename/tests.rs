use super::{Names, Why};

fn names(to: &str) -> Names {
    Names::default().and("shop", to).and_own("pgplumb", "pgplumb_of_acme")
}

/// There and back.
#[track_caller]
fn both(sql: &str, made: &str, to: &str) {
    let there = names(to).rename(sql);
    assert_eq!((there.text.as_str(), there.doubts.as_slice()), (made, &[][..]), "{sql}");
    let back = Names::default().and(to, "shop").rename(&there.text);
    assert_eq!(back.text, sql);
}

#[test]
fn a_schema_is_renamed_where_it_is_one() {
    for (sql, made) in [
        ("SELECT shop.f(o.id) FROM shop.orders AS o", "SELECT acme.f(o.id) FROM acme.orders AS o"),
        ("CREATE SCHEMA shop", "CREATE SCHEMA acme"),
        ("CREATE SCHEMA IF NOT EXISTS shop", "CREATE SCHEMA IF NOT EXISTS acme"),
        ("GRANT USAGE ON SCHEMA other, shop TO web", "GRANT USAGE ON SCHEMA other, acme TO web"),
        ("GRANT SELECT ON ALL TABLES IN SCHEMA shop TO web", "GRANT SELECT ON ALL TABLES IN SCHEMA acme TO web"),
        ("SET search_path = shop, public", "SET search_path = acme, public"),
        ("SET search_path TO 'public', 'shop'", "SET search_path TO 'public', 'acme'"),
        (
            "SELECT set_config('search_path', 'shop, public', true)",
            "SELECT set_config('search_path', 'acme, public', true)",
        ),
        ("nextval('shop.orders_id_seq'::regclass)", "nextval('acme.orders_id_seq'::regclass)"),
        ("'x'::shop.mood = ANY (ARRAY['x'::shop.mood])", "'x'::acme.mood = ANY (ARRAY['x'::acme.mood])"),
        ("SELECT 1 OPERATOR(shop.+) 2 -- shop.x", "SELECT 1 OPERATOR(acme.+) 2 -- shop.x"),
        (
            "CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS 'SELECT count(*) FROM shop.t WHERE x = ''a'''",
            "CREATE FUNCTION acme.f() RETURNS int LANGUAGE sql AS 'SELECT count(*) FROM acme.t WHERE x = ''a'''",
        ),
        (
            "DO $$ BEGIN EXECUTE format('INSERT INTO shop.%I VALUES (1)', t); END $$",
            "DO $$ BEGIN EXECUTE format('INSERT INTO acme.%I VALUES (1)', t); END $$",
        ),
        ("COMMENT ON TABLE shop.t IS 'the shop, shop.t'", "COMMENT ON TABLE acme.t IS 'the shop, shop.t'"),
        (
            "CREATE TABLE workshop.t (shopping text DEFAULT 'shopper')",
            "CREATE TABLE workshop.t (shopping text DEFAULT 'shopper')",
        ),
    ] {
        both(sql, made, "acme");
    }
}

#[test]
fn odd_names_are_quoted_as_deep_as_they_stand() {
    both("SELECT shop.f('shop.s'::regclass)", "SELECT \"Acme Ltd\".f('\"Acme Ltd\".s'::regclass)", "Acme Ltd");
    both("SELECT shop.f('shop.s'::regclass)", "SELECT \"O'Brien\".f('\"O''Brien\".s'::regclass)", "O'Brien");
    both("SELECT a FROM shop.t ORDER BY a", "SELECT a FROM \"order\".t ORDER BY a", "order");
    let long = "x".repeat(63);
    both("ALTER TABLE shop.t ADD c int", &format!("ALTER TABLE {long}.t ADD c int"), &long);
}

#[test]
fn what_may_be_something_else_is_a_doubt() {
    for (sql, why) in [
        ("SELECT shop.id FROM orders AS shop", Why::Alone),
        ("ALTER TABLE shop.t ADD COLUMN shop int", Why::Alone),
        ("CREATE TABLE public.shop ()", Why::Alone),
        ("SELECT shop.* FROM x", Why::Alone),
        ("ALTER TABLE shop.t OWNER TO shop", Why::Alone),
        ("INSERT INTO shop.t VALUES ('shop')", Why::Text),
        ("INSERT INTO shop.t VALUES ('see shop.example')", Why::Text),
        ("INSERT INTO shop.t VALUES (E'\\\\shop.x')", Why::Text),
        ("CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS $$SELECT a FROM Shop.t$$", Why::Spelling),
        ("CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS $$SELECT a FROM \"shop\".t$$", Why::Spelling),
        ("DO $$ DECLARE shop record; BEGIN END $$", Why::Alone),
        ("IMPORT FOREIGN SCHEMA shop FROM SERVER s INTO local", Why::Alone),
    ] {
        let doubts = names("acme").rename(sql).doubts;
        assert!(doubts.iter().any(|doubt| doubt.why == why), "{sql}: {doubts:?}");
    }
    // In other spellings at the top it is still the schema.
    let renamed = names("acme").rename("SELECT Shop.a(), \"shop\".b(), \"Shop\".c()");
    assert_eq!((renamed.text.as_str(), renamed.doubts.len()), ("SELECT acme.a(), acme.b(), \"Shop\".c()", 0));
}

#[test]
fn our_own_books_are_renamed_and_their_settings_are_not() {
    let made = |sql: &str| names("acme").rename(sql).text;
    assert_eq!(made("SELECT to_regclass('pgplumb.history')"), "SELECT to_regclass('pgplumb_of_acme.history')");
    assert_eq!(made("n.nspname = 'pgplumb'"), "n.nspname = 'pgplumb_of_acme'");
    assert_eq!(made("SET pgplumb.session = 'x'"), "SET pgplumb.session = 'x'");
    assert_eq!(made("AS $$ current_setting('pgplumb.session') $$"), "AS $$ current_setting('pgplumb.session') $$");
    assert_eq!(made("strpos(up_sql, 'TABLE pgplumb.')"), "strpos(up_sql, 'TABLE pgplumb.')");
}

#[test]
fn positions_lead_back() {
    let renamed = names("a_much_longer_name").rename("SELECT é FROM shop.t, shop.nosuch");
    let at = |text: &str, part: &str| u32::try_from(text[..text.find(part).unwrap()].chars().count() + 1).unwrap();
    assert_eq!(renamed.given(at(&renamed.text, "FROM")), 10);
    assert_eq!(renamed.given(at(&renamed.text, "a_much")), 15);
    assert_eq!(renamed.given(at(&renamed.text, "nosuch")), at("SELECT é FROM shop.t, shop.nosuch", "nosuch"));
}
