//! A run that is killed between its last step and the end of its checks: the next one asks them.

use std::fs;

use crate::harness::cluster::Cluster;
use crate::harness::matrix::Matrix;
use crate::harness::place::Place;

const ID: &str = "20260102000000_b";

/// Its down is taken for one that was proven.
const UP: &str = "-- b (up)\n-- from 00000000 to 11111111, PostgreSQL 15, proven up and down, down lossless\n\nCREATE TABLE b (n int);\n";

const APPLY: &[&str] = &["apply", "--force", "drift"];

/// A check that leaves a mark each time, and holds as long as nothing is broken.
fn configure(place: &Place, on_failure: &str) {
    let check = "{name: mark, command: [sh, -c, 'echo x >> asked; test ! -e broken']}";
    place.write("pgplumb.yaml", &format!("apply:\n  on_failure: {on_failure}\n  checks: [{check}]\n"));
}

/// How often the check was asked.
fn asked(place: &Place) -> usize {
    fs::read_to_string(place.path().join("asked")).map_or(0, |text| text.lines().count())
}

/// A database with one migration, and a second that is due.
fn matrix<'c>(cluster: &'c Cluster, on_failure: &str) -> Matrix<'c> {
    cluster.create(&["base"]).unwrap();
    let place = Place::new();
    configure(&place, on_failure);
    place.write("generated/20260101000000_a/up.sql", "CREATE TABLE a (n int);\n");
    let mut matrix = Matrix { cluster, place, template: "base".to_owned(), work: "work".to_owned(), ticks: false };
    matrix.anew();
    assert_eq!(matrix.run(APPLY, 0).code, Some(0));
    cluster.copy("work", &["applied"]).unwrap();
    matrix.template = "applied".to_owned();
    matrix.place.write(&format!("generated/{ID}/up.sql"), UP);
    matrix.place.write(&format!("generated/{ID}/down.sql"), "DROP TABLE b;\n");
    matrix
}

fn anew(matrix: &Matrix) {
    matrix.anew();
    for mark in ["asked", "broken"] {
        let _ = fs::remove_file(matrix.place.path().join(mark));
    }
}

fn is_there(matrix: &Matrix) -> bool {
    matrix.cluster.query("work", "SELECT to_regclass('b') IS NOT NULL").unwrap() == "t"
}

#[test]
fn wherever_a_run_is_killed_its_checks_are_asked() {
    let cluster = Cluster::start().unwrap();
    let matrix = matrix(&cluster, "stop");
    let (mut points, mut late) = (0, 0);
    for point in 1.. {
        anew(&matrix);
        let first = matrix.run(APPLY, point);
        if first.code == Some(0) {
            break;
        }
        assert_eq!(first.code, None, "{}", first.err);
        let (before, was_there) = (asked(&matrix.place), is_there(&matrix));
        let put_down = matrix.cluster.query("work", "SELECT count(*) FROM pgplumb.state").unwrap();
        let again = matrix.run(APPLY, 0);
        assert_eq!(again.code, Some(0), "killed at {point}: {}{}", again.out, again.err);
        let after = asked(&matrix.place);
        assert!(after >= 1, "killed at {point}: nobody asked\n{}", again.err);
        // Once it was put down that they were asked, they are not asked again.
        let done = was_there && put_down == "1";
        assert_eq!(after == before, done, "killed at {point}: {}", again.err);
        let told = again.err.contains(&format!("a run was cut off before its checks, which are asked now: `{ID}`"));
        assert_eq!(told, was_there && !done, "killed at {point}: {}", again.err);
        let third = matrix.run(APPLY, 0);
        assert_eq!((third.out.as_str(), asked(&matrix.place)), ("nothing to apply\n", after), "killed at {point}");
        points += 1;
        late += usize::from(told);
    }
    assert!(points > 5 && late >= 3, "{points} places, {late} of them between the last step and the checks");
}

/// Kills a run when its last step is done and nothing was put down yet.
fn cut_off(matrix: &Matrix) {
    for point in 1.. {
        anew(matrix);
        let first = matrix.run(APPLY, point);
        assert_eq!(first.code, None, "no such place: {}", first.err);
        if is_there(matrix) {
            return;
        }
    }
}

#[test]
fn a_check_that_fails_late_is_answered_as_it_is_configured() {
    let cluster = Cluster::start().unwrap();
    let matrix = matrix(&cluster, "stop");
    cut_off(&matrix);
    let told = matrix.run(&["resume", "--explain"], 0);
    assert_eq!(told.code, Some(1), "{}", told.err);
    assert_eq!(told.out, format!("the checks after `{ID}` were not asked\n`pgplumb apply` asks them\n"));
    let told = matrix.run(&["apply", "--dry-run"], 0);
    assert_eq!(told.out, format!("would ask the checks after `{ID}`\nnothing to apply\n"));
    assert_eq!(asked(&matrix.place), 0);

    // Stop: it is told, and stays.
    matrix.place.write("broken", "");
    let ran = matrix.run(APPLY, 0);
    assert!(ran.code == Some(1) && ran.err.contains("gate::check_failed") && ran.err.contains(ID), "{}", ran.err);
    assert!(is_there(&matrix));
    assert_eq!(matrix.run(APPLY, 0).out, "nothing to apply\n");
    assert_eq!(asked(&matrix.place), 1);

    // Roll back: what the run that was killed applied goes.
    configure(&matrix.place, "rollback");
    cut_off(&matrix);
    matrix.place.write("broken", "");
    let ran = matrix.run(APPLY, 0);
    assert!(ran.code == Some(1) && ran.err.contains("gate::rolled_back") && ran.err.contains(ID), "{}", ran.err);
    assert!(!is_there(&matrix));
    assert_eq!(
        cluster
            .query(
                "work",
                "SELECT string_agg(outcome::text, ' ' ORDER BY run) FROM pgplumb.history WHERE id LIKE '202601%'"
            )
            .unwrap(),
        "applied rolled_back"
    );

    // `resume` asks them too, and then nothing is left to ask.
    matrix.place.write(&format!("generated/{ID}/up.sql"), "CREATE TABLE b (n int);\n");
    cut_off(&matrix);
    let ran = matrix.run(&["resume"], 0);
    assert!(ran.code == Some(0) && ran.err.contains("which are asked now"), "{:?} {}", ran.code, ran.err);
    assert_eq!(asked(&matrix.place), 1);
    assert_eq!(matrix.run(&["resume", "--explain"], 0).out, "nothing was cut off\n");

    // Without checks there is nothing to be asked.
    cut_off(&matrix);
    matrix.place.write("pgplumb.yaml", "apply: {}\n");
    assert_eq!(matrix.run(&["resume", "--explain"], 0).out, "nothing was cut off\n");
    assert_eq!(matrix.run(APPLY, 0).out, "nothing to apply\n");
}
