//! Why a script is not run on a tenant. It is said before anything of it is run anywhere.

use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::base::name::Ident;

#[derive(Debug, Error, Diagnostic)]
pub enum TenantError {
    #[error("line {line} of `{file}` names `{name}`, the template, where it may be something else: {why}")]
    #[diagnostic(
        code(tenant::doubtful),
        help(
            "write `{name}.` before the name of an object, cast a string to what it is (`'{name}.t'::regclass`), or give the template a name in `fleet.schema` that nothing else has"
        )
    )]
    Doubtful {
        name: String,
        why: &'static str,
        file: String,
        line: usize,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("this")]
        at: SourceSpan,
    },

    #[error("line {line} of `{file}` uses the name {schema} itself, which is the schema of this tenant")]
    #[diagnostic(
        code(tenant::taken),
        help("nobody could tell the two apart: rename the schema of the tenant, or what the migration calls so")
    )]
    Taken {
        schema: Ident,
        file: String,
        line: usize,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("line {line} of `{file}` names a schema of the books")]
    #[diagnostic(code(tenant::books), help("a migration has no business with them: take that out"))]
    Books {
        file: String,
        line: usize,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("line {line} of `{file}` changes {what}, and a tenant is the schema `{name}` alone")]
    #[diagnostic(
        code(tenant::outside),
        help(
            "write the name with its schema where it is in `{name}`; what all tenants share belongs into a project of its own, as extensions and roles do"
        )
    )]
    Outside {
        name: String,
        what: String,
        file: String,
        line: usize,
        #[source_code]
        text: NamedSource<Arc<str>>,
        #[label("this")]
        at: SourceSpan,
    },

    #[error("there is no schema {schema}, and no migration that is due makes it")]
    #[diagnostic(
        code(tenant::no_schema),
        help("put `CREATE SCHEMA {template}` into the first migration, or make the schema of the tenant before")
    )]
    NoSchema { schema: Ident, template: String },
}
