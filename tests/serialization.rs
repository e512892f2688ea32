//! Transactions that cannot see what others have committed since, and those that lose a deadlock: they are tried again from
//! their start, and what is done is done once.

use crate::harness::migrations::Shop;
use crate::harness::other::Other;
use crate::harness::program::{Ran, pgplumb, ran};
use crate::outage::{GATE, SHUT, begun, ends};

const ID: &str = "20260101000000_count";

/// A table that others write to, one for what steps leave, and a migration whose second transaction waits in its middle.
fn shop(begin: &str, first: &str, last: &str) -> Shop {
    let shop = Shop::new();
    shop.query("CREATE TABLE ticks (n int); CREATE TABLE counter (id int PRIMARY KEY, n int)");
    shop.query("INSERT INTO counter VALUES (1, 0), (2, 0)");
    let up = format!("INSERT INTO ticks VALUES (1);\n{begin};\n{first};\n{GATE}{last};\nCOMMIT;\n");
    shop.migration(ID, &up, Some("DELETE FROM ticks;\n"));
    shop
}

/// What the books say of the migration, a row for each run, and of its steps.
fn books(shop: &Shop) -> String {
    let history = format!("SELECT string_agg(outcome::text, ' ' ORDER BY run) FROM pgplumb.history WHERE id = '{ID}'");
    let journal = format!(
        "SELECT string_agg(concat(step, ' ', j.outcome), ', ' ORDER BY step) FROM pgplumb.journal AS j \
         JOIN pgplumb.history USING (run) WHERE id = '{ID}'"
    );
    format!("{}: {}", shop.query(&history), shop.query(&journal))
}

fn ticks(shop: &Shop) -> String {
    shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM ticks")
}

/// Runs `apply` up to the gate, lets another session commit its change, and opens the gate.
fn overtaken(shop: &Shop, change: &str) -> Ran {
    let other = Other::new(shop, SHUT);
    let run = begun(shop, &shop.url(), &["apply"]);
    shop.query(change);
    other.end(shop);
    run.join().unwrap()
}

const REPEATABLE: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";
const COUNT: &str = "UPDATE counter SET n = n + 10 WHERE id = 1";
const CHANGE: &str = "UPDATE counter SET n = n + 1 WHERE id = 1";

#[test]
fn what_was_changed_meanwhile_is_read_anew() {
    let shop = shop(REPEATABLE, "INSERT INTO ticks SELECT 2 FROM counter WHERE id = 1", COUNT);
    shop.write("pgplumb.yaml", "apply: {pause: 10ms}\n");
    let told = "could not serialize access due to concurrent update; again in";
    ends(overtaken(&shop, CHANGE), 0, &[told, "(1 of 10)"]);
    assert_eq!((ticks(&shop).as_str(), shop.query("SELECT n FROM counter WHERE id = 1").as_str()), ("1 2", "11"));
    assert_eq!(books(&shop), "applied: 1 applied, 2 applied, 3 applied, 4 applied");
    shop.exits(0, &["status"]);
    shop.exits(0, &["verify", "--audit"]);
}

/// No row of the two is changed by both: that the one read what the other wrote is seen at a later statement, or at the end.
#[test]
fn what_was_read_and_changed_meanwhile_is_read_anew() {
    let shop = shop(
        "BEGIN ISOLATION LEVEL SERIALIZABLE",
        "INSERT INTO ticks SELECT 2 + sum(n) FROM counter",
        "SELECT FROM counter",
    );
    shop.write("pgplumb.yaml", "apply: {pause: 10ms}\n");
    let change = "BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE counter SET n = (SELECT count(*) + 4 FROM ticks) WHERE id = 2; COMMIT";
    ends(overtaken(&shop, change), 0, &["could not serialize access due to read/write dependencies", "(1 of 10)"]);
    assert_eq!(ticks(&shop), "1 7");
    assert_eq!(books(&shop), "applied: 1 applied, 2 applied, 3 applied, 4 applied");
    shop.exits(0, &["verify", "--audit"]);
}

