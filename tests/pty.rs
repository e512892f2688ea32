//! What a person at a terminal sees, is asked, and can do: answers, a name typed out, Ctrl-C in the middle of each phase.

use std::fs;

use crate::harness::migrations::Shop;
use crate::harness::other::Other;
use crate::harness::terminal::Terminal;

/// A verb on the database, at a terminal.
fn at_terminal(shop: &Shop, arguments: &[&str]) -> Terminal {
    let url = shop.url();
    Terminal::run(shop.place.path(), &[arguments, &["--db", &url]].concat())
}

/// What the books say: each migration with its outcome.
fn books(shop: &Shop) -> String {
    shop.query(
        "SELECT string_agg(concat_ws(' ', id, outcome), ', ' ORDER BY run) FROM pgplumb.history WHERE id < '20261'",
    )
}

/// Two migrations of one table each.
fn two(shop: &Shop) {
    shop.migration("20260101000000_a", "CREATE TABLE a (n int);\n", Some("DROP TABLE a;\n"));
    shop.migration("20260102000000_b", "CREATE TABLE b (n int);\n", Some("DROP TABLE b;\n"));
}

#[test]
fn apply_asks_and_takes_only_yes_for_an_answer() {
    let shop = Shop::new();
    two(&shop);
    let none = "SELECT to_regclass('a') IS NULL AND to_regnamespace('pgplumb') IS NULL";
    for answer in ["n", "", "yep", "N"] {
        let mut terminal = at_terminal(&shop, &["apply"]);
        terminal.shows("would apply 20260101000000_a  1 step in 1 transaction\n");
        terminal.shows("would apply 20260102000000_b  1 step in 1 transaction\n");
        terminal.shows("run this on shop on ");
        terminal.shows("? [y/N]");
        terminal.types(answer);
        terminal.shows("nothing was run");
        terminal.exits(1);
        assert_eq!(shop.query(none), "t", "{answer}");
    }
    // The end of the input is no answer.
    let mut terminal = at_terminal(&shop, &["apply"]);
    terminal.shows("[y/N]");
    terminal.ctrl_d();
    terminal.shows("nothing was run");
    terminal.exits(1);
    // Who is asked can go.
    let mut terminal = at_terminal(&shop, &["apply"]);
    terminal.shows("[y/N]");
    terminal.ctrl_c();
    terminal.shows("interrupted: nothing was run");
    terminal.exits(130);
    assert_eq!(shop.query(none), "t");

    let mut terminal = at_terminal(&shop, &["apply", "--to", "a"]);
    terminal.shows("[y/N]");
    terminal.types("y");
    terminal.shows("applied 20260101000000_a  1 step");
    let seen = terminal.exits(0);
    assert!(!seen.contains('\u{1b}'), "{seen:?}");
    // Who says yes beforehand is not asked, nor is one who has nothing to do.
    let seen = at_terminal(&shop, &["apply", "--yes"]).exits(0);
    assert!(seen.contains("applied 20260102000000_b") && !seen.contains("[y/N]"), "{seen}");
    assert_eq!(at_terminal(&shop, &["apply"]).exits(0), "nothing to apply\n");
    assert_eq!(books(&shop), "20260101000000_a applied, 20260102000000_b applied");
}

#[test]
fn a_loss_is_let_through_by_its_name_typed_out() {
    let shop = Shop::new();
    two(&shop);
    // Without a terminal nobody is asked: what is due is run, and a loss is refused.
    let ran = shop.exits(0, &["apply"]);
    assert!(!ran.err.contains("[y/N]"), "{}", ran.err);
    let refused = shop.exits(1, &["rollback"]);
    assert!(refused.err.contains("migrate::down_lossy"), "{}", refused.err);
    let refused = shop.exits(1, &["rollback", "--yes"]);
    assert!(refused.err.contains("migrate::down_lossy"), "{}", refused.err);

    for wrong in ["y", "20260101000000_a", ""] {
        let mut terminal = at_terminal(&shop, &["rollback"]);
        terminal.shows("20260102000000_b does not bring back: nobody measured");
        terminal.shows("type `20260102000000_b` to roll it back all the same");
        terminal.types(wrong);
        terminal.shows("migrate::down_lossy");
        terminal.exits(1);
    }
    let mut terminal = at_terminal(&shop, &["rollback"]);
    terminal.shows("all the same");
    terminal.ctrl_c();
    terminal.exits(130);
    let mut terminal = at_terminal(&shop, &["rollback"]);
    terminal.shows("all the same");
    terminal.types("20260102000000_b");
    terminal.shows("roll this back on shop on ");
    terminal.types("n");
    terminal.shows("nothing was rolled back");
    terminal.exits(1);
    assert_eq!(shop.query("SELECT to_regclass('b') IS NOT NULL"), "t");
    let mut terminal = at_terminal(&shop, &["rollback", "--yes"]);
    terminal.shows("all the same");
    terminal.types("20260102000000_b");
    terminal.shows("rolled back 20260102000000_b  1 step");
    terminal.exits(0);
    assert_eq!(books(&shop), "20260101000000_a applied, 20260102000000_b rolled_back");
}

