//! What can be wrong with `pgplumb.yaml`, each at its place in the file.

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::base::wording::{listed, nearest};
use crate::config::key::Unknown;

#[derive(Debug, Error, Diagnostic)]
pub enum ConfigError {
    #[error("cannot read `{file}`")]
    #[diagnostic(code(config::unreadable), help("`pgplumb init` writes one"))]
    Unreadable {
        file: String,
        #[source]
        cause: std::io::Error,
    },

    #[error("`{file}` is not valid YAML: {what}")]
    #[diagnostic(code(config::syntax), help("see https://yaml.org, or `pgplumb init` for a file to start from"))]
    Syntax {
        file: String,
        what: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("`{file}` has a key `{key}` that is not known")]
    #[diagnostic(code(config::unknown_key))]
    UnknownKey {
        file: String,
        key: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("not known")]
        at: SourceSpan,
        #[help]
        help: String,
    },

    #[error("`{file}` has a value that does not fit: {what}")]
    #[diagnostic(code(config::value), help("docs/config.md lists every key and what it takes"))]
    Value {
        file: String,
        what: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("`{name}` does not say where its database is")]
    #[diagnostic(code(config::no_url), help("give it either `url`, or `url_env` with the name of a variable"))]
    NoUrl {
        name: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("there is no rule `{code}`")]
    #[diagnostic(code(config::rule), help("{help}"))]
    Rule {
        code: String,
        help: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("no rule has this code")]
        at: SourceSpan,
    },
    #[error("`{timeout}` is no time")]
    #[diagnostic(
        code(config::timeout),
        help("write a whole number and a unit: `500ms`, `3s`, `1min`, `2h`; `0` is no limit")
    )]
    Timeout {
        timeout: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("`{template}` cannot be the template of tenants")]
    #[diagnostic(
        code(config::template),
        help(
            "take a name of three letters or more, lower-case letters, digits and `_`, that nothing else has: no keyword, neither `public` nor a schema of the system or of pgplumb, and none of the words that pgplumb's own SQL uses; `tenant_template` is one"
        )
    )]
    Template {
        template: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("there is no environment `{name}`")]
    #[diagnostic(code(config::no_environment))]
    NoEnvironment {
        name: String,
        #[help]
        help: String,
    },

    #[error("the environment variable `{variable}` is not set")]
    #[diagnostic(code(config::no_variable), help("`{whose}` in the configuration takes its connection string from it"))]
    NoVariable { variable: String, whose: String },
}

impl ConfigError {
    pub(crate) fn syntax(file: &str, text: &str, error: &serde_yaml::Error) -> Self {
        let (what, at) = told(text, error);
        Self::Syntax { file: file.to_owned(), what, text: named(file, text), at }
    }

    pub(crate) fn value(file: &str, text: &str, error: &serde_yaml::Error) -> Self {
        let (what, at) = told(text, error);
        Self::Value { file: file.to_owned(), what, text: named(file, text), at }
    }

    pub(crate) fn unknown_key(file: &str, text: &str, unknown: &Unknown) -> Self {
        let path: Vec<&str> = unknown.path.iter().map(String::as_str).collect();
        let help = match unknown.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known here: {}", listed(&unknown.known)),
        };
        Self::UnknownKey {
            file: file.to_owned(),
            key: path.join("."),
            text: named(file, text),
            at: place(text, &path),
            help,
        }
    }

    pub(crate) fn no_url(file: &str, text: &str, name: &str) -> Self {
        let path = if name == "scratch" { vec![name] } else { vec!["environments", name] };
        Self::NoUrl { name: name.to_owned(), text: named(file, text), at: place(text, &path) }
    }

    pub(crate) fn bad_timeout(file: &str, text: &str, at: [&str; 2], timeout: &str) -> Self {
        Self::Timeout { timeout: timeout.to_owned(), text: named(file, text), at: place(text, &at) }
    }

    pub(crate) fn bad_template(file: &str, text: &str, template: &str) -> Self {
        Self::Template { template: template.to_owned(), text: named(file, text), at: place(text, &["fleet", "schema"]) }
    }

    pub(crate) fn no_rule(file: &str, text: &str, code: &str, meant: Option<&str>) -> Self {
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`pgplumb explain` lists the rules".to_owned(),
        };
        let at = text.find(code).map_or((0, 0), |at| (at, code.len())).into();
        Self::Rule { code: code.to_owned(), help, text: named(file, text), at }
    }

    pub(crate) fn no_environment<'a>(name: &str, known: impl Iterator<Item = &'a String> + Clone) -> Self {
        let names: Vec<&str> = known.map(String::as_str).collect();
        let help = match nearest(name, names.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None if names.is_empty() => "pgplumb.yaml has no `environments`; `--db URL` needs none".to_owned(),
            None => format!("pgplumb.yaml has {}", listed(&names)),
        };
        Self::NoEnvironment { name: name.to_owned(), help }
    }
}

fn named(file: &str, text: &str) -> NamedSource<String> {
    NamedSource::new(file, text.to_owned())
}

/// The decoder's message without the place, and the place.
fn told(text: &str, error: &serde_yaml::Error) -> (String, SourceSpan) {
    let message = error.to_string();
    let what = message.rfind(" at line ").map_or(message.as_str(), |end| &message[..end]).to_owned();
    let at = error.location().map_or(0, |location| location.index().min(text.len()));
    let length = usize::from(at < text.len());
    (what, (at, length).into())
}

/// Where the key at the end of this path stands: each part is looked for after the one before.
fn place(text: &str, path: &[&str]) -> SourceSpan {
    let mut at = 0;
    let mut length = 0;
    for part in path {
        let Some(found) = key_after(text, at + length, part) else { break };
        at = found;
        length = part.len();
    }
    (at, length).into()
}

/// The next place where this word stands as a key: not part of a longer word, and with a colon after it.
fn key_after(text: &str, from: usize, word: &str) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.match_indices(word).map(|(at, _)| at + from).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[*at + word.len()..].trim_start_matches(['"', '\'', ' ']);
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '#') && after.starts_with(':')
    })
}
