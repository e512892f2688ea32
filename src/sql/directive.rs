//! Comments that tell pgplumb something: `-- pgplumb: renamed from old`, `-- pgplumb: allow CODE because ...`,
//! `-- pgplumb: backfill key=id`, and at the head of a migration `-- pgplumb: phase contract`. A table or a column can be
//! `renamed from old keep 2 releases`, and a contract `after 2 releases`.
//!
//! A directive is about what begins on its own line, or, where it has a line to itself, on the next line of SQL; only
//! further comments may be between. Where several things begin on that line it is the outermost: the table, not the
//! column written behind it. One that is about nothing is an error, for it would be silently without effect.

use std::ops::Range;
use std::sync::Arc;

pub use crate::sql::directive::after::After;
pub use crate::sql::directive::backfill::Backfill;
pub use crate::sql::directive::error::DirectiveError;
use crate::sql::directive::error::{NO_REASON, NO_TIME};
use crate::sql::directive::place::Comment;
pub use crate::sql::directive::target::Target;
use crate::sql::directive::words::Words;
use crate::sql::file::SqlFile;
use crate::sql::split::Statement;

mod after;
mod backfill;
pub mod error;
mod node;
mod parameter;
mod place;
pub mod target;
mod thing;
mod words;

/// What a comment says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Directive {
    RenamedFrom {
        target: Target,
        /// The former name as the catalog has it, and its schema where one is written.
        from: String,
        from_schema: Option<String>,
        /// How long the former name can be read and written as well.
        keep: Option<After>,
        file: Arc<SqlFile>,
        /// Bytes of the comment.
        span: Range<usize>,
    },
    Allow {
        code: String,
        object: Option<String>,
        because: String,
        file: Arc<SqlFile>,
        span: Range<usize>,
        /// Which of the statements given it stands at; none where it stands alone.
        statement: Option<usize>,
    },
    /// The statement is run in batches.
    Backfill {
        settings: Backfill,
        file: Arc<SqlFile>,
        span: Range<usize>,
        /// Which of the statements given it stands at.
        statement: usize,
    },
    /// What the migration that it heads is for: `contract` is held back until it is asked for, or `after` is over.
    Phase { contract: bool, after: Option<After>, file: Arc<SqlFile>, span: Range<usize> },
    /// What the migration that it heads was squashed from: an id, and the checksum that it was run with.
    Replaces { file: Arc<SqlFile>, span: Range<usize> },
}

/// All directives of these statements' files, in order. The statements of a file must be together, and all of them; a
/// file without any statement is not seen. A statement that cannot be parsed has nothing that was renamed.
pub fn directives(statements: &[Statement]) -> (Vec<Directive>, Vec<DirectiveError>) {
    directives_within(statements, None)
}

/// The same for the statements of a part of a file: nothing outside of these bytes is looked at.
pub fn directives_within(
    statements: &[Statement],
    within: Option<&Range<usize>>,
) -> (Vec<Directive>, Vec<DirectiveError>) {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for comment in place::comments(statements, within) {
        match directive(&comment, statements) {
            Ok(directive) => found.push(directive),
            Err(error) => errors.push(error),
        }
    }
    (found, errors)
}

fn directive(comment: &Comment, statements: &[Statement]) -> Result<Directive, DirectiveError> {
    let mut words = Words::new(&comment.text);
    match words.word().as_str() {
        "renamed" => renamed(comment, words, statements),
        "allow" => allow(comment, words),
        "backfill" => backfill(comment, &words),
        "phase" => phase(comment, words),
        "replaces" => replaces(comment, words),
        other => Err(DirectiveError::unknown(comment.at(), other)),
    }
}

fn renamed(comment: &Comment, mut words: Words<'_>, statements: &[Statement]) -> Result<Directive, DirectiveError> {
    if words.word() != "from" {
        return Err(DirectiveError::malformed(comment.at(), "`from` is missing behind `renamed`"));
    }
    let target = comment.target(statements)?;
    let keep = kept(comment, &mut words, &target)?;
    let (from_schema, from) = match target {
        Target::EnumValue { .. } => (None, words.label()),
        _ => words.name().ok_or_else(|| DirectiveError::malformed(comment.at(), "the former name cannot be read"))?,
    };
    if from.is_empty() {
        return Err(DirectiveError::malformed(comment.at(), "the former name is missing"));
    }
    let (file, span) = comment.at();
    Ok(Directive::RenamedFrom { target, from, from_schema, keep, file, span })
}

/// How long the former name is kept, which stands behind it.
fn kept(comment: &Comment, words: &mut Words<'_>, target: &Target) -> Result<Option<After>, DirectiveError> {
    // A label may have such words in it.
    if matches!(target, Target::EnumValue { .. }) {
        return Ok(None);
    }
    let Some(time) = words.cut("keep") else { return Ok(None) };
    if !matches!(target, Target::Table { .. } | Target::Column { .. }) {
        return Err(DirectiveError::malformed(comment.at(), "only a table or a column can `keep` its former name"));
    }
    let after = After::read(time);
    after.map(Some).ok_or_else(|| DirectiveError::malformed(comment.at(), NO_TIME))
}

fn allow(comment: &Comment, mut words: Words<'_>) -> Result<Directive, DirectiveError> {
    let (code, object) = words.code();
    if code.is_empty() {
        return Err(DirectiveError::malformed(comment.at(), "the code of what is allowed is missing"));
    }
    let because = words.reason().ok_or_else(|| DirectiveError::malformed(comment.at(), NO_REASON))?;
    let (file, span) = comment.at();
    Ok(Directive::Allow { code, object, because, file, span, statement: comment.statement })
}

fn backfill(comment: &Comment, words: &Words<'_>) -> Result<Directive, DirectiveError> {
    let settings = Backfill::read(words.rest()).map_err(|what| DirectiveError::backfill(comment.at(), what))?;
    let statement = comment.statement.ok_or_else(|| DirectiveError::lonely(comment.at()))?;
    let (file, span) = comment.at();
    Ok(Directive::Backfill { settings, file, span, statement })
}

fn phase(comment: &Comment, mut words: Words<'_>) -> Result<Directive, DirectiveError> {
    let contract = match words.word().as_str() {
        "expand" => false,
        "contract" => true,
        _ => return Err(DirectiveError::malformed(comment.at(), "a phase is `expand` or `contract`")),
    };
    let after = match words.word().as_str() {
        "" => None,
        "after" if contract => {
            Some(After::read(words.rest()).ok_or_else(|| DirectiveError::malformed(comment.at(), NO_TIME))?)
        }
        _ => return Err(DirectiveError::malformed(comment.at(), "only `after` can stand behind `phase contract`")),
    };
    let (file, span) = comment.at();
    Ok(Directive::Phase { contract, after, file, span })
}

fn replaces(comment: &Comment, mut words: Words<'_>) -> Result<Directive, DirectiveError> {
    let (id, hash) = (words.word(), words.word());
    if id.is_empty() || hash.is_empty() {
        return Err(DirectiveError::malformed(comment.at(), "`replaces` needs the name of a migration and a checksum"));
    }
    let (file, span) = comment.at();
    Ok(Directive::Replaces { file, span })
}

#[cfg(test)]
mod tests;
