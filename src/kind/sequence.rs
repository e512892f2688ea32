//! A sequence. All its options change in place, and its position is kept where the new bounds allow it.

pub mod owned_by;
pub mod position;
pub mod values;

use serde::{Deserialize, Serialize};

use crate::base::name::{Ident, literal};
use crate::kind::key::Attached;
use crate::kind::rename::rename_and_move;
use crate::kind::sequence::position::{is_taken_over, keep};
use crate::kind::sequence::values::type_bounds;
use crate::kind::statement::{Alter, Hazard, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sequence {
    pub data_type: String,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
    pub cache: i64,
    pub cycle: bool,
    pub unlogged: bool,
}

impl Kind for Sequence {
    const LABEL: &'static str = "sequence";
    const QUERY: &'static str = include_str!("sequence.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let (min, max) = type_bounds(&self.data_type, self.increment);
        let start = if self.increment > 0 { self.min } else { self.max };
        let clauses = [
            (self.data_type != "bigint", format!("AS {}", self.data_type)),
            (self.start != start, format!("START WITH {}", self.start)),
            (self.increment != 1, format!("INCREMENT BY {}", self.increment)),
            (self.min != min, format!("MINVALUE {}", self.min)),
            (self.max != max, format!("MAXVALUE {}", self.max)),
            (self.cache != 1, format!("CACHE {}", self.cache)),
            (self.cycle, "CYCLE".to_owned()),
        ];
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let clauses = clauses.into_iter().filter(|(said, _)| *said).map(|(_, clause)| format!("\n    {clause}"));
        one(format!("CREATE {unlogged}SEQUENCE {}{}", at.sql(), clauses.collect::<String>()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        let kept = self.owner(at).and_then(|column| keep(at, at.key, &column));
        kept.into_iter().chain(one(format!("DROP SEQUENCE {}", at.sql()))).collect()
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { data_type, start, increment, min, max, cache, cycle, unlogged } = to;
        let (kept_min, kept_max) = self.bounds_as(data_type, *increment);
        // Where the old and the new bounds have nothing in common, no position is within both.
        let apart = *min > self.max || *max < self.min;
        let clauses = [
            (*data_type != self.data_type, format!("AS {data_type}")),
            (*increment != self.increment, format!("INCREMENT BY {increment}")),
            (*min != kept_min, format!("MINVALUE {min}")),
            (*max != kept_max, format!("MAXVALUE {max}")),
            (*start != self.start, format!("START WITH {start}")),
            (apart, format!("RESTART WITH {start}")),
            (*cache != self.cache, format!("CACHE {cache}")),
            (*cycle != self.cycle, if *cycle { "CYCLE".to_owned() } else { "NO CYCLE".to_owned() }),
        ];
        let clauses: Vec<_> = clauses.into_iter().filter(|(said, _)| *said).map(|(_, clause)| clause).collect();
        let mut statements: Vec<Statement> = self.entry(to, at).into_iter().collect();
        if !clauses.is_empty() {
            let statement = Statement::new(format!("ALTER SEQUENCE {} {}", at.sql(), clauses.join(" ")));
            let past = *max < self.max || *min > self.min;
            statements.push(if apart {
                statement.hazard(Hazard::LosesData(format!("the position of sequence {}", at.sql())))
            } else if past {
                statement.hazard(Hazard::DependsOnData("it fails where the sequence is past its new bounds".to_owned()))
            } else {
                statement
            });
        }
        if *unlogged != self.unlogged {
            let word = if *unlogged { "UNLOGGED" } else { "LOGGED" };
            statements.push(Statement::new(format!("ALTER SEQUENCE {} SET {word}", at.sql())));
        }
        Alter::in_place(statements)
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        self.owner(at).filter(|column| dropped(column))
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        at.key.schema().map(|schema| Slot::Relation(schema.clone(), Ident::new(at.key.name()))).into_iter().collect()
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("SEQUENCE", at.key, to)
    }

    fn loses(&self, at: &Site) -> Option<String> {
        let taken_over = self.owner(at).is_some_and(|column| is_taken_over(at, at.key, &column));
        (!taken_over).then(|| format!("the position of sequence {}", at.sql()))
    }
}

impl Sequence {
    /// The column that owns it.
    fn owner(&self, at: &Site) -> Option<Key> {
        let owner = Key::OwnedBy(Attached::new(at.key.clone()));
        match at.here.get(&owner) {
            Some(Body::OwnedBy(body)) => body.column(&at.of(&owner)),
            _ => None,
        }
    }

    /// Where the sequence has not come as far as its new bounds, it starts anew within them: no value of theirs was
    /// given out, and Postgres refuses bounds that the position is not within.
    fn entry(&self, to: &Self, at: &Site) -> Option<Statement> {
        // One that turns round comes to values again that it gave out.
        if (self.increment > 0) != (to.increment > 0) {
            return None;
        }
        let (first, before) = if to.increment > 0 {
            (to.min, (to.min > self.min).then(|| format!("last_value < {}", to.min))?)
        } else {
            (to.max, (to.max < self.max).then(|| format!("last_value > {}", to.max))?)
        };
        let reachable = |value: i64| (self.min..=self.max).contains(&value);
        let position = [to.start, first].into_iter().find(|value| reachable(*value))?;
        let sequence = at.sql();
        let set = format!("pg_catalog.setval({}, {position}, false)", literal(&sequence));
        Some(Statement::new(format!("SELECT {set} FROM {sequence} WHERE {before}")))
    }

    /// The bounds after ALTER SEQUENCE ... AS: one that was the old type's utmost becomes the default of the new type
    /// for this increment, any other stays (`init_params` in `sequence.c`).
    fn bounds_as(&self, data_type: &str, increment: i64) -> (i64, i64) {
        if self.data_type == data_type {
            return (self.min, self.max);
        }
        let (lowest, _) = type_bounds(&self.data_type, -1);
        let (_, highest) = type_bounds(&self.data_type, 1);
        let (min, max) = type_bounds(data_type, increment);
        (if self.min == lowest { min } else { self.min }, if self.max == highest { max } else { self.max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(data_type: &str, max: i64) -> Sequence {
        let data_type = data_type.to_owned();
        Sequence { data_type, start: 1, increment: 1, min: 1, max, cache: 1, cycle: false, unlogged: false }
    }

    #[test]
    fn bounds_of_the_type_follow_it() {
        let integer = serial("integer", i64::from(i32::MAX));
        assert_eq!(integer.bounds_as("bigint", 1), (1, i64::MAX));
        assert_eq!(serial("integer", 10).bounds_as("bigint", 1), (1, 10));
    }
}
