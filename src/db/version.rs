//! The server's version, and what it can do.

use std::fmt;

/// The oldest major version that is supported.
pub const OLDEST: u32 = 14;

/// The newest major version that is supported.
pub const NEWEST: u32 = 18;

/// `server_version_num`: 150018 is 15.18.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Version(u32);

impl Version {
    pub fn new(server_version_num: u32) -> Self {
        Self(server_version_num)
    }

    pub fn major(self) -> u32 {
        self.0 / 10_000
    }

    /// The number behind the point.
    pub fn minor(self) -> u32 {
        self.0 % 10_000
    }

    pub fn is_supported(self) -> bool {
        (OLDEST..=NEWEST).contains(&self.major())
    }

    /// Views that look at their tables as whoever asks. Always, once 14 is out of support.
    pub fn has_security_invoker(self) -> bool {
        self.major() >= 15
    }

    /// A database has a locale provider of its own (`pg_database.datlocprovider`). All supported ones from 15.
    pub fn has_database_locale_provider(self) -> bool {
        self.major() >= 15
    }

    /// Databases and collations can carry tailoring rules for ICU.
    pub fn has_icu_rules(self) -> bool {
        self.major() >= 16
    }

    /// The locale of a database is in `datlocale`, which `daticulocale` was before, and there is a built-in provider.
    pub fn has_builtin_locale_provider(self) -> bool {
        self.major() >= 17
    }

    /// `transaction_timeout` exists.
    pub fn has_transaction_timeout(self) -> bool {
        self.major() >= 17
    }

    /// NOT NULL is a constraint with a name of its own.
    pub fn has_not_null_constraints(self) -> bool {
        self.major() >= 18
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major(), self.minor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_prints_as_postgres_prints_it() {
        assert_eq!(Version::new(150_018).to_string(), "15.18");
        assert_eq!(Version::new(180_000).to_string(), "18.0");
    }

    #[test]
    fn support_ends_on_both_sides() {
        let supported = |number| Version::new(number).is_supported();
        assert!(!supported(130_022) && supported(140_000) && supported(180_001) && !supported(190_000));
    }
}
