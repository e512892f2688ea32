//! How much encryption a connection string asks for.

use crate::db::error::DbError;

/// `sslmode`, from nothing to everything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::db) enum Mode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

impl Mode {
    /// libpq's default is `prefer`.
    pub(in crate::db) fn of(word: Option<&str>) -> Result<Self, DbError> {
        Ok(match word {
            Some("disable") => Self::Disable,
            Some("allow") => Self::Allow,
            None | Some("prefer") => Self::Prefer,
            Some("require") => Self::Require,
            Some("verify-ca") => Self::VerifyCa,
            Some("verify-full") => Self::VerifyFull,
            Some(_) => {
                let words = "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`";
                return Err(DbError::ConnectionString { what: format!("`sslmode` is not {words}") });
            }
        })
    }
}