/// Sleeps as long as the table `slow` has a row.
const SLOW: &str = "SELECT pg_sleep(60) FROM slow;\n";

/// A session of ours is at a statement with these words in it.
fn is_at(shop: &Shop, words: &str) {
    shop.wait_for(&format!(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%{words}%' AND state = 'active' \
         AND application_name LIKE 'pgplumb on%'"
    ));
}

/// Nobody of ours works on the server any more.
fn is_alone(shop: &Shop) {
    shop.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'pgplumb%'");
}

/// Presses Ctrl-C once, and sees the run end after its step.
#[track_caller]
fn interrupt(mut terminal: Terminal) -> String {
    terminal.ctrl_c();
    terminal.shows("interrupted: what is at work ends its step; once more cancels it");
    terminal.shows("migrate::interrupted");
    terminal.shows("goes on where it stopped");
    terminal.exits(130)
}

/// Presses it twice, and sees the step cancelled.
#[track_caller]
fn cancel(mut terminal: Terminal) -> String {
    terminal.ctrl_c();
    terminal.shows("interrupted: what is at work ends its step; once more cancels it");
    terminal.ctrl_c();
    terminal.shows("interrupted again: the step is cancelled");
    terminal.shows("migrate::interrupted");
    terminal.shows("goes on where it stopped");
    terminal.exits(130)
}

#[test]
fn ctrl_c_in_a_statement_leaves_what_can_be_gone_on_with() {
    let shop = Shop::new();
    shop.query("CREATE TABLE slow (); CREATE TABLE ticks (n int); INSERT INTO slow DEFAULT VALUES");
    let tick = |n: i32| format!("INSERT INTO ticks VALUES ({n});\n");
    let up = format!("{}BEGIN;\n{}{SLOW}COMMIT;\n{}", tick(1), tick(2), tick(3));
    let down = format!("BEGIN;\n{}{SLOW}COMMIT;\n{}", tick(-2), tick(-1));
    shop.migration("20260101000000_a", &up, Some(&down));
    shop.migration("20260102000000_b", &tick(4), Some(&tick(-4)));
    let ticks = "SELECT string_agg(n::text, ' ' ORDER BY abs(n), n DESC) FROM ticks";

    // While another runner has the lock.
    let other = Other::new(&shop, "SELECT pg_advisory_lock(31638929945226594)");
    let mut terminal = at_terminal(&shop, &["apply", "--yes"]);
    terminal.shows("waiting for another run: postgres");
    interrupt(terminal);
    is_alone(&shop);
    other.end(&shop);
    assert_eq!(shop.query("SELECT to_regclass('pgplumb.history') IS NULL"), "t");

    // In a transaction: it is cancelled, and what came before it stays.
    let terminal = at_terminal(&shop, &["apply", "--yes"]);
    is_at(&shop, "pg_sleep");
    cancel(terminal);
    is_alone(&shop);
    assert_eq!((shop.query(ticks), books(&shop)), ("1".to_owned(), "20260101000000_a failed".to_owned()));
    let status = shop.exits(1, &["status"]);
    assert!(status.out.contains("half applied"), "{}", status.out);

    // The step at work is done, and nothing after it is begun: between two steps, and between two migrations.
    shop.query(
        "CREATE FUNCTION nap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1); RETURN new; END'",
    );
    shop.query("CREATE TRIGGER nap BEFORE INSERT ON ticks FOR EACH ROW WHEN (abs(new.n) = 2) EXECUTE FUNCTION nap(); DELETE FROM slow");
    let terminal = at_terminal(&shop, &["apply", "--yes", "--force", "drift"]);
    is_at(&shop, "INSERT INTO ticks");
    interrupt(terminal);
    assert_eq!((shop.query(ticks), books(&shop)), ("1 2".to_owned(), "20260101000000_a started".to_owned()));
    shop.query("DROP TRIGGER nap ON ticks; CREATE TRIGGER nap BEFORE INSERT ON ticks FOR EACH ROW WHEN (abs(new.n) IN (2, 3)) EXECUTE FUNCTION nap()");
    let terminal = at_terminal(&shop, &["apply", "--yes"]);
    is_at(&shop, "INSERT INTO ticks");
    let seen = interrupt(terminal);
    assert!(seen.contains("applied 20260101000000_a") && !seen.contains("_b"), "{seen}");
    assert_eq!((shop.query(ticks), books(&shop)), ("1 2 3".to_owned(), "20260101000000_a applied".to_owned()));
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query(ticks), "1 2 3 4");

    // The way back.
    shop.query("INSERT INTO slow DEFAULT VALUES");
    let back = ["rollback", "2", "--yes", "--allow", "down-lossy"];
    let terminal = at_terminal(&shop, &back);
    is_at(&shop, "pg_sleep");
    cancel(terminal);
    assert_eq!(shop.query(ticks), "1 2 3 4 -4");
    shop.query("DELETE FROM slow");
    shop.exits(0, &["rollback", "--yes", "--allow", "down-lossy"]);
    assert_eq!(shop.query(ticks), "1 -1 2 -2 3 4 -4");
}

