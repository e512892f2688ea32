//! A first order for statements in files of any order, by the names that they define and use.
//!
//! The written order is kept where it already works: a statement moves only behind one that stands later and defines a
//! name it uses. Bodies of functions do not count, for they are not run when the function is made. Names may mislead
//! (a column called like a table), so loops are possible and are entered at their first statement: what fails is for
//! the loader to try again.

mod declared;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::sql::order::declared::{DeclaredAndUsed, Name, declared_and_used};

/// The places of these statements in an order that is likely to work.
pub fn first_order(statements: &[&str]) -> Vec<usize> {
    let names: Vec<DeclaredAndUsed> = statements.iter().map(|sql| declared_and_used(sql)).collect();
    sorted(&names)
}

/// The places of these statements in the order to run them.
fn sorted(names: &[DeclaredAndUsed]) -> Vec<usize> {
    let needs = needs(names);
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(names.len(), names.len());
    names.iter().for_each(|_| {
        graph.add_node(());
    });
    for (user, makers) in needs.iter().enumerate() {
        for maker in makers {
            graph.add_edge(NodeIndex::new(*maker), NodeIndex::new(user), ());
        }
    }
    let mut group = vec![0; names.len()];
    for (number, members) in kosaraju_scc(&graph).iter().enumerate() {
        members.iter().for_each(|member| group[member.index()] = number);
    }
    // Within a loop only what stands earlier is waited for, so that nothing waits for itself.
    let mut waits: Vec<usize> = vec![0; names.len()];
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
    for (user, makers) in needs.iter().enumerate() {
        for maker in makers.iter().filter(|maker| group[**maker] != group[user] || **maker < user) {
            waits[user] += 1;
            users[*maker].push(user);
        }
    }
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..names.len()).filter(|place| waits[*place] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(names.len());
    while let Some(Reverse(place)) = ready.pop() {
        order.push(place);
        for user in &users[place] {
            waits[*user] -= 1;
            if waits[*user] == 0 {
                ready.push(Reverse(*user));
            }
        }
    }
    order
}

/// For each statement, those that make what it names. Where several make a name (overloads, the same name in two
/// schemas and none written) it is the first, for to wait for all would be to wait for strangers.
fn needs(names: &[DeclaredAndUsed]) -> Vec<BTreeSet<usize>> {
    let mut makers: BTreeMap<&str, BTreeMap<Option<&str>, usize>> = BTreeMap::new();
    for (place, statement) in names.iter().enumerate() {
        if let Some(Name { schema, name }) = &statement.declared {
            makers.entry(name).or_default().entry(schema.as_deref()).or_insert(place);
        }
    }
    let find = |schema: Option<&str>, name: &str| -> Option<usize> {
        let made = makers.get(name)?;
        match schema {
            Some(_) => made.get(&schema).or_else(|| made.get(&None)).copied(),
            None => made.values().min().copied(),
        }
    };
    let of = |(place, statement): (usize, &DeclaredAndUsed)| {
        let mut found = BTreeSet::new();
        for parts in &statement.used {
            if let [schema, name, ..] = parts.as_slice() {
                found.extend(find(Some(schema), name));
            }
            // A schema, or a table before the name of its column, or a name alone.
            found.extend(parts.first().and_then(|first| find(None, first)));
        }
        if let Some(schema) = statement.declared.as_ref().and_then(|name| name.schema.as_deref()) {
            found.extend(find(None, schema));
        }
        found.remove(&place);
        found
    };
    names.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        let statements: Vec<&str> = text.split("; ").collect();
        first_order(&statements).into_iter().map(|place| statements[place]).collect()
    }

    fn firsts(text: &str) -> Vec<String> {
        texts(text).iter().map(|sql| sql.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn what_works_as_written_stays() {
        let text = "create schema s; create table s.a (id int); create view s.v as select id from s.a; \
                    alter table s.a add b int; comment on table s.a is 's.v'; create function s.f() returns int \
                    language sql as $$ select * from s.later $$; create table s.later (a int)";
        assert_eq!(texts(text), text.split("; ").collect::<Vec<_>>());
    }

    #[test]
    fn users_move_behind_makers_and_no_further() {
        let text = "create view s.v as select * from s.t, u; create table s.t (e s.e default nextval('s.q')); \
                    create table u (); create type s.e as enum ('x'); create sequence s.q; create schema s; create table z ()";
        assert_eq!(
            firsts(text),
            [
                "create table u",
                "create schema s",
                "create type s.e",
                "create sequence s.q",
                "create table s.t",
                "create view s.v",
                "create table z",
            ]
        );
    }

    #[test]
    fn a_loop_is_entered_at_its_first_statement_and_what_needs_it_comes_after() {
        let text = "create view v as select * from a; create table a (b int references b); create table b (a int references a)";
        assert_eq!(firsts(text), ["create table a", "create view v", "create table b"]);
    }
}
