//! Where a column's numbering stands, taken over from what numbered it before.
//!
//! An identity's sequence and that of a serial column cannot become each other, and have the same name as a rule, so the
//! one goes before the other comes. In between a setting of the session keeps the position. Where nothing numbered the
//! column before, its values say where to go on.

use crate::base::name::{Ident, literal};
use crate::kind::key::{Attached, Scoped};
use crate::kind::sequence::values::go_on as behind;
use crate::kind::statement::Statement;
use crate::kind::{Body, Key, Site, Slot};

/// The sequence that numbers a column in one state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbering {
    /// The fact that it is, or is a part of.
    pub key: Key,
    /// Its qualified name.
    pub sequence: String,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
}

/// What numbers this column in the state that the site is in: its identity, or the sequence that it owns and that its
/// default asks.
pub fn numbering(at: &Site, column: &Key) -> Option<Numbering> {
    let key = Key::Identity(Attached::new(column.clone()));
    if let Some(Body::Identity(identity)) = at.here.get(&key) {
        let (start, increment, min, max) = (identity.start, identity.increment, identity.min, identity.max);
        return Some(Numbering { sequence: identity.sequence().to_string(), key, start, increment, min, max });
    }
    match at.here.get(&Key::Default(Attached::new(column.clone()))) {
        Some(Body::Default(default)) if default.expression.starts_with("nextval(") => {}
        _ => return None,
    }
    let first = Key::OwnedBy(Attached::new(Key::Sequence(Scoped::new("", ""))));
    let owned = at.here.from(&first).take_while(|(key, _)| matches!(key, Key::OwnedBy(_)));
    owned.into_iter().find_map(|(key, body)| {
        let (Body::OwnedBy(owner), Some(on)) = (body, key.on()) else { return None };
        let Some(Body::Sequence(sequence)) = at.here.get(on).filter(|_| owner.column(at).as_ref() == Some(column))
        else {
            return None;
        };
        let (start, increment, min, max) = (sequence.start, sequence.increment, sequence.min, sequence.max);
        Some(Numbering { key: on.clone(), sequence: on.sql(), start, increment, min, max })
    })
}

/// The place of what numbers a column.
pub fn numbers(column: Key) -> Slot {
    Slot::Within(Box::new(column), "numbering".to_owned())
}

/// The other state, seen from the same place.
fn other<'a>(at: &Site<'a>) -> Site<'a> {
    Site { here: at.there, there: at.here, ..*at }
}

/// Whether the position of what goes with `dropped` is taken over by what numbers the column afterwards.
pub fn is_taken_over(at: &Site, dropped: &Key, column: &Key) -> bool {
    is_of_table(column)
        && numbering(at, column).is_some_and(|from| from.key == *dropped)
        && at.there.contains(column)
        && numbering(&other(at), column).is_some()
}

/// Keeps the position of what is about to be dropped, where it is taken over.
pub fn keep(at: &Site, dropped: &Key, column: &Key) -> Option<Statement> {
    let from = numbering(at, column).filter(|_| is_taken_over(at, dropped, column))?;
    let setting = literal(&setting(column));
    Some(Statement::new(format!(
        "SELECT pg_catalog.set_config({setting}, last_value || ' ' || is_called, false)\n  FROM {}",
        from.sequence
    )))
}

/// Makes what numbers a column go on: where its predecessor stood, or else behind the values that are there already, as
/// new ones would collide with them otherwise. None for a column that is new.
pub fn go_on(at: &Site, column: &Key) -> Option<Statement> {
    if !at.there.contains(column) || !is_of_table(column) {
        return None;
    }
    let to = numbering(at, column)?;
    Some(match numbering(&other(at), column) {
        None => behind(&to.sequence, column, to.start, to.increment, (to.min, to.max))?,
        Some(from) if from.key != to.key && at.here.contains(&from.key) => {
            let set = format!("pg_catalog.setval({}, last_value, is_called)", literal(&to.sequence));
            let within = format!("last_value BETWEEN {} AND {}", to.min, to.max);
            Statement::new(format!("SELECT {set}\n  FROM {}\n WHERE {within}", from.sequence))
        }
        Some(_) => {
            let kept = format!("pg_catalog.current_setting({})", literal(&setting(column)));
            let set = format!("pg_catalog.setval({}, kept[1]::bigint, kept[2]::boolean)", literal(&to.sequence));
            let within = format!("kept[1]::bigint BETWEEN {} AND {}", to.min, to.max);
            let kept = format!("pg_catalog.string_to_array({kept}, ' ') AS kept");
            Statement::new(format!("SELECT {set}\n  FROM {kept}\n WHERE {within}"))
        }
    })
}

fn is_of_table(column: &Key) -> bool {
    matches!(column.on(), Some(Key::Table(_)))
}

/// The setting that keeps the position: only letters, digits, `_` and `$` can be in the name of one.
fn setting(column: &Key) -> String {
    let mut name = "pgplumb.".to_owned();
    let schema = column.schema().map(Ident::as_str).unwrap_or_default();
    let parts = [schema, column.on().map(Key::name).unwrap_or_default(), column.name()];
    for (place, part) in parts.into_iter().enumerate() {
        name.push_str(if place == 0 { "of_" } else { "$" });
        for byte in part.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'_' => name.push(char::from(byte)),
                _ => name.push_str(&format!("${byte:02X}")),
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::key::Child;

    #[test]
    fn a_setting_is_named_after_the_column_in_what_names_of_settings_can_have() {
        let column = |table: &str, name: &str| Key::Column(Child::new(Key::Table(Scoped::new("public", table)), name));
        assert_eq!(setting(&column("t", "id")), "pgplumb.of_public$t$id");
        assert_eq!(setting(&column("My t", "é")), "pgplumb.of_public$$4Dy$20t$$C3$A9");
    }
}