#[test]
fn ctrl_c_in_what_is_not_in_a_transaction_leaves_what_can_be_gone_on_with() {
    let shop = Shop::new();
    shop.query("CREATE TABLE ticks (n int); CREATE TABLE source (id int PRIMARY KEY); INSERT INTO source SELECT generate_series(1, 6)");
    let up = "CREATE INDEX CONCURRENTLY source_two ON source ((id + 1));\n\
              -- pgplumb: backfill batch=1 pause=300ms\n\
              INSERT INTO ticks SELECT id FROM source;\n";
    shop.migration("20260101000000_a", up, None);
    let invalid = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";

    // The build waits for another, and so would the removal of what it leaves.
    let other = Other::new(&shop, "BEGIN; UPDATE source SET id = id; SELECT 'other', pg_sleep(100)");
    let terminal = at_terminal(&shop, &["apply", "--yes"]);
    is_at(&shop, "CREATE INDEX CONCURRENTLY");
    shop.wait_for("SELECT count(*) = 1 FROM pg_index WHERE NOT indisvalid");
    cancel(terminal);
    is_alone(&shop);
    assert_eq!(shop.query(invalid), "1");
    other.end(&shop);

    // In batches: each is done once.
    let terminal = at_terminal(&shop, &["apply", "--yes"]);
    shop.wait_for("SELECT count(*) >= 2 FROM ticks");
    let seen = interrupt(terminal);
    assert!(seen.contains("step 1 was cut off: it is half there, and done again"), "{seen}");
    assert_eq!(shop.query("SELECT count(*) BETWEEN 2 AND 5 FROM ticks"), "t");
    assert_eq!(shop.query(invalid), "0");
    shop.exits(0, &["apply"]);
    assert_eq!(shop.query("SELECT string_agg(n::text, ' ' ORDER BY n) FROM ticks"), "1 2 3 4 5 6");
    assert_eq!(books(&shop), "20260101000000_a applied");
}

#[test]
fn ctrl_c_in_a_backup_leaves_nothing_of_it() {
    let shop = Shop::new();
    shop.query("CREATE TABLE held (n int PRIMARY KEY, at timestamptz)");
    shop.write("pgplumb.yaml", "backup: {since: {held: at}}\n");
    two(&shop);
    let other = Other::new(&shop, "BEGIN; LOCK TABLE held; SELECT 'other', pg_sleep(100)");
    for (arguments, says) in [
        (["apply", "--yes", "--backup"].as_slice(), "interrupted: what is at work ends its step"),
        (["backup", "full"].as_slice(), "interrupted: the backup is given up"),
        (["backup", "--since", "2026-01-01"].as_slice(), "interrupted: the backup is given up"),
    ] {
        let mut terminal = at_terminal(&shop, arguments);
        shop.wait_for(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'",
        );
        terminal.ctrl_c();
        terminal.shows(says);
        terminal.shows("operate::interrupted");
        terminal.shows("nothing of it is left");
        terminal.exits(130);
        shop.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pg_dump'");
        assert_eq!(fs::read_dir(shop.place.path().join("backups")).unwrap().count(), 0, "{arguments:?}");
    }
    other.end(&shop);
    assert_eq!(shop.query("SELECT to_regclass('a') IS NULL"), "t");
    let mut terminal = at_terminal(&shop, &["apply", "--yes", "--backup"]);
    terminal.shows("backed up shop into backups");
    terminal.shows("applied 20260102000000_b");
    terminal.exits(0);
}

