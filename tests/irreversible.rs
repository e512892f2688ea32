//! A down that says that nothing leads back, in every folder that people keep: found before it runs, and never taken for one.

use crate::harness::migrations::Shop;

/// What people write where there is no way back.
const GIVEN_UP: [&str; 2] =
    ["-- there is no way back\n", "DO $$ BEGIN RAISE EXCEPTION 'there is no way back'; END $$;\n"];

#[test]
fn it_is_found_and_no_rollback_takes_it_for_one() {
    for down in GIVEN_UP {
        let shop = Shop::new();
        shop.migration("20260101000000_one", "CREATE TABLE one (id bigint PRIMARY KEY);\n", Some(down));
        for verb in [&["lint", "generated"][..], &["lint", "--text-only", "generated"], &["check"]] {
            let found = shop.place.exits(1, verb);
            assert!(found.out.contains("down-irreversible"), "{verb:?}: {}", found.out);
            assert!(!found.out.contains("down-differs"), "{verb:?}: {}", found.out);
        }
        shop.place.exits(0, &["check", "--allow", "down-irreversible"]);
        shop.exits(0, &["apply"]);
        let refused = shop.exits(1, &["rollback", "--allow", "all"]);
        assert!(refused.err.starts_with("migrate::irreversible"), "{}", refused.err);
        assert_eq!(shop.query("SELECT to_regclass('one') IS NOT NULL"), "t");
        assert!(shop.exits(0, &["status"]).out.contains("20260101000000_one  applied"));
    }
}
