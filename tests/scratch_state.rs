//! What a throw-away cluster has to know of the live server, so that what is live can be made there again.

use crate::harness::migrations::Shop;

/// Plans on a throw-away cluster, applies and plans again, then takes it back.
#[track_caller]
fn goes_and_comes(shop: &Shop, state: &str) {
    let before = shop.query(state);
    let plan = shop.exits(0, &["plan", "--schema", "schema", "--allow", "all"]);
    assert!(plan.out.contains("proven up and down"), "{}", plan.out);
    shop.exits(0, &["apply"]);
    assert_ne!(shop.query(state), before);
    assert!(shop.exits(0, &["plan", "--schema", "schema"]).out.contains("nothing to change"));
    shop.exits(0, &["rollback", "--allow", "all"]);
    assert_eq!(shop.query(state), before);
}

#[test]
fn roles_that_only_the_live_state_names_are_known() {
    let shop = Shop::new();
    shop.query(
        "CREATE ROLE reader; CREATE ROLE maker; CREATE ROLE guard;
         CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t OWNER TO maker; GRANT SELECT ON t TO reader;
         ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON t TO guard USING (true)",
    );
    shop.place.write(
        "schema/t.sql",
        "CREATE TABLE t (id int PRIMARY KEY);\nGRANT INSERT ON t TO PUBLIC;\nALTER TABLE t ENABLE ROW LEVEL SECURITY;\n",
    );
    goes_and_comes(&shop, "SELECT relacl::text || (SELECT count(*) FROM pg_policy) FROM pg_class WHERE relname = 't'");
}

/// They are of the role that loads the files on scratch, and of the one that applies the plan on the live server.
#[test]
fn default_privileges_without_a_role_are_of_who_applies_the_plan() {
    let shop = Shop::new();
    shop.query("CREATE SCHEMA app; CREATE TABLE t (id int PRIMARY KEY)");
    shop.place.write(
        "schema/t.sql",
        "CREATE SCHEMA app;\nALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;\n\
         ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC;\n\
         CREATE TABLE t (id int PRIMARY KEY);\nCREATE TABLE app.made (id int);\n\
         CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
    );
    let state = "SELECT count(*) || coalesce(string_agg(defaclrole::regrole || defaclobjtype::text || defaclacl::text, ' ' \
                 ORDER BY defaclobjtype), '') FROM pg_default_acl";
    goes_and_comes(&shop, state);
}

/// Who made the cluster is not whom initdb gives the schema public to, since 15.
#[test]
fn the_schema_public_is_given_to_who_made_the_cluster_and_taken_back() {
    let shop = Shop::new();
    shop.place.write(
        "schema/public.sql",
        "ALTER SCHEMA public OWNER TO postgres;\nREVOKE USAGE ON SCHEMA public FROM PUBLIC;\n\
         GRANT ALL ON SCHEMA public TO PUBLIC;\n",
    );
    goes_and_comes(&shop, "SELECT nspowner::regrole::text || nspacl::text FROM pg_namespace WHERE nspname = 'public'");
}
