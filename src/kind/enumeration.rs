//! An enum type. Values can be added anywhere; nothing else about them can be undone, so a type that loses a value or
//! changes their order is replaced, and the columns move over by way of text.

use serde::{Deserialize, Serialize};

use crate::base::name::literal;
use crate::kind::data_type::{set_aside, type_slots};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Enum {
    pub labels: Vec<String>,
}

impl Kind for Enum {
    const LABEL: &'static str = "enum";
    const QUERY: &'static str = include_str!("enumeration.sql");
    const PROSE: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        let labels = self.labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ");
        one(format!("CREATE TYPE {} AS ENUM ({labels})", at.sql()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TYPE {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { labels } = to;
        let kept: Vec<&String> = labels.iter().filter(|label| self.labels.contains(label)).collect();
        if kept.len() < self.labels.len() {
            return Alter::replace("a value of an enum cannot be removed");
        }
        if !kept.iter().zip(&self.labels).all(|(to, from)| *to == from) {
            return Alter::replace("the values of an enum cannot be put in another order");
        }
        Alter::in_place(self.additions(labels, at))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        type_slots(at.key)
    }

    fn object(&self, at: &Site) -> String {
        format!("TYPE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TYPE", at.key, to)
    }

    fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
        Some(set_aside("TYPE", at, aside))
    }
}

impl Enum {
    /// One statement for each new value, from first to last, so that the value before it is always there already.
    fn additions(&self, labels: &[String], at: &Site) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (i, label) in labels.iter().enumerate().filter(|(_, label)| !self.labels.contains(label)) {
            let last = !labels[i..].iter().any(|later| self.labels.contains(later));
            let place = match (i.checked_sub(1), self.labels.first()) {
                _ if last => String::new(),
                (Some(before), _) => format!(" AFTER {}", literal(&labels[before])),
                (None, first) => first.map(|first| format!(" BEFORE {}", literal(first))).unwrap_or_default(),
            };
            let sql = format!("ALTER TYPE {} ADD VALUE {}{place}", at.sql(), literal(label));
            statements.push(Statement::new(sql).commit_after());
        }
        statements
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::kind::facts::Facts;
    use crate::kind::key::Scoped;
    use crate::kind::statement::Change;

    fn altered(from: &[&str], to: &[&str]) -> Alter {
        let labels = |list: &[&str]| Enum { labels: list.iter().map(|label| (*label).to_owned()).collect() };
        let (key, facts, absorbed) = (Key::Enum(Scoped::new("s", "e")), Facts::default(), BTreeSet::new());
        labels(from).alter(&labels(to), &Site { key: &key, here: &facts, there: &facts, absorbed: &absorbed })
    }

    #[test]
    fn each_new_value_names_a_neighbour_that_is_there_by_then() {
        let Alter::InPlace(Change { statements, .. }) = altered(&["b", "d"], &["a", "a2", "b", "c", "d", "e", "f"])
        else {
            panic!("not in place");
        };
        let sql: Vec<_> = statements.iter().map(|s| s.sql.trim_start_matches("ALTER TYPE s.e ADD VALUE ")).collect();
        assert_eq!(sql, ["'a' BEFORE 'b'", "'a2' AFTER 'a'", "'c' AFTER 'b'", "'e'", "'f'"]);
        assert!(statements.iter().all(|statement| statement.commit_after));
    }

    #[test]
    fn what_is_gone_or_moved_makes_it_another_type() {
        assert!(matches!(altered(&["a", "b"], &["a"]), Alter::Replace(_)));
        assert!(matches!(altered(&["a", "b"], &["b", "c", "a"]), Alter::Replace(_)));
        assert_eq!(altered(&["a"], &["a"]), Alter::Equivalent);
    }
}
