//! What is lost of a column or a table that goes because another one took its place, which a down fills it from again.
//!
//! That it is filled was seen on one row. Whether every value of every row comes back is for the types to say: the place has
//! to hold all of them.

use std::collections::BTreeMap;

use crate::base::name::without_public;
use crate::grade::narrowing::Types;
use crate::grade::{Cause, Loss};
use crate::kind::facts::Facts;
use crate::kind::key::Child;
use crate::kind::{Body, Key};

/// The losses, where `moved` says what took the place of what goes. `came_back` is what was seen of it.
pub fn left(
    losses: &[Loss],
    moved: &BTreeMap<Key, Option<Key>>,
    (live, desired): (&Facts, &Facts),
    came_back: &dyn Fn(&Key) -> bool,
) -> Vec<Loss> {
    let types = Types::of(desired);
    let one = |loss: &Loss| match moved.get(&loss.key) {
        Some(Some(place)) if loss.cause == Cause::Dropped && came_back(&loss.key) => {
            pairs(&loss.key, place, live).iter().filter_map(|pair| narrowed(pair, (live, desired), &types)).collect()
        }
        _ => vec![loss.clone()],
    };
    losses.iter().flat_map(one).collect()
}

/// Each column that goes, and the one in its place.
fn pairs(gone: &Key, place: &Key, live: &Facts) -> Vec<(Key, Key)> {
    let of_place = |column: &Key| Key::Column(Child::new(place.clone(), column.name()));
    match gone {
        Key::Table(_) => {
            let columns = live.standing_on(gone).filter(|(_, body)| matches!(body, Body::Column(_)));
            columns.map(|(key, _)| (key.clone(), of_place(key))).collect()
        }
        _ => vec![(gone.clone(), place.clone())],
    }
}

/// What the place cannot hold of a column.
fn narrowed((gone, place): &(Key, Key), (live, desired): (&Facts, &Facts), types: &Types) -> Option<Loss> {
    let from = match live.get(gone) {
        Some(Body::Column(column)) if column.generated.is_none() => &column.type_name,
        _ => return None,
    };
    let Some(Body::Column(to)) = desired.get(place) else {
        let what = format!("the values of column {}", without_public(&gone.sql()));
        return Some(Loss { key: gone.clone(), cause: Cause::Dropped, what });
    };
    if *from == to.type_name || types.holds_all(from, &to.type_name) {
        return None;
    }
    let (from, to) = (without_public(from), without_public(&to.type_name));
    let what = format!("the values of {} that do not fit {to}", without_public(&gone.to_string()));
    Some(Loss { key: gone.clone(), cause: Cause::Narrowed { from, to }, what })
}
