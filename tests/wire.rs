//! The network breaks before every message of a run, one after the other, and the verb is run again: it ends where it was to
//! end, with each step exactly once.
//!
//! `PGPLUMB_CRASH=1` (`just crash`) takes every message, an ordinary run some of them.

use crate::harness::cluster::Cluster;
use crate::harness::matrix::{BEFORE, Count, DOWN, Matrix, UP, is_long};
use crate::harness::place::Place;
use crate::harness::program::{pgplumb, ran};
use crate::harness::proxy::Proxy;

/// In a short run, of so many messages one; no divisor of what a step sends, so that each sort of message has its turn.
const EVERY: usize = 149;

/// Cuts the verb off before each message, and runs it again.
fn cut_everywhere(matrix: &Matrix, verb: &[&str], count: &mut Count) {
    matrix.anew();
    let whole = matrix.run(verb, 0);
    assert_eq!(whole.code, Some(0), "{verb:?}: {}{}", whole.out, whole.err);
    let wanted = matrix.outcome();
    for point in (1..).step_by(if is_long() { 1 } else { EVERY }) {
        matrix.anew();
        let proxy = Proxy::new(matrix.cluster, point);
        let url = proxy.url(&matrix.work);
        let first = ran(&mut pgplumb(matrix.place.path(), &[verb, &["--db", &url]].concat()));
        if !proxy.is_cut() {
            assert_eq!(first.code, Some(0), "{}", first.err);
            return;
        }
        count.points += 1;
        count.kills += 1;
        // Where only the farewell was cut, all is done.
        if first.code != Some(0) {
            assert_eq!(first.code, Some(2), "cut at {point}: {}{}", first.out, first.err);
            let told = ["db::lost", "db::cannot_connect"].iter().any(|code| first.err.starts_with(code));
            assert!(told && first.err.contains("help:"), "cut at {point}: {}", first.err);
        }
        matrix.goes_on(verb, &format!("cut at {point}"), &wanted, count);
    }
}

#[test]
fn cut_before_every_message_it_goes_on() {
    let cluster = Cluster::start().unwrap();
    cluster.create(&["base"]).unwrap();
    cluster.query("base", BEFORE).unwrap();
    let place = Place::new();
    place.write("generated/20260101000000_all/up.sql", UP);
    place.write("generated/20260101000000_all/down.sql", DOWN);
    place.write(
        "generated/20260102000000_more/up.sql",
        "INSERT INTO ticks VALUES (5);\nINSERT INTO ticks VALUES (6);\n",
    );
    place.write("generated/20260102000000_more/down.sql", "INSERT INTO ticks VALUES (-5);\n");
    let (template, work) = ("base".to_owned(), "work".to_owned());
    let mut matrix = Matrix { cluster: &cluster, place, template, work, ticks: true };
    let mut count = Count::default();
    cut_everywhere(&matrix, &["apply"], &mut count);
    count.say("apply, cut off");

    matrix.anew();
    matrix.run(&["apply"], 0);
    cluster.copy("work", &["applied"]).unwrap();
    matrix.template = "applied".to_owned();
    let mut count = Count::default();
    cut_everywhere(&matrix, &["rollback", "--to", "20260101000000_all", "--allow", "down-lossy"], &mut count);
    count.say("rollback, cut off");
    let mut count = Count::default();
    matrix.run(&["rollback", "--allow", "down-lossy"], 0);
    cluster.drop(&["applied"]).unwrap();
    cluster.copy("work", &["applied"]).unwrap();
    cut_everywhere(&matrix, &["rollback", "--allow", "down-lossy"], &mut count);
    count.say("rollback of the first, cut off");
}
