//! Numbering that goes on in the table that takes the name.

use std::collections::BTreeSet;

use crate::base::name::{Ident, literal};
use crate::catalog::Catalog;
use crate::kind::sequence::position::{Numbering, numbering};
use crate::kind::table::columns;
use crate::kind::{Key, Site};

/// A column whose values another sequence gives in the one state than in the other.
#[derive(Clone, Debug)]
pub struct Handed {
    pub column: Key,
    from: Option<Numbering>,
    to: Option<Numbering>,
}

/// Those of a table.
pub fn handed(table: &Key, live: &Catalog, desired: &Catalog, shared: &BTreeSet<Key>) -> Vec<Handed> {
    let nothing = BTreeSet::new();
    let of = |state: &Catalog, column: &Key| {
        numbering(&Site { key: column, here: &state.facts, there: &state.facts, absorbed: &nothing }, column)
    };
    let both = columns(&live.facts, table).into_iter().filter(|(key, _)| desired.facts.contains(key));
    let handed = both.map(|(key, _)| Handed { column: key.clone(), from: of(live, key), to: of(desired, key) });
    let stays = |numbering: &Option<Numbering>| numbering.as_ref().is_some_and(|one| shared.contains(&one.key));
    handed.filter(|one| !(stays(&one.from) && stays(&one.to)) && (one.from.is_some() || one.to.is_some())).collect()
}

impl Handed {
    /// The sequence of each state, as SQL names it.
    pub fn sequences(&self) -> [Option<&str>; 2] {
        [&self.from, &self.to].map(|numbering| numbering.as_ref().map(|one| one.sequence.as_str()))
    }

    /// Takes over the position, forth or back; the names are those of both sequences then, and of the table whose values
    /// say it where nothing else does.
    pub fn sql(&self, forth: bool, [from, to]: [Option<&str>; 2], table: &Key) -> Option<String> {
        let (giving, taking, own) = if forth { (from, to?, &self.to) } else { (to, from?, &self.from) };
        let own = own.as_ref()?;
        let column = Ident::new(self.column.name());
        let set =
            |value: &str, called: &str| format!("SELECT pg_catalog.setval({}, {value}, {called})", literal(taking));
        Some(match giving {
            Some(giving) => {
                let within = format!("last_value BETWEEN {} AND {}", own.min, own.max);
                format!("{}\n  FROM {giving}\n WHERE {within}", set("last_value", "is_called"))
            }
            None => {
                let end = if own.increment > 0 { "max" } else { "min" };
                let last = format!("pg_catalog.{end}({column})");
                format!("{}\n  FROM {}\nHAVING {last} IS NOT NULL", set(&last, "true"), table.sql())
            }
        })
    }
}
