//! Whose turn it is: a name is given up before it is taken, and what something stands on has its new name first.
//!
//! Only names that are exchanged in a ring need a temporary one, for one member of the ring.

use std::collections::BTreeSet;

use crate::kind::facts::Facts;
use crate::kind::{Key, Slot};
use crate::plan::rename::{Move, desired_body, site, temporary};

/// A rename with the names that it gives up and takes, in what Postgres keeps names in.
struct Turn {
    step: Move,
    gives: BTreeSet<Slot>,
    takes: BTreeSet<Slot>,
    /// Whether this is one half of a rename by way of a temporary name.
    half: bool,
}

/// The moves in an order that works; `moves` are those of containers before those of what is in them.
pub(super) fn in_turn(moves: Vec<Move>, desired: &Facts) -> Vec<Move> {
    let mut open: Vec<Turn> = moves.into_iter().map(|step| Turn::of(step, desired)).collect();
    let mut done = Vec::new();
    while !open.is_empty() {
        let free = (0..open.len()).find(|place| before(&open, *place).is_none());
        match free {
            Some(place) => done.push(open.remove(place).step),
            None => {
                let ring = ring(&open);
                let Some(place) = ring.iter().copied().find(|place| open[*place].can_split(&open, &ring)) else {
                    // Nothing that a temporary name could help.
                    done.extend(open.drain(..).map(|turn| turn.step));
                    break;
                };
                let (first, second) = open.remove(place).split();
                open.insert(place, second);
                open.insert(place, first);
            }
        }
    }
    done
}

/// One that must come before this one.
fn before(open: &[Turn], place: usize) -> Option<usize> {
    (0..open.len()).find(|other| *other != place && open[*other].precedes(&open[place]))
}

/// Some that wait for each other.
fn ring(open: &[Turn]) -> Vec<usize> {
    let mut path = Vec::new();
    let mut at = 0;
    while !path.contains(&at) {
        path.push(at);
        let Some(next) = before(open, at) else { return Vec::new() };
        at = next;
    }
    path.into_iter().skip_while(|place| *place != at).collect()
}

impl Turn {
    fn of(step: Move, desired: &Facts) -> Self {
        let names = |key: &Key, label: Option<&String>| -> BTreeSet<Slot> {
            match (label, desired_body(desired, &step)) {
                (Some(label), _) => BTreeSet::from([Slot::Within(Box::new(key.clone()), label.clone())]),
                (None, Some(body)) => {
                    let mut slots: BTreeSet<Slot> = body.slots(&site(key, desired)).into_iter().collect();
                    slots.insert(Slot::Within(Box::new(key.clone()), String::new()));
                    slots
                }
                (None, None) => BTreeSet::new(),
            }
        };
        let gives = names(&step.from, step.label.as_ref().map(|(_, old)| old));
        let takes = names(&step.to, step.label.as_ref().map(|(new, _)| new));
        Self { step, gives, takes, half: false }
    }

    fn precedes(&self, other: &Self) -> bool {
        self.frees(other) || self.holds(other)
    }

    /// Whether the other takes a name that this one gives up.
    fn frees(&self, other: &Self) -> bool {
        !self.gives.is_disjoint(&other.takes)
    }

    /// Whether the other is named by what this one names; or is the second half of it.
    fn holds(&self, other: &Self) -> bool {
        let same = self.step.to == other.step.to && self.step.label.is_none() && other.step.label.is_some();
        let schema = matches!(self.step.to, Key::Schema(_))
            && other.step.to != self.step.to
            && other.step.to.schema().map(|name| name.as_str()) == Some(self.step.to.name());
        let mut under = std::iter::successors(other.step.to.on(), |key| key.on());
        let to_temporary = self.half && self.takes.is_empty();
        let first = to_temporary && self.step.to == other.step.from && self.step.label.is_none();
        let label = match (&self.step.label, &other.step.label) {
            (Some((new, _)), Some((_, old))) => to_temporary && self.step.to == other.step.to && new == old,
            _ => false,
        };
        same || schema || first || label || under.any(|key| *key == self.step.to)
    }

    /// Whether another of the ring waits for its name, which a temporary name gives up at once.
    fn can_split(&self, open: &[Self], ring: &[usize]) -> bool {
        !self.half && ring.iter().any(|other| self.frees(&open[*other]))
    }

    fn split(self) -> (Self, Self) {
        let Move { from, to, label, schema } = self.step;
        let (between, labels) = match label {
            Some((new, old)) => {
                let between = format!("{}__moving", new.chars().take(40).collect::<String>());
                (to.clone(), (Some((between.clone(), old)), Some((new, between))))
            }
            None => (temporary(&to, "moving"), (None, None)),
        };
        let first = Move { from, to: between.clone(), label: labels.0, schema: None };
        let second = Move { from: between, to, label: labels.1, schema };
        (
            Self { step: first, gives: self.gives, takes: BTreeSet::new(), half: true },
            Self { step: second, gives: BTreeSet::new(), takes: self.takes, half: true },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::kind::key::Scoped;

    fn table(name: &str) -> Key {
        Key::Table(Scoped::new("public", name))
    }

    /// The names in turn: `b>c a>b`.
    fn turns(renames: &[(&str, &str)]) -> String {
        let mut desired = Catalog::default();
        for (_, to) in renames {
            desired = desired.with_table(to, &["a text"]);
        }
        let step = |(from, to): &(&str, &str)| Move { from: table(from), to: table(to), label: None, schema: None };
        let moves = in_turn(renames.iter().map(step).collect(), &desired.facts);
        let told: Vec<String> = moves.iter().map(|step| format!("{}>{}", step.from.name(), step.to.name())).collect();
        told.join(" ")
    }

    #[test]
    fn a_chain_begins_at_its_end_and_needs_no_other_name() {
        assert_eq!(turns(&[("a", "b"), ("b", "c"), ("c", "d")]), "c>d b>c a>b");
        assert_eq!(turns(&[("a", "x"), ("b", "y")]), "a>x b>y");
    }

    #[test]
    fn a_ring_needs_one_name_more() {
        assert_eq!(turns(&[("a", "b"), ("b", "a")]), "a>b__moving b>a b__moving>b");
        assert_eq!(turns(&[("a", "b"), ("b", "c"), ("c", "a"), ("x", "y")]).matches("__moving>").count(), 1);
    }
}
