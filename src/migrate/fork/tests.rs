use std::sync::Arc;

use super::*;
use crate::migrate::branch::{Branch, Passed, Rebased};
use crate::migrate::folder::Contract;
use crate::sql::file::SqlFile;

fn migration(id: &str, ends: Option<(&str, &str)>) -> Migration {
    Migration {
        id: id.to_owned(),
        up: Arc::new(SqlFile::new("up.sql", "")),
        down: None,
        from: ends.map(|(from, _)| from.to_owned()),
        to: ends.map(|(_, to)| to.to_owned()),
        grade: None,
        losses: Vec::new(),
        plan_sha256: None,
        contract: None,
        own: false,
        branch: Branch::default(),
        replaces: Vec::new(),
    }
}

fn states(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Places, what each is planned behind, and what it knew nothing of.
fn found(files: &[Migration], states: &[String]) -> Vec<(usize, Vec<usize>, Vec<usize>)> {
    forks(files, states).into_iter().map(|fork| (fork.at, fork.base, fork.others)).collect()
}

#[test]
fn each_of_a_branch_knows_only_its_own() {
    let mut files = vec![
        migration("0", Some(("nothing", "A"))),
        migration("1", Some(("A", "B1"))),
        migration("2", Some(("A", "C1"))),
        migration("3", Some(("B1", "B2"))),
        migration("4", Some(("C1", "C2"))),
    ];
    let way = states(&["nothing", "A", "B1", "BC1", "BC2", "end"]);
    let wanted = vec![(2, vec![0], vec![1]), (3, vec![0, 1], vec![2]), (4, vec![0, 2], vec![1, 3])];
    assert_eq!(found(&files, &way), wanted);
    // The third does not run: nothing is known of what is behind it.
    assert_eq!(found(&files, &way[..3]), wanted[..1]);
    // By hand in between: whoever planned the last knew nothing of it.
    files[3] = migration("3", None);
    assert_eq!(found(&files, &way)[1..], [(4, vec![0, 2], vec![1, 3])]);
}

#[test]
fn what_leads_on_or_from_nowhere_is_no_fork() {
    let mut files = vec![
        migration("0", Some(("nothing", "A"))),
        migration("1", Some(("A", "B"))),
        migration("2", Some(("A", "C"))),
    ];
    let way = states(&["nothing", "A", "B", "C"]);
    files[2].from = Some("elsewhere".to_owned());
    assert_eq!(found(&files, &way), []);
    files[2].from = Some("B".to_owned());
    assert_eq!(found(&files, &way), []);
    files[2].from = Some("A".to_owned());
    files[1].contract = Some(Contract { after: None, gone: None });
    assert_eq!(found(&files, &way), []);
}

#[test]
fn a_branch_that_went_on_after_its_first_was_rebased_is_known() {
    let passed = Passed { id: "1".to_owned(), from: "C".to_owned(), to: "D".to_owned() };
    let rebased = Rebased { from: "A".to_owned(), to: "C".to_owned(), passed: vec![passed] };
    let mut files = vec![
        migration("0", Some(("nothing", "A"))),
        migration("1", Some(("A", "B"))),
        migration("2", Some(("B", "D"))),
        migration("3", Some(("C", "E"))),
    ];
    files[2].branch.rebased.push(rebased);
    assert_eq!(found(&files, &states(&["nothing", "A", "B", "D", "end"])), [(3, vec![0, 2], vec![1])]);
}