/// An index that takes as long to build as `nap.wanted` says, and so does each row that is written.
const NAPS: &str = "
    CREATE TABLE held (id int PRIMARY KEY, at timestamptz);
    INSERT INTO held VALUES (1, '2026-01-01'), (2, '2026-06-01');
    CREATE FUNCTION nap(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS
        $$BEGIN IF current_setting('nap.wanted', true) = 'yes' THEN PERFORM pg_sleep(60); END IF; RETURN $1; END$$;
    CREATE INDEX napping ON held (nap(id), at);";

#[test]
fn ctrl_c_in_a_restore_leaves_what_was_there() {
    let shop = Shop::new();
    shop.query(NAPS);
    shop.cluster.create(&["empty"]).unwrap();
    shop.write("pgplumb.yaml", "backup: {since: {held: at}}\n");
    shop.exits(0, &["backup", "full", "--name", "all"]);
    shop.exits(0, &["backup", "--since", "2026-03-01", "--name", "changes"]);
    let entries = fs::read_dir(shop.place.path().join("backups")).unwrap().flatten();
    let mut names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let changes = names.find(|name| name.ends_with("_changes")).unwrap();
    shop.query("UPDATE held SET at = '2026-01-01'");
    let (there, empty) = (shop.url(), shop.cluster.url("empty"));
    let rows = "SELECT string_agg(to_char(at, 'MM'), ' ' ORDER BY id) FROM held";
    let tables = || shop.cluster.query("empty", "SELECT to_regclass('held') IS NOT NULL").unwrap();
    let names = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate";
    let ways: [(&[&str], &str, &str); 4] = [
        (&["restore", &changes, "--merge"], &there, "INSERT INTO"),
        (&["restore", "--into-empty", "new"], &there, "CREATE INDEX napping"),
        (&["restore", "--swap", "--yes"], &there, "CREATE INDEX napping"),
        (&["restore"], &empty, "CREATE INDEX napping"),
    ];
    shop.query("ALTER ROLE postgres SET nap.wanted = 'yes'");
    for (arguments, url, sql) in ways {
        let mut terminal = Terminal::run(shop.place.path(), &[arguments, &["--db", url]].concat());
        shop.wait_for(&format!(
            "SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '{sql}%' AND state = 'active' AND pid <> pg_backend_pid()"
        ));
        terminal.ctrl_c();
        terminal.shows("interrupted: the restore is given up");
        terminal.shows("operate::restore_interrupted");
        terminal.shows("what was there is as it was");
        terminal.exits(130);
        shop.wait_for("SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE '%nap%' AND pid <> pg_backend_pid()");
        assert_eq!((shop.query(rows).as_str(), shop.query(names).as_str()), ("01 01", "empty postgres shop"), "{sql}");
        assert_eq!(tables(), "f");
    }
    shop.query("ALTER ROLE postgres RESET nap.wanted");
    for (arguments, url, _) in ways {
        shop.place.exits(0, &[arguments, &["--db", url]].concat());
    }
    assert_eq!((shop.query(rows).as_str(), tables().as_str()), ("01 06", "t"));
}

#[test]
fn progress_is_shown_at_a_terminal_and_goes_away() {
    let shop = Shop::new();
    shop.write("schema/a.sql", "CREATE TABLE a (n int, note text);\n");
    let (url, server) = (shop.url(), shop.cluster.url("postgres"));
    let arguments = ["plan", "--stdout", "--schema", "schema", "--db", &url, "--scratch", &server];
    let seen = Terminal::run(shop.place.path(), &arguments).exits(0);
    let (shown, gone) = (seen.rfind("proving"), seen.rfind("\u{1b}[2K"));
    assert!(shown.is_some() && shown < gone, "{seen:?}");
    let ran = shop.place.exits(0, &arguments);
    assert!(!ran.err.contains("proving") && !ran.err.contains('\u{1b}'), "{}", ran.err);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
}
