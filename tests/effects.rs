//! What Postgres was seen to do is what the proof sees: every form of DDL that the linter speaks of, against a table of
//! expectations that people read (`fixtures/effects/expected.sql`).

use std::env;
use std::fs;
use std::path::Path;

use pgplumb::db::connection::connect;
use pgplumb::db::url::ConnectionString;
use pgplumb::observe::Observer;
use pgplumb::observe::lock::Lock;
use pgplumb::observe::size::Sizes;
use pgplumb::observe::wording::sentences;
use similar::{ChangeTag, TextDiff};

use crate::harness::cluster::Cluster;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/effects");

/// What stands behind a statement in the table.
const SAYS: &str = "    --> ";

/// What the statement does, one line each.
fn observed(cluster: &Cluster, number: usize, sql: &str) -> Vec<String> {
    let name = format!("effects{number}");
    cluster.query("postgres", &format!("CREATE DATABASE {name} TEMPLATE effects")).unwrap();
    let url = ConnectionString::parse(&cluster.url(&name)).unwrap();
    let (mut connection, mut watcher) = (connect(&url).unwrap(), connect(&url).unwrap());
    connection.execute("SET timezone = 'Europe/Berlin'").unwrap();
    let mut statements: Vec<&str> = sql.trim_end_matches(';').split("; ").collect();
    if sql.contains("BEGIN ATOMIC") {
        statements = vec![sql];
    }
    let last = statements.pop().unwrap();
    for before in statements {
        connection.execute(before).unwrap();
    }
    let mut observer = Observer::start(&mut connection).unwrap();
    match observer.run(&mut connection, &mut watcher, last) {
        Err(error) => vec![format!("refused: {error}")],
        Ok(effects) => {
            let mut lines = sentences([&effects], &Sizes::default());
            lines.extend(effects.dropped.iter().map(|relation| format!("drops {relation}")));
            let written = effects.on.iter().filter(|(_, effect)| effect.written > 0);
            lines.extend(written.map(|(relation, effect)| format!("rows written in {relation}: {}", effect.written)));
            lines.extend((!effects.in_transaction).then(|| "outside a transaction".to_owned()));
            if lines.is_empty() { vec!["nothing".to_owned()] } else { lines }
        }
    }
}

#[test]
fn every_statement_does_what_the_table_says() {
    let table = fs::read_to_string(Path::new(FOLDER).join("expected.sql")).unwrap();
    let setup = fs::read_to_string(Path::new(FOLDER).join("setup.sql")).unwrap();
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE DATABASE effects").unwrap();
    let url = ConnectionString::parse(&cluster.url("effects")).unwrap();
    connect(&url).unwrap().execute(&setup).unwrap();
    let mut found = String::new();
    for (number, line) in table.lines().filter(|line| !line.starts_with(SAYS)).enumerate() {
        found.push_str(line);
        found.push('\n');
        if !line.is_empty() && !line.starts_with("--") {
            for says in observed(&cluster, number, line) {
                found.push_str(&format!("{SAYS}{says}\n"));
            }
        }
    }
    if env::var_os("PGPLUMB_BLESS").is_some() {
        fs::write(Path::new(FOLDER).join("expected.sql"), &found).unwrap();
    }
    let differing: Vec<_> = TextDiff::from_lines(&table, &found)
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .map(|change| format!("{}{}", change.tag(), change.value()))
        .collect();
    assert!(differing.is_empty(), "{}", differing.concat());
}

