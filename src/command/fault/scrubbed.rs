//! A failure as it may be shown where its file, or a statement in it, holds a password: the same, with stars.

use std::error::Error;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode, SourceSpan};

use crate::report::secret::{masked, passwords, secrets, without};

/// A copy without secrets.
#[derive(Debug)]
pub(super) struct Scrubbed {
    message: String,
    code: Option<String>,
    severity: Option<Severity>,
    help: Option<String>,
    text: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Scrubbed>,
    cause: Option<Box<Scrubbed>>,
    /// Whether the cause is one with a code, and not only a message.
    whole: bool,
}

/// None where there is nothing to hide.
pub(super) fn scrubbed(error: &dyn Diagnostic) -> Option<Scrubbed> {
    let mut hidden = Vec::new();
    gather(error, &mut hidden);
    (!hidden.is_empty()).then(|| copy(error, &hidden))
}

/// What is secret in all texts that come with it.
fn gather(error: &dyn Diagnostic, hidden: &mut Vec<String>) {
    if let Some((name, text)) = error.source_code().and_then(whole) {
        hidden.extend(if is_sql(&name) { secrets(&text) } else { passwords(&text) });
    }
    error.related().into_iter().flatten().for_each(|one| gather(one, hidden));
    error.diagnostic_source().into_iter().for_each(|one| gather(one, hidden));
}

fn copy(error: &dyn Diagnostic, hidden: &[String]) -> Scrubbed {
    let clean = |text: &dyn fmt::Display| without(&text.to_string(), hidden);
    let text = error.source_code().and_then(whole).map(|(name, text)| {
        let shown = if is_sql(&name) { without(&masked(&text), hidden) } else { without(&text, hidden) };
        NamedSource::new(name, shown)
    });
    let label = |label: LabeledSpan| {
        let said = label.label().map(|text| clean(&text));
        if label.primary() {
            LabeledSpan::new_primary_with_span(said, *label.inner())
        } else {
            LabeledSpan::new_with_span(said, *label.inner())
        }
    };
    let nested = error.diagnostic_source();
    Scrubbed {
        message: clean(&error),
        code: error.code().map(|code| code.to_string()),
        severity: error.severity(),
        help: error.help().map(|help| clean(&help)),
        text,
        labels: error.labels().into_iter().flatten().map(label).collect(),
        related: error.related().into_iter().flatten().map(|one| copy(one, hidden)).collect(),
        whole: nested.is_some(),
        cause: nested.map(|one| Box::new(copy(one, hidden))).or_else(|| cause(error.source(), hidden)),
    }
}

fn cause(error: Option<&dyn Error>, hidden: &[String]) -> Option<Box<Scrubbed>> {
    let error = error?;
    Some(Box::new(Scrubbed {
        message: without(&error.to_string(), hidden),
        code: None,
        severity: None,
        help: None,
        text: None,
        labels: Vec::new(),
        related: Vec::new(),
        cause: cause(error.source(), hidden),
        whole: false,
    }))
}

/// All of a text, and what it is called.
fn whole(source: &dyn SourceCode) -> Option<(String, String)> {
    let all = source.read_span(&SourceSpan::from((0, 0)), usize::MAX, usize::MAX).ok()?;
    Some((all.name().unwrap_or_default().to_owned(), String::from_utf8_lossy(all.data()).into_owned()))
}

fn is_sql(name: &str) -> bool {
    ![".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
}

impl fmt::Display for Scrubbed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Scrubbed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl Diagnostic for Scrubbed {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        self.severity
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|text| text as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = _>>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related = self.related.iter().map(|one| one as &dyn Diagnostic);
        (!self.related.is_empty()).then(|| Box::new(related) as Box<dyn Iterator<Item = _>>)
    }

    fn diagnostic_source(&self) -> Option<&dyn Diagnostic> {
        self.cause.as_deref().filter(|_| self.whole).map(|cause| cause as &dyn Diagnostic)
    }
}
