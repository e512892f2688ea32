//! What is wrong with the naming of many databases. No line of a file and no cell of a row is quoted: it may hold a
//! password.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub enum FleetError {
    #[error("line {line} of `{file}`: {what}")]
    #[diagnostic(
        code(fleet::line),
        help(
            "a line is a name, a space, and a connection string or `$VARIABLE`: `acme postgresql://db.example.com/acme`; `#` begins a comment"
        )
    )]
    Line { file: String, line: usize, what: String },

    #[error("row {row} of the tenants: {what}")]
    #[diagnostic(
        code(fleet::row),
        help(
            "the query gives a `name`, and either a `database` on the same server or a `url`, as in `SELECT slug AS name, 'shop_' || slug AS database FROM tenants`"
        )
    )]
    Row { row: usize, what: String },

    #[error("row {row} of the tenants names a schema")]
    #[diagnostic(
        code(fleet::schema_tenant),
        help(
            "tenants are databases: the names in a migration are qualified with their schema, and a database has one set of books"
        )
    )]
    SchemaTenant { row: usize },

    #[error("`{source_name}` names no database")]
    #[diagnostic(code(fleet::no_targets), help("there is nothing to do without one"))]
    NoTargets { source_name: String },

    #[error("there is no target `{name}`")]
    #[diagnostic(code(fleet::no_target), help("{help}"))]
    NoTarget { name: String, help: String },

    #[error("`{option}` is for many databases")]
    #[diagnostic(
        code(fleet::not_many),
        help("name them with `--targets`, `--tenants` or `--env a,b`, or leave it out")
    )]
    NotMany { option: &'static str },

    #[error("`{option}` is for one database")]
    #[diagnostic(code(fleet::not_one), help("run it for each, with `--db` or `--env`"))]
    NotOne { option: &'static str },

    #[error("no run on many databases is on record in `{path}`")]
    #[diagnostic(code(fleet::no_record), help("run `pgplumb apply` without `--retry-failed` first"))]
    NoRecord { path: String },

    #[error("`{}` cannot be read", path.display())]
    #[diagnostic(
        code(fleet::bad_record),
        help("another version wrote it, or it is damaged: run `pgplumb apply` without `--retry-failed`")
    )]
    BadRecord { path: PathBuf },

    #[error("rows are in the way of what is due")]
    #[diagnostic(code(fleet::rows), help("the findings stand above; `--allow CODE[:OBJECT]` lets one through"))]
    Rows,
}
