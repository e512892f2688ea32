//! A value that travels with a fact without being part of what it says: a column's position.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Equal to every other: differences in it are not differences of the fact. It is written to snapshots, and left out of
/// fingerprints (whose encoding is the one that is not human readable).
#[derive(Clone, Copy, Debug, Default)]
pub struct Carried<T>(pub T);

impl<T> PartialEq for Carried<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<T> Eq for Carried<T> {}

impl<T: Serialize> Serialize for Carried<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { self.0.serialize(serializer) } else { serializer.serialize_unit() }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Carried<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}
