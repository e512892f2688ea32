//! Temporary databases on a server that stays. A throw-away cluster plays the server.

use crate::db::connection::connect;
use crate::scratch::error::ScratchError;
use crate::scratch::mark::place_hash;
use crate::scratch::owner::Owner;
use crate::scratch::server::Server;
use crate::scratch::target::Target;
use crate::scratch::tests::{scratch, text};
use crate::scratch::{Options, Origin, Scratch};

const COUNT: &str = "SELECT count(*)::text FROM pg_database WHERE datname LIKE 'pgplumb\\_scratch%'";

#[test]
fn a_database_on_a_given_server_is_labelled_and_dropped() {
    let (_server, database, mut connection) = scratch();
    let given = Scratch::start(&Options { given: Some(database.to.clone()), ..Options::default() }).unwrap();
    assert_eq!(given.origin(), Origin::Given);
    assert!(given.describe().starts_with("temporary database on /"), "{}", given.describe());
    let temporary = given.database("desired").unwrap();
    let label =
        format!("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{}'", temporary.name());
    assert_eq!(text(&mut connection, &label), Owner::current().to_string());
    assert_eq!(text(&mut connection, COUNT), "2");
    // Neither a session that is still open keeps it, nor a subscription.
    let mut open = temporary.connect().unwrap();
    open.execute("CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)").unwrap();
    drop(temporary);
    assert_eq!(text(&mut connection, COUNT), "1");

    assert!(!given.can_create_roles());
    let error = given.ensure_roles(&["ann".to_owned()]).unwrap_err();
    assert!(matches!(error, ScratchError::MissingRole { roles } if roles == ["ann"]));
}

#[test]
fn databases_of_dead_runs_are_swept_and_no_others() {
    let (_server, database, mut connection) = scratch();
    let (now, dead) = (Owner::current(), Owner::current().with_start("0"));
    let elsewhere = now.to_string().replace("host=", "host=not-");
    let hash = place_hash(&now);
    // No process has the highest number that fits.
    let databases = [
        ("pgplumb_scratch_1_x_dead", Some(dead.to_string())),
        ("pgplumb_scratch_1_x_alive", Some(now.to_string())),
        ("pgplumb_scratch_1_x_elsewhere", Some(elsewhere)),
        (&format!("pgplumb_scratch_4294967295_{hash}_unlabelled"), None),
        ("pgplumb_scratch_4294967295_00000000_elsewhere", None),
        ("pgplumb_other", Some(dead.to_string())),
    ];
    for (name, label) in databases {
        connection.execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).unwrap();
        if let Some(label) = label {
            connection.execute(&format!("COMMENT ON DATABASE {name} IS '{label}'")).unwrap();
        }
    }
    drop(Server::standing(Origin::Given, &database.to, None).unwrap());
    let left = text(
        &mut connection,
        "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE datname LIKE 'pgplumb%'",
    );
    let expected = format!(
        "pgplumb_other pgplumb_scratch_1_x_alive pgplumb_scratch_1_x_elsewhere \
         pgplumb_scratch_4294967295_00000000_elsewhere {}",
        database.name()
    );
    let sorted = |text: &str| text.split(' ').map(ToOwned::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(sorted(&left), sorted(&expected));
}

#[test]
fn a_role_without_the_right_is_told_so() {
    let (_server, database, mut connection) = scratch();
    connection.execute("CREATE ROLE ann LOGIN").unwrap();
    let mut parameters = database.to.clone();
    parameters.set_user("ann");
    let Err(error) = Server::standing(Origin::Given, &parameters, None) else { panic!("ann may not") };
    assert!(error.to_string().starts_with("`ann` may not create a database on /"), "{error}");

    connection.execute("ALTER ROLE ann CREATEDB").unwrap();
    let server = Server::standing(Origin::TargetDatabase, &parameters, None).unwrap();
    assert!(server.describe().ends_with("(the target's server)"), "{}", server.describe());
    let (to, ticket) = server.create("x").unwrap();
    assert_eq!(text(&mut connect(&to).unwrap(), "SELECT current_user::text"), "ann");
    drop(ticket);
    assert_eq!(text(&mut connection, COUNT), "1");
}

#[test]
fn a_given_server_of_another_major_version_is_refused() {
    let (_server, database, mut connection) = scratch();
    let mut target = Target::read(&mut connection, &database.to).unwrap();
    target.version = crate::db::version::Version::new(140_000);
    let options = Options { given: Some(database.to.clone()), target: Some(&target), major: None };
    assert!(matches!(Scratch::start(&options), Err(ScratchError::OtherMajor { wanted: 14, .. })));
}
