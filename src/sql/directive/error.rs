//! Directives that say nothing that can be followed.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::base::wording::{listed, nearest};
use crate::sql::file::SqlFile;

const KNOWN: [(&str, &str); 4] = [
    ("renamed", "-- pgplumb: renamed from old_name"),
    ("allow", "-- pgplumb: allow CODE[:object] because <reason>"),
    ("backfill", "-- pgplumb: backfill key=id batch=1000 pause=100ms max_lag=10s"),
    ("phase", "-- pgplumb: phase contract"),
];

/// Why a directive cannot be followed.
#[derive(Debug, Error, Diagnostic)]
pub enum DirectiveError {
    #[error("no directive is called `{word}`")]
    #[diagnostic(code(sql::unknown_directive))]
    Unknown {
        word: String,
        #[help]
        help: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },
    #[error("the directive is not complete: {what}")]
    #[diagnostic(
        code(sql::malformed_directive),
        help(
            "write `-- pgplumb: renamed from old_name`, `-- pgplumb: allow CODE[:object] because <reason>` or \
             `-- pgplumb: phase contract`; `keep 2 releases` or `keep 14d` can stand behind the first, and `after 2 \
             releases` or `after 14d` behind the last"
        )
    )]
    Malformed {
        what: &'static str,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },
    #[error("the backfill cannot be read: {what}")]
    #[diagnostic(
        code(sql::malformed_backfill),
        help(
            "write `-- pgplumb: backfill key=id batch=1000 pause=100ms max_lag=10s max_active=20`; each of the settings can \
             be left out"
        )
    )]
    Backfill {
        what: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },
    #[error("the directive stands at no statement")]
    #[diagnostic(code(sql::lonely_directive), help("write it on the line directly above the statement"))]
    Lonely {
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("no statement begins below")]
        at: SourceSpan,
    },
    #[error("the directive is about nothing")]
    #[diagnostic(
        code(sql::dangling_directive),
        help(
            "write it on the line directly above what was renamed, or behind it on the same line; that can be a schema, \
             table, column, constraint, index, type, enum value, function, view, sequence, trigger or policy"
        )
    )]
    Dangling {
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("nothing that can be renamed begins here")]
        at: SourceSpan,
    },
    #[error("the directive could be about any of {names}")]
    #[diagnostic(
        code(sql::ambiguous_directive),
        help("write what was renamed on a line of its own, below the directive")
    )]
    Ambiguous {
        names: String,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },
}

/// What an allowance lacks that says no reason.
pub(super) const NO_REASON: &str = "the reason is missing";

/// What `keep` and `after` lack.
pub(super) const NO_TIME: &str = "it does not say how long: `2 releases`, or a time such as `14d`";

impl DirectiveError {
    /// Whether it is an allowance that only lacks its reason.
    pub fn lacks_reason(&self) -> bool {
        matches!(self, Self::Malformed { what, .. } if *what == NO_REASON)
    }

    /// Whether it is about a backfill, which a runner must not run as if it were none.
    pub fn is_backfill(&self) -> bool {
        matches!(self, Self::Backfill { .. } | Self::Lonely { .. })
    }

    /// The bytes of the comment.
    pub fn bytes(&self) -> Range<usize> {
        let (Self::Unknown { at, .. }
        | Self::Malformed { at, .. }
        | Self::Backfill { at, .. }
        | Self::Lonely { at, .. }
        | Self::Dangling { at, .. }
        | Self::Ambiguous { at, .. }) = self;
        at.offset()..at.offset() + at.len()
    }

    pub(super) fn unknown(place: (Arc<SqlFile>, Range<usize>), word: &str) -> Self {
        let help = match nearest(word, KNOWN.iter().map(|(name, _)| *name)) {
            Some(name) => KNOWN.iter().filter(|(known, _)| *known == name).map(|(_, form)| *form).collect::<String>(),
            None => KNOWN.map(|(_, form)| form).join("` or `"),
        };
        let (text, at) = shown(place);
        Self::Unknown { word: word.to_owned(), help: format!("write `{help}`"), text, at }
    }

    /// One that is where it cannot be followed, or that lacks something.
    pub fn malformed(place: (Arc<SqlFile>, Range<usize>), what: &'static str) -> Self {
        let (text, at) = shown(place);
        Self::Malformed { what, text, at }
    }

    pub(super) fn backfill(place: (Arc<SqlFile>, Range<usize>), what: String) -> Self {
        let (text, at) = shown(place);
        Self::Backfill { what, text, at }
    }

    pub(super) fn lonely(place: (Arc<SqlFile>, Range<usize>)) -> Self {
        let (text, at) = shown(place);
        Self::Lonely { text, at }
    }

    pub(super) fn ambiguous(place: (Arc<SqlFile>, Range<usize>), names: &[&str]) -> Self {
        let (text, at) = shown(place);
        Self::Ambiguous { names: listed(names), text, at }
    }

    pub(super) fn dangling(place: (Arc<SqlFile>, Range<usize>)) -> Self {
        let (text, at) = shown(place);
        Self::Dangling { text, at }
    }
}

fn shown((file, span): (Arc<SqlFile>, Range<usize>)) -> (NamedSource<Arc<str>>, SourceSpan) {
    (file.named_source(), span.into())
}
