//! SQL that holds a password, whole and broken.

use std::path::Path;

use crate::harness::migrations::Shop;
use crate::harness::program::{pgplumb, ran};
use crate::secrets::Search;

/// What every secret here begins with.
const MARK: &str = "hush-";

/// Statements that hold one, and fail: at the parser, at the server, or behind it.
const BROKEN: &[&str] = &[
    "CREATE ROLE teller LOGIN PASSWORD 'hush-01' NONSENSE;",
    "CREATE ROLE teller LOGIN PASSWORD hush-02;",
    "CREATE USER teller PASSWORD \"hush-03\";",
    "CREATE ROLE teller ENCRYPTED PASSWORD 'hush-04' ROLE nobody_here;",
    "ALTER ROLE nobody_here PASSWORD 'hush-05';",
    "ALTER USER postgres WITH PASSWORD $$hush-06$$ CONNECTION LIMIT many;",
    "CREATE ROLE teller PASSWORD 'hush-07",
    "CREATE USER MAPPING FOR postgres SERVER nowhere OPTIONS (user 'me', password 'hush-08');",
    "CREATE USER MAPPING FOR postgres SERVER nowhere OPTIONS (user 'me', password 'hush-09'",
    "ALTER USER MAPPING FOR postgres SERVER nowhere OPTIONS (SET password 'hush-10');",
    "CREATE USER MAPPING FOR postgres SERVER nowhere OPTIONS (password hush-11);",
    "CREATE SERVER s FOREIGN DATA WRAPPER nowhere OPTIONS (host 'h', password 'hush-12');",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 user=me password=hush-13' PUBLICATION p;",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=1 password=two hush-14' PUBLICATION p;",
    "CREATE SUBSCRIPTION s CONNECTION 'password = ''hush-15'' colour=red' PUBLICATION p;",
    "CREATE SUBSCRIPTION s CONNECTION 'postgresql://me:hush-16@127.0.0.1:1/shop' PUBLICATION p;",
    "CREATE SUBSCRIPTION s CONNECTION 'postgresql://me:hush-17@127.0.0.1:port/shop' PUBLICATION p;",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 password=hush-18' PUBLICATION;",
    "ALTER SUBSCRIPTION nobody CONNECTION 'host=127.0.0.1 password=hush-19';",
    "SELECT dblink_connect('host=127.0.0.1 user=me password=hush-20');",
    "DO $$ BEGIN EXECUTE 'CREATE ROLE teller PASSWORD ''hush-21'' NONSENSE'; END $$;",
    "DO $do$ BEGIN CREATE ROLE teller PASSWORD 'hush-22' ROLE nobody_here; END $do$;",
    "CREATE TABLE b (n int DEFAULT 'one'); ALTER ROLE postgres PASSWORD 'hush-23' VALID UNTIL 'the cows come home';",
];

/// The same where nothing is wrong with them.
const SOUND: &[&str] = &[
    "CREATE ROLE teller_01 LOGIN PASSWORD 'hush-31';",
    "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE USER MAPPING FOR postgres SERVER s OPTIONS (user 'me', password 'hush-32');",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 dbname=x password=hush-33' PUBLICATION p WITH (connect = false);",
    "DO $$ BEGIN CREATE ROLE teller_04 PASSWORD 'hush-34'; END $$;",
];

/// What is run with each: with the SQL in a migration, and in the schema files.
const RUNS: &[&[&str]] = &[
    &["lint", "generated"],
    &["plan", "--stdout", "--allow", "all"],
    &["apply", "--dry-run", "--verbose"],
    &["apply", "--verbose", "--events", "events.ndjson"],
    &["apply", "--targets", "targets", "--verbose", "--format", "json"],
    &["resume", "--explain"],
    &["status", "--format", "json"],
];

