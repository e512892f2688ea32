//! Where rules depend on the size of a table, the version of the server, or a setting.

use std::sync::Arc;

use crate::lint::policy::Policy;
use crate::lint::script::{Context, Script};
use crate::lint::{Level, check_script};
use crate::observe::size::{Size, Sizes};
use crate::sql::file::SqlFile;
use crate::sql::split::split;

fn found(sql: &str, context: Context) -> Vec<(&'static str, Level, String)> {
    let statements = split(&Arc::new(SqlFile::new("a.sql", sql)));
    let script = Script::of_file(&statements, &[], context);
    let findings = check_script(&script, &Policy::default(), &[]);
    // What a new constraint means for the rows is another rule's business.
    let findings = findings.into_iter().filter(|finding| finding.code != "constraint-tightened-without-check");
    findings.map(|finding| (finding.code, finding.level, finding.message)).collect()
}

fn sized(table: &str, bytes: u64) -> Context {
    let size = Size { rows: Some(bytes / 100), bytes, index_bytes: 0 };
    Context { sizes: Sizes::default().with("public", table, size), ..Context::default() }
}

#[test]
fn work_on_a_small_table_is_a_note() {
    let sql = "SET lock_timeout = 1; SET statement_timeout = 1; ALTER TABLE orders ADD CHECK (id > 0)";
    let level = |context| found(sql, context).into_iter().map(|(code, level, _)| (code, level)).collect::<Vec<_>>();
    assert_eq!(level(Context::default()), [("check-validates", Level::Error)]);
    assert_eq!(level(sized("orders", 10 << 20)), [("check-validates", Level::Error)]);
    assert_eq!(level(sized("orders", 8192)), [("check-validates", Level::Note)]);
}

#[test]
fn of_the_tables_of_a_foreign_key_the_larger_one_counts() {
    let sql =
        "SET lock_timeout = 1; SET statement_timeout = 1; ALTER TABLE lines ADD FOREIGN KEY (a) REFERENCES orders";
    let [(code, level, message)] = found(sql, sized("orders", 30 << 20)).try_into().unwrap();
    assert_eq!((code, level), ("foreign-key-validates", Level::Error));
    assert!(message.contains("(30 MB, about 314,000 rows)"), "{message}");
}

#[test]
fn two_small_tables_in_one_transaction_are_not_hot() {
    let sql = "BEGIN; SET LOCAL lock_timeout = 1; ALTER TABLE a ADD x int; ALTER TABLE b ADD x int; COMMIT";
    let hot = |context| found(sql, context).iter().any(|(code, ..)| *code == "two-hot-tables-in-one-transaction");
    assert!(hot(Context::default()));
    assert!(!hot(sized("a", 10 << 20)), "nothing is known of b, so that it is empty");
    let both = sized("a", 10 << 20).sizes.with("public", "b", Size { rows: None, bytes: 1 << 30, index_bytes: 0 });
    assert!(hot(Context { sizes: both, ..Context::default() }));
}

#[test]
fn a_timeout_counts_from_where_it_is_set_to_the_end_of_its_transaction() {
    let alter = "ALTER TABLE a ADD x int;";
    let missing = |sql: &str| found(sql, Context::default()).iter().any(|(code, ..)| *code == "lock-timeout-missing");
    assert!(missing(alter));
    assert!(missing(&format!("{alter} SET lock_timeout = 1;")));
    assert!(missing(&format!("BEGIN; SET LOCAL lock_timeout = 1; COMMIT; {alter}")));
    assert!(missing(&format!("SET lock_timeout = 1; RESET lock_timeout; {alter}")));
    assert!(missing(&format!("SET statement_timeout = 1; {alter}")));
    assert!(!missing(&format!("SET lock_timeout = 1; {alter}")));
    assert!(!missing(&format!("BEGIN; SET LOCAL lock_timeout = 1; {alter} COMMIT;")));
    assert!(!missing(&format!("SELECT set_config('lock_timeout', '1', false); {alter}")));
    assert!(!missing("CREATE TABLE a (x int); ALTER TABLE a ADD y int"));
}

#[test]
fn concurrent_builds_are_broken_in_four_minor_versions() {
    let sql = "CREATE INDEX CONCURRENTLY i ON a (x)";
    let broken = |major, minor| {
        let context = Context { major: Some(major), minor: Some(minor), ..Context::default() };
        found(sql, context).iter().any(|(code, ..)| *code == "concurrent-build-corrupts")
    };
    assert!(broken(14, 0) && broken(14, 3));
    assert!(!broken(14, 4) && !broken(13, 3) && !broken(15, 0));
}
