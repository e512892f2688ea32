//! What the linter is told: which rules weigh what, where, and from which size on a table is large.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::base::pattern::Pattern;
use crate::lint::Level;
use crate::lint::policy::Policy;
use crate::lint::script::Threshold;

/// The part `lint` of the file.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lint {
    /// Levels by code.
    pub rules: BTreeMap<String, Level>,
    /// Levels for some files.
    pub paths: Vec<PathRules>,
    /// Levels for the environment that `--env` chooses.
    pub environments: BTreeMap<String, BTreeMap<String, Level>>,
    pub threshold: Limits,
    /// Whether what runs the files wraps each in a transaction.
    pub in_transaction: Option<bool>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathRules {
    pub path: String,
    pub rules: BTreeMap<String, Level>,
}

/// From how many rows or bytes on a table is large.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    pub rows: u64,
    #[serde(deserialize_with = "bytes")]
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let Threshold { rows, bytes } = Threshold::default();
        Self { rows, bytes }
    }
}

impl Lint {
    /// All codes that are named.
    pub(super) fn codes(&self) -> impl Iterator<Item = &str> {
        let environments = self.environments.values().flat_map(BTreeMap::keys);
        let paths = self.paths.iter().flat_map(|path| path.rules.keys());
        self.rules.keys().chain(environments).chain(paths).map(String::as_str)
    }

    /// What each rule weighs, in the environment of this name.
    pub fn policy(&self, environment: Option<&str>) -> Policy {
        let mut levels = self.rules.clone();
        levels.extend(environment.and_then(|name| self.environments.get(name)).cloned().unwrap_or_default());
        let paths = self.paths.iter().map(|path| (Pattern::new(&path.path), path.rules.clone())).collect();
        Policy { levels, paths, ..Policy::default() }
    }

    pub fn threshold(&self) -> Threshold {
        Threshold { rows: self.threshold.rows, bytes: self.threshold.bytes }
    }
}

/// A number of bytes, or one with a unit as Postgres reads it: `8MB`.
pub(super) fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    struct Bytes;
    impl Visitor<'_> for Bytes {
        type Value = u64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a size such as `8MB`")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
            let digits = text.chars().take_while(char::is_ascii_digit).count();
            let (number, unit) = text.split_at(digits);
            let shift = match unit.trim() {
                "" | "B" => 0,
                "kB" => 10,
                "MB" => 20,
                "GB" => 30,
                "TB" => 40,
                _ => return Err(E::custom(format!("`{text}` is no size; write one such as `8MB`"))),
            };
            let number = number.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
            number.ok_or_else(|| E::custom(format!("`{text}` is no size; write one such as `8MB`")))
        }
    }
    from.deserialize_any(Bytes)
}
