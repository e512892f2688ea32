//! Throw-away clusters: what they offer, and that nothing of them stays.

use std::fs;
use std::mem;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime};

use crate::db::version::Version;
use crate::scratch::error::ScratchError;
use crate::scratch::mark::OWNER_FILE;
use crate::scratch::owner::{Owner, started};
use crate::scratch::sweep::sweep_clusters;
use crate::scratch::target::{Locale, Target};
use crate::scratch::tests::{scratch, text};
use crate::scratch::{Options, Origin, Scratch};

#[test]
fn a_cluster_starts_serves_and_leaves_nothing() {
    let (scratch, database, mut connection) = scratch();
    assert_eq!(scratch.origin(), Origin::Cluster);
    assert!(scratch.describe().starts_with("throw-away cluster (PostgreSQL "), "{}", scratch.describe());
    let folder = scratch.server.folder().unwrap().to_owned();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(text(&mut connection, "SELECT current_user::text"), database.loader());
    assert_eq!(text(&mut connection, "SHOW listen_addresses"), "");
    assert_eq!(text(&mut connection, "SHOW application_name"), "pgplumb");
    let second = scratch.database("A longer, odd label: 'x' with more than is kept").unwrap();
    assert_ne!(second.name(), database.name());
    drop((connection, scratch, second));
    assert!(folder.exists(), "a database keeps its cluster");
    drop(database);
    assert!(!folder.exists());
}

#[test]
fn publications_and_subscriptions_can_be_created() {
    let (_scratch, _database, mut connection) = scratch();
    let sql = "CREATE TABLE t (a int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t; \
               CREATE SUBSCRIPTION s CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)";
    connection.execute(sql).unwrap();
}

#[test]
fn roles_are_created_once_and_act() {
    let (scratch, database, mut connection) = scratch();
    assert!(scratch.can_create_roles());
    let names = ["ann".to_owned(), "Odd \"one\"".to_owned(), "public".to_owned()];
    scratch.ensure_roles(&names).unwrap();
    scratch.ensure_roles(&names).unwrap();
    let found = text(
        &mut connection,
        "SELECT string_agg(rolname || rolcanlogin, ' ' ORDER BY oid) FROM pg_roles WHERE oid >= 16384",
    );
    assert_eq!(found, "annfalse Odd \"one\"false");
    let mut ann = database.connect_as("Odd \"one\"").unwrap();
    assert_eq!(text(&mut ann, "SELECT session_user::text"), "Odd \"one\"");
    // Whoever would apply the plan may be known to the target alone.
    let mut new = database.connect_as("not yet here").unwrap();
    assert_eq!(text(&mut new, "SELECT session_user || current_setting('is_superuser')"), "not yet hereon");
    let error = scratch.ensure_roles(&["pg_of_the_future".to_owned()]).unwrap_err();
    assert_eq!(error.to_string(), "the scratch server has no role `pg_of_the_future`");
}

#[test]
fn a_scratch_is_like_its_target() {
    let (_scratch, database, mut connection) = scratch();
    connection.execute("CREATE ROLE boss SUPERUSER; CREATE ROLE clerk").unwrap();
    let name = database.name();
    connection.execute(&format!("ALTER DATABASE {name} SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE {name} SET search_path = app, \"Odd one\"")).unwrap();
    let mut target = Target::read(&mut database.connect().unwrap(), &database.to).unwrap();
    assert_eq!(target.locale, Locale::default());
    assert_eq!(target.settings["TimeZone"], "Asia/Tokyo");
    target.locale = Locale { encoding: "SQL_ASCII".to_owned(), ..Locale::default() };

    let alike = Scratch::start(&Options { target: Some(&target), ..Options::default() }).unwrap();
    let database = alike.database("alike").unwrap();
    let mut connection = database.connect().unwrap();
    assert_eq!(connection.version(), target.version);
    assert_eq!(text(&mut connection, "SHOW server_encoding"), "SQL_ASCII");
    assert_eq!(text(&mut connection, "SHOW TimeZone"), "Asia/Tokyo");
    assert_eq!(text(&mut connection, "SHOW search_path"), "app, \"Odd one\"");
    alike.ensure_roles(&["boss".to_owned(), "clerk".to_owned()]).unwrap();
    let supers = "SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolsuper AND oid >= 16384";
    assert_eq!(text(&mut connection, supers), "boss");
}

#[test]
fn a_locale_that_this_machine_lacks_rules_the_cluster_out() {
    let (_scratch, database, mut connection) = scratch();
    let mut target = Target::read(&mut connection, &database.to).unwrap();
    target.locale.collate = "tlh_QO.UTF-8".to_owned();
    target.connection = target.connection.with_database("gone");
    let options = Options { target: Some(&target), ..Options::default() };
    let Err(ScratchError::None { tried }) = Scratch::start(&options) else { panic!("there is no such locale") };
    assert!(tried.contains("tlh_QO.UTF-8") && tried.contains("there is no database `gone`"), "{tried}");
}

#[test]
fn without_programs_of_the_major_version_all_that_was_tried_is_said() {
    let options = Options { major: Some(99), ..Options::default() };
    let Err(ScratchError::None { tried }) = Scratch::start(&options) else { panic!("there is no PostgreSQL 99") };
    let expected =
        ["no PostgreSQL 99 programs on this machine, only `1", "there is no target", "install PostgreSQL 99"];
    assert!(expected.iter().all(|text| tried.contains(text)), "{tried}");
}

#[test]
fn the_next_run_removes_what_a_killed_one_left() {
    let (scratch, database, connection) = scratch();
    let folder = scratch.server.folder().unwrap().to_owned();
    let parent = folder.parent().unwrap();
    let pidfile = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let pid: u32 = pidfile.lines().next().unwrap().parse().unwrap();
    let now = Owner::current();

    sweep_clusters(parent, &now);
    assert!(started(pid).is_some(), "its owner is alive");

    let dead = Owner::current().with_start("0");
    assert!(dead.is_dead(&now) && Owner::parse(&dead.to_string()) == Some(dead.clone()));
    fs::write(folder.join(OWNER_FILE), dead.to_string()).unwrap();
    sweep_clusters(parent, &now);
    assert!(started(pid).is_none(), "the orphaned server is still there");
    assert!(!folder.exists());
    // A killed run drops nothing.
    mem::forget((scratch, database, connection));
}

#[test]
fn a_folder_that_says_nothing_is_removed_once_it_is_old() {
    let parent = tempfile::tempdir().unwrap();
    let (young, old) = (parent.path().join("pgplumb-scratch-1-young"), parent.path().join("pgplumb-scratch-1-old"));
    for folder in [&young, &old] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("log"), "").unwrap();
    }
    let yesterday = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
    fs::File::open(&old).unwrap().set_modified(yesterday).unwrap();
    sweep_clusters(parent.path(), &Owner::current());
    assert!(young.exists() && !old.exists());
}

#[test]
fn the_newest_supported_version_is_chosen_and_a_given_one_exactly() {
    use crate::scratch::program::Programs;
    let installed = |major| Programs { folder: format!("/{major}").into(), version: String::new(), major };
    let found = [installed(13), installed(15), installed(17), installed(99)];
    assert_eq!(Programs::choose(&found, None), Some(&found[2]));
    assert_eq!(Programs::choose(&found, Some(15)), Some(&found[1]));
    assert_eq!(Programs::choose(&found, Some(16)), None);
    assert_eq!(Version::new(150_000).major(), 15);
}
