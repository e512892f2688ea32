//! One statement of the schema that the server does not take, at its place in the user's file.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// One statement that the server does not take.
#[derive(Debug, Error, Diagnostic)]
pub enum Refused {
    #[error("{said}")]
    #[diagnostic(code(source::refused))]
    Statement {
        said: String,
        sqlstate: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("SQLSTATE {sqlstate}")]
        at: SourceSpan,
        #[help]
        help: Option<String>,
    },

    #[error("{said}")]
    #[diagnostic(code(source::syntax))]
    Syntax {
        said: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
        #[help]
        help: Option<String>,
    },

    #[error("the role `{role}` is not on this server")]
    #[diagnostic(
        code(source::missing_role),
        help("create it there, or let pgplumb start a server of its own, where roles that are named are made")
    )]
    MissingRole {
        role: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("named here")]
        at: SourceSpan,
    },

    #[error("the extension `{extension}` is not installed on the server that the scratch database is on")]
    #[diagnostic(code(source::missing_extension))]
    MissingExtension {
        extension: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("wanted here")]
        at: SourceSpan,
        #[help]
        help: String,
    },
}
