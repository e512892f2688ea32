//! A first order for statements that did not run as they were written: makers before those who name what they make.
//!
//! It goes by names alone, without schemas, and may be wrong: what fails is tried again. It saves rounds, no more.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::source::files::define::defined;
use crate::source::files::script::Item;
use crate::source::files::words::Words;
use crate::sql::lex::unquoted;

/// The places of these statements in the order to run them. Where names decide nothing, it is the order given; a loop is
/// entered at its first statement.
pub fn order(items: &[&Item]) -> Vec<usize> {
    let mut makers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        if let Some(made) = defined(&item.sql) {
            makers.entry(made.name).or_default().push(place);
        }
    }
    let mut waits: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); items.len()];
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for (place, item) in items.iter().enumerate() {
        for maker in named(&item.sql).filter_map(|name| makers.get(&name)).flatten() {
            // Two makers of one name, in two schemas or as two overloads, would only wait for each other.
            let rival =
                defined(&item.sql).is_some_and(|made| makers.get(&made.name).is_some_and(|m| m.contains(maker)));
            if *maker != place && !rival && waits[place].insert(*maker) {
                users[*maker].push(place);
            }
        }
    }
    sort(waits, &users)
}

/// The names in a statement. A function's body is not run when it is made, so its names do not count.
fn named(sql: &str) -> impl Iterator<Item = String> {
    Words::of(sql).map(|(_, at)| &sql[at]).take_while(|word| !word.starts_with('$')).map(unquoted)
}

fn sort(mut waits: Vec<BTreeSet<usize>>, users: &[Vec<usize>]) -> Vec<usize> {
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..waits.len()).filter(|place| waits[*place].is_empty()).map(Reverse).collect();
    let mut left: BTreeSet<usize> = (0..waits.len()).collect();
    let mut sorted = Vec::new();
    while let Some(place) = ready.pop().map(|Reverse(place)| place).or_else(|| left.first().copied()) {
        if !left.remove(&place) {
            continue;
        }
        sorted.push(place);
        for user in &users[place] {
            if waits[*user].remove(&place) && waits[*user].is_empty() {
                ready.push(Reverse(*user));
            }
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(statements: &[&str]) -> Vec<usize> {
        let item = |sql: &&str| Item { script: 0, at: 0, sql: (*sql).to_owned(), settings: 0, part: false };
        let items: Vec<Item> = statements.iter().map(item).collect();
        order(&items.iter().collect::<Vec<_>>())
    }

    #[test]
    fn makers_come_first_and_the_rest_stays() {
        let statements = [
            "CREATE VIEW v AS SELECT * FROM \"T\" JOIN u USING (id)",
            "COMMENT ON VIEW v IS 'x'",
            "CREATE TABLE s.\"T\" (id int)",
            "CREATE TABLE u (id int)",
            "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT * FROM g() $$",
            "CREATE FUNCTION g() RETURNS void LANGUAGE sql AS 'SELECT f()'",
        ];
        assert_eq!(sorted(&statements), [2, 3, 0, 1, 4, 5]);
    }

    #[test]
    fn a_loop_is_entered_at_its_first_statement() {
        assert_eq!(sorted(&["CREATE TABLE a (b b)", "CREATE TABLE b (a a)", "CREATE TABLE c ()"]), [2, 0, 1]);
    }
}
