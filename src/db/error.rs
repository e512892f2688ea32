//! What goes wrong between us and the server.

use miette::Diagnostic;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub enum DbError {
    #[error("{message}{}", detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default())]
    #[diagnostic(code(db::statement))]
    Statement { sqlstate: String, message: String, detail: Option<String>, hint: Option<String>, position: Option<u32> },
    #[error("the connection to the server is lost: {message}")]
    #[diagnostic(code(db::lost), help("see the server's log; run the command again once it is back"))]
    Lost { message: String },
    #[error("column `{column}` of a catalog query cannot be read as {wanted}")]
    #[diagnostic(code(db::decode))]
    Decode { column: String, wanted: String },
    #[error("{what}")]
    #[diagnostic(code(db::unexpected))]
    Unexpected { what: String },
}

impl DbError {
    pub fn unexpected(what: &str) -> Self {
        Self::Unexpected { what: what.to_owned() }
    }

    /// Whether the server went away.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }

    /// The SQLSTATE of a failed statement.
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Statement { sqlstate, .. } => Some(sqlstate),
            _ => None,
        }
    }
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => Self::Statement {
                sqlstate: db.code().code().to_owned(),
                message: db.message().to_owned(),
                detail: db.detail().map(ToOwned::to_owned),
                hint: db.hint().map(ToOwned::to_owned),
                position: match db.position() {
                    Some(postgres::error::ErrorPosition::Original(position)) => Some(*position),
                    _ => None,
                },
            },
            None => Self::Lost { message: error.to_string() },
        }
    }
}
