//! What goes wrong between us and the server. No variant holds, or is ever given, a password.

use std::path::PathBuf;

use miette::Diagnostic;
use postgres::error::ErrorPosition;
use thiserror::Error;

/// A failure to reach a server, or its answer to a statement.
#[derive(Debug, Error, Diagnostic)]
pub enum DbError {
    #[error("the connection string cannot be read: {what}")]
    #[diagnostic(
        code(db::connection_string),
        help(
            "write `postgresql://user@host:5432/database` or `host=... dbname=...`; percent-encode special characters in a URL"
        )
    )]
    ConnectionString { what: String },

    #[error("the connection string has an unknown parameter `{name}`")]
    #[diagnostic(code(db::unknown_parameter))]
    UnknownParameter {
        name: String,
        #[help]
        nearest: Option<String>,
    },

    #[error("{what}")]
    #[diagnostic(
        code(db::service),
        help("services are defined in `~/.pg_service.conf`, or in the file that PGSERVICEFILE names")
    )]
    Service { what: String },

    #[error("cannot connect to {server}: {cause}")]
    #[diagnostic(code(db::cannot_connect))]
    CannotConnect {
        server: String,
        cause: String,
        #[help]
        check: String,
    },

    #[error("{server} does not let `{user}` in: {cause}")]
    #[diagnostic(code(db::authentication))]
    Authentication {
        server: String,
        user: String,
        cause: String,
        #[help]
        check: String,
    },

    #[error("there is no database `{database}` on {server}")]
    #[diagnostic(code(db::no_database), help("create it with `createdb {database}`, or correct the name in the URL"))]
    NoDatabase { server: String, database: String },

    #[error("no encrypted connection to {server}: {cause}")]
    #[diagnostic(code(db::tls))]
    Tls {
        server: String,
        cause: String,
        #[help]
        check: String,
    },

    #[error("cannot use the {role} `{}`: {cause}", path.display())]
    #[diagnostic(
        code(db::certificate),
        help(
            "certificates and keys are PEM files; a key must be unencrypted PKCS #8: `openssl pkcs8 -topk8 -nocrypt`"
        )
    )]
    Certificate { role: &'static str, path: PathBuf, cause: String },

    #[error("{server} runs PostgreSQL {found}, which is not supported")]
    #[diagnostic(
        code(db::unsupported_version),
        help("supported are PostgreSQL {} to {}", crate::db::version::OLDEST, crate::db::version::NEWEST)
    )]
    UnsupportedVersion { server: String, found: String },

    #[error("{message}{}", detail.as_deref().map(|d| format!(" ({d})")).unwrap_or_default())]
    #[diagnostic(code(db::statement))]
    Statement {
        /// Five characters, see appendix A of the Postgres manual.
        sqlstate: String,
        message: String,
        detail: Option<String>,
        #[help]
        hint: Option<String>,
        /// Where in the statement, in characters from 1.
        position: Option<u32>,
        /// What the server was doing: the lines of a function, the statement inside it.
        context: Option<Box<str>>,
    },

    #[error("the connection to the server is lost: {message}")]
    #[diagnostic(
        code(db::lost),
        help(
            "see the server's log; run the command again once it is back; how far migrations came says `pgplumb status`"
        )
    )]
    Lost { message: String },

    #[error("a catalog row cannot be read: {what}")]
    #[diagnostic(code(db::decode), help("this is a fault of pgplumb: please report it with the server's version"))]
    Decode { what: String },

    #[error("{what}")]
    #[diagnostic(code(db::unexpected), help("this is a fault of pgplumb: please report it with the server's version"))]
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

    /// The same without the place in the statement, where that is not the one that a person wrote.
    #[must_use]
    pub fn without_position(mut self) -> Self {
        if let Self::Statement { position, .. } = &mut self {
            *position = None;
        }
        self
    }
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            let message = with_cause(&error);
            return if message.contains("deserializing column") || message.starts_with("invalid column") {
                Self::Decode { what: message }
            } else {
                Self::Lost { message }
            };
        };
        // 57P01 to 57P03 are the server ending the session; class 08 is the connection itself.
        if db.code().code().starts_with("57P0") || db.code().code().starts_with("08") {
            return Self::Lost { message: db.message().to_owned() };
        }
        Self::Statement {
            sqlstate: db.code().code().to_owned(),
            message: db.message().to_owned(),
            detail: db.detail().map(ToOwned::to_owned),
            hint: db.hint().map(ToOwned::to_owned).or_else(|| pooled(db.code().code(), db.message())),
            position: match db.position() {
                Some(ErrorPosition::Original(position)) => Some(*position),
                _ => None,
            },
            context: db.where_().map(Into::into),
        }
    }
}

/// What becomes of the statements that the driver prepares, and calls `s0`, `s1` and so on, where others have the session too.
fn pooled(sqlstate: &str, message: &str) -> Option<String> {
    let name = message.split('"').nth(1).and_then(|name| name.strip_prefix('s'))?;
    let ours = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit());
    let taken = ["42P05", "26000"].contains(&sqlstate) && ours;
    taken.then(|| {
        "a pooler in transaction mode may be in between: connect to the server itself, or to a port of the pooler \
         with `pool_mode = session`"
            .to_owned()
    })
}

/// The driver's message, with what is behind it unless it says so already.
pub(super) fn with_cause(error: &postgres::Error) -> String {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = inner.source();
    }
    message
}