/// What is run with some, as a server for scratch takes its time.
const MORE: &[&[&str]] = &[
    &["lint", "generated", "--format", "json"],
    &["lint", "generated", "--format", "markdown", "--report", "sarif=lint.sarif", "--report", "html=lint.html"],
    &["lint", "generated", "--format", "github", "--report", "gitlab=lint.gitlab", "--report", "junit=lint.xml"],
    &["lint", "generated", "--text-only"],
    &["check", "--report", "html=check.html", "--report", "json=check.json"],
    &["plan", "--stdout", "--allow", "all", "--format", "json"],
    &["plan", "--allow", "all", "--format", "html"],
    &["graph"],
    &["diff", "generated", "schema"],
    &["apply", "--check-data", "--verbose"],
    &["resume"],
    &["status"],
    &["history"],
    &["verify", "--schema", "--data", "--performance", "--format", "json"],
    &["drift", "--sql", "adopt"],
    &["dump"],
    &["dump", "--snapshot"],
    &["preflight", "--format", "json"],
    &["rollback", "--verbose", "--allow", "down-lossy", "--events", "-"],
    &["repair", "20260101000000_a", "--forget", "--because", "it was a test"],
];

/// The SQL lies there because a person wrote it.
fn holds(path: &Path) -> bool {
    let text = path.to_str().unwrap();
    text.contains("/generated/20260101000000_a/") || text.contains("/schema/")
}

fn search(shop: &Shop, at: usize, sql: &str, down: bool, more: &[&[&str]]) -> Search {
    let mut search = Search::default();
    let name = format!("db_{at}_{down}");
    shop.cluster.create(&[&name]).unwrap();
    let (url, server) = (shop.cluster.url(&name), shop.cluster.url("postgres"));
    let place = crate::harness::place::Place::new();
    place.write("pgplumb.yaml", "logs: {level: debug}\n");
    place.write("targets", &format!("one {url}\n"));
    place.write("schema/a.sql", &format!("CREATE TABLE a (n int);\n{sql}\n"));
    let script = format!("CREATE TABLE a (n int);\n{sql}\n");
    let (up, back) = if down { ("CREATE TABLE a (n int);\n", &*script) } else { (&*script, "DROP TABLE a;\n") };
    place.write("generated/20260101000000_a/up.sql", up);
    place.write("generated/20260101000000_a/down.sql", back);
    for arguments in RUNS.iter().chain(more) {
        let mut arguments = arguments.to_vec();
        let needs_scratch = ["lint", "check", "plan", "graph", "diff", "dump"].contains(&arguments[0]);
        if needs_scratch && !arguments.contains(&"--text-only") {
            arguments.extend(["--scratch", &server]);
        }
        if !["graph", "diff"].contains(&arguments[0]) && !arguments.contains(&"--targets") {
            arguments.extend(["--db", &url]);
        }
        let done = ran(pgplumb(place.path(), &arguments).env("RUST_BACKTRACE", "full"));
        assert!(done.code != Some(64), "{arguments:?} {}", done.err);
        search.output(&format!("{sql} in {}", arguments.join(" ")), &done, &[MARK]);
    }
    search.files(place.path(), &[MARK], &holds);
    shop.cluster
        .query(&name, "ALTER SUBSCRIPTION s DISABLE")
        .and_then(|_| shop.cluster.query(&name, "ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s"))
        .ok();
    shop.cluster.query("postgres", "DROP ROLE IF EXISTS teller_01, teller_04, teller").ok();
    shop.cluster.drop(&[&name]).unwrap();
    search
}

#[test]
fn sql_that_holds_a_password_is_told_without_it() {
    let shop = Shop::new();
    let mut all = Search::default();
    for (at, sql) in BROKEN.iter().chain(SOUND).enumerate() {
        // One that the parser refuses, one that the server does, and all that nothing is wrong with.
        let more = if [0, 13].contains(&at) || at >= BROKEN.len() { MORE } else { &[] };
        all.add(search(&shop, at, sql, false, more));
    }
    for (at, sql) in [BROKEN[0], BROKEN[3], BROKEN[12], BROKEN[20]].into_iter().enumerate() {
        let back: &[&[&str]] = &[&["rollback", "--verbose", "--allow", "down-lossy", "--events", "events.ndjson"]];
        all.add(search(&shop, at, sql, true, back));
    }
    all.told("passwords in SQL");
}
