//! How often the system's root certificates are read: OpenSSL takes longer for them than for most of what a server is asked.

use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

use crate::harness::cluster::Cluster;
use crate::harness::papers::Papers;
use crate::harness::place::Place;
use crate::harness::program::{pgplumb, ran};

/// Applies a migration to a database of the cluster over TCP, and counts how often the roots are opened with that.
fn reads_of_the_roots(cluster: &Cluster, papers: &Papers) -> usize {
    let place = Place::new();
    place.write("generated/20260101000000_one/up.sql", "CREATE TABLE one (n int);\n");
    place.write("roots.pem", &papers.place.read("ca.crt"));
    let roots = place.path().join("roots.pem");
    let watch = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
    // Of two alike, one after the other, the kernel keeps one.
    watch.add_watch(&roots, AddWatchFlags::IN_OPEN | AddWatchFlags::IN_CLOSE_NOWRITE).unwrap();
    let url = format!("postgresql://postgres@127.0.0.1:{}/shop", cluster.port());
    let done = ran(pgplumb(place.path(), &["apply", "--db", &url]).env("SSL_CERT_FILE", &roots));
    assert_eq!(done.code, Some(0), "{}{}", done.out, done.err);
    // Nothing to read is an error for it.
    let events = watch.read_events().unwrap_or_default();
    events.iter().filter(|event| event.mask.contains(AddWatchFlags::IN_OPEN)).count()
}

#[test]
fn they_are_read_once_where_the_server_encrypts_and_not_at_all_where_it_does_not() {
    let cluster = Cluster::start_tcp(&[]).unwrap();
    cluster.create(&["shop"]).unwrap();
    let papers = Papers::new();
    assert_eq!(reads_of_the_roots(&cluster, &papers), 0);

    for kind in ["crt", "key"] {
        cluster.write(&format!("server.{kind}"), &papers.place.read(&format!("server.{kind}")));
    }
    cluster.query("postgres", "ALTER SYSTEM SET ssl = on").unwrap();
    cluster.query("postgres", "SELECT pg_reload_conf(), pg_sleep(0.2)").unwrap();
    cluster.drop(&["shop"]).unwrap();
    cluster.create(&["shop"]).unwrap();
    // OpenSSL opens the file twice for what connections are made with; there are two of these.
    let reads = reads_of_the_roots(&cluster, &papers);
    assert!((1..=2).contains(&reads), "{reads}");
}