/// The observer keeps its own questions prepared; a file may throw away whatever is.
#[test]
fn what_is_prepared_may_be_thrown_away() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE TABLE kept (id int)").unwrap();
    let url = ConnectionString::parse(&cluster.url("postgres")).unwrap();
    let (mut connection, mut watcher) = (connect(&url).unwrap(), connect(&url).unwrap());
    let mut observer = Observer::start(&mut connection).unwrap();
    let mut run = |sql| sentences([&observer.run(&mut connection, &mut watcher, sql).unwrap()], &Sizes::default());
    let add = "ACCESS EXCLUSIVE on kept, no row is read";
    assert_eq!(run("ALTER TABLE kept ADD COLUMN a int"), [add]);
    assert!(run("DEALLOCATE ALL").is_empty());
    assert_eq!(run("ALTER TABLE kept ADD COLUMN b int"), [add]);
    assert!(run("DISCARD ALL").is_empty());
    assert_eq!(run("ALTER TABLE kept ADD COLUMN c int"), [add]);
}

/// An index that REINDEX CONCURRENTLY drops is dead by then; one that a new type of its column makes anew is locked until the end.
#[test]
fn an_index_made_anew_in_a_transaction_is_locked_for_everybody() {
    let cluster = Cluster::start().unwrap();
    cluster
        .query("postgres", "CREATE TABLE kept (id int CONSTRAINT one PRIMARY KEY); INSERT INTO kept VALUES (1)")
        .unwrap();
    let url = ConnectionString::parse(&cluster.url("postgres")).unwrap();
    let (mut connection, mut watcher) = (connect(&url).unwrap(), connect(&url).unwrap());
    let mut observer = Observer::start(&mut connection).unwrap();
    let mut lock = |sql| {
        let effects = observer.run(&mut connection, &mut watcher, sql).unwrap();
        effects.on.iter().find(|(relation, _)| relation.name == "one").unwrap().1.lock
    };
    assert_eq!(lock("ALTER TABLE kept ALTER COLUMN id TYPE bigint"), Lock::AccessExclusive);
    assert_eq!(lock("REINDEX TABLE CONCURRENTLY kept"), Lock::ShareUpdateExclusive);
}

/// What a file made, renamed or dropped is known when the next one runs, be that in the same session or in another.
#[test]
fn an_observer_that_goes_on_knows_what_came_meanwhile() {
    let cluster = Cluster::start().unwrap();
    cluster.query("postgres", "CREATE SCHEMA old; CREATE TABLE old.kept (id int)").unwrap();
    let url = ConnectionString::parse(&cluster.url("postgres")).unwrap();
    let (mut connection, mut watcher) = (connect(&url).unwrap(), connect(&url).unwrap());
    let mut observer = Observer::start(&mut connection).unwrap();
    let mut run = |observer: &mut Observer, connection: &mut _, sql| {
        sentences([&observer.run(connection, &mut watcher, sql).unwrap()], &Sizes::default())
    };
    let nothing: [&str; 0] = [];
    assert_eq!(
        run(&mut observer, &mut connection, "CREATE TABLE made (id int); CREATE INDEX made_id ON made (id)"),
        nothing
    );
    assert_eq!(run(&mut observer, &mut connection, "ALTER TABLE made ADD COLUMN a int"), nothing);
    run(&mut observer, &mut connection, "ALTER SCHEMA old RENAME TO new");
    observer.look(&mut connection).unwrap();
    let add = |name: &str| [format!("ACCESS EXCLUSIVE on {name}, no row is read")];
    assert_eq!(run(&mut observer, &mut connection, "ALTER TABLE made ADD COLUMN b int"), add("made"));
    assert_eq!(run(&mut observer, &mut connection, "ALTER TABLE new.kept ADD COLUMN b int"), add("new.kept"));
    run(&mut observer, &mut connection, "DROP INDEX CONCURRENTLY made_id");
    let mut other = connect(&url).unwrap();
    let mut observer = observer.turn_to(&mut other).unwrap();
    observer.look(&mut other).unwrap();
    assert_eq!(run(&mut observer, &mut other, "ALTER TABLE made ADD COLUMN c int"), add("made"));
    assert_eq!(
        run(&mut observer, &mut other, "CREATE INDEX made_id ON made (id)"),
        ["SHARE on made while an index is built"]
    );
}