#[test]
fn who_is_not_to_try_again_is_told_and_goes_on_there() {
    let shop = shop(REPEATABLE, "INSERT INTO ticks SELECT 2 FROM counter WHERE id = 1", COUNT);
    shop.write("pgplumb.yaml", "apply: {retries: 0}\n");
    let words = [
        "migrate::overtaken",
        &format!("what step 4 of `{ID}` saw was changed by other sessions in 1 attempt"),
        "up.sql:5:1",
        "could not serialize access due to concurrent update",
        "`pgplumb apply` goes on from here",
        "when fewer change the same rows, or with more of `apply.retries`",
    ];
    let ran = overtaken(&shop, CHANGE);
    assert!(!ran.err.contains("again in") && !ran.err.contains("timeouts.lock"), "{}", ran.err);
    ends(ran, 2, &words);
    assert_eq!((ticks(&shop).as_str(), shop.query("SELECT n FROM counter WHERE id = 1").as_str()), ("1", "1"));
    assert_eq!(books(&shop), "failed: 1 applied");
    let error = format!("SELECT error LIKE '%could not serialize access%' FROM pgplumb.history WHERE id = '{ID}'");
    assert_eq!(shop.query(&error), "t");
    shop.exits(1, &["status"]);
    let again = shop.exits(0, &["apply"]);
    assert!(again.err.contains("goes on where it stopped"), "{}", again.err);
    assert_eq!((ticks(&shop).as_str(), shop.query("SELECT n FROM counter WHERE id = 1").as_str()), ("1 2", "11"));
    assert_eq!(books(&shop), "applied: 1 applied, 2 applied, 3 applied, 4 applied");
    shop.exits(0, &["verify", "--audit"]);
}

/// Two sessions that wait for each other; the one that finds out first, which is ours, has lost.
#[test]
fn a_deadlock_with_another_session_is_tried_again() {
    for (retries, code) in [(10, 0), (0, 2)] {
        let shop = shop("BEGIN;\nSET LOCAL deadlock_timeout = '50ms'", COUNT, &COUNT.replace("id = 1", "id = 2"));
        shop.write("pgplumb.yaml", &format!("apply: {{pause: 10ms, retries: {retries}}}\n"));
        let url = shop.url();
        let gate = Other::new(&shop, SHUT);
        let run = begun(&shop, &url, &["apply"]);
        let change = "BEGIN; SET LOCAL deadlock_timeout = '60s'; UPDATE counter SET n = n + 1 WHERE id = 2; \
                      UPDATE counter SET n = n + 1 WHERE id = 1; COMMIT";
        let mut other = shop.cluster.client("psql");
        let mut other = other.args(["-X", "-q", "-d", "shop", "-c", change]).spawn().unwrap();
        shop.wait_for(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'transactionid'",
        );
        gate.end(&shop);
        let ran = run.join().unwrap();
        assert!(other.wait().unwrap().success());
        if code == 0 {
            ends(ran, 0, &["deadlock detected (Process", "; again in", "(1 of 10)"]);
        } else {
            assert!(!ran.err.contains("timeouts.lock"), "{}", ran.err);
            ends(ran, 2, &["migrate::locked", "in 1 attempt", "deadlock detected", "more of `apply.retries`"]);
            assert_eq!(books(&shop), "failed: 1 applied");
            shop.exits(0, &["apply"]);
        }
        assert_eq!(ticks(&shop), "1");
        assert_eq!(shop.query("SELECT string_agg(n::text, ' ' ORDER BY id) FROM counter"), "11 11");
        assert_eq!(books(&shop), "applied: 1 applied, 2 applied, 3 applied, 4 applied");
    }
}

#[test]
fn a_rollback_that_is_overtaken_is_tried_again_too() {
    let shop = Shop::new();
    shop.query("CREATE TABLE counter (id int PRIMARY KEY, n int); INSERT INTO counter VALUES (1, 0)");
    shop.write("pgplumb.yaml", "apply: {pause: 10ms}\n");
    let down = format!("{REPEATABLE};\nSELECT n FROM counter;\n{GATE}UPDATE counter SET n = n - 10;\nCOMMIT;\n");
    shop.migration(ID, "UPDATE counter SET n = n + 10;\n", Some(&down));
    shop.exits(0, &["apply"]);
    let (url, back) = (shop.url(), ["rollback", "--yes", "--allow", "all"]);
    let other = Other::new(&shop, SHUT);
    let run = begun(&shop, &url, &back);
    shop.query(CHANGE);
    other.end(&shop);
    ends(run.join().unwrap(), 0, &["could not serialize access due to concurrent update; again in"]);
    assert_eq!(shop.query("SELECT n FROM counter"), "1");
    let ran = ran(&mut pgplumb(shop.place.path(), &["status", "--db", &url]));
    assert!(ran.out.contains("rolled back"), "{}{}", ran.out, ran.err);
}
