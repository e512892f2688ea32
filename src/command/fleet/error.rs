//! What is wrong with the naming of many databases. No line of a file and no cell of a row is quoted: it may hold a
//! password.

use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

use crate::base::name::Ident;

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
            "the query gives a `name`, and a `database` on the same server, a `url`, or a `schema`, as in `SELECT slug AS name, 'shop_' || slug AS database FROM tenants`"
        )
    )]
    Row { row: usize, what: String },

    #[error("row {row} of the tenants: its `schema` cannot be a tenant: {why}")]
    #[diagnostic(code(fleet::schema_tenant), help("rename it, or take it out of the query"))]
    SchemaTenant { row: usize, why: &'static str },

    #[error("the schema {schema} cannot be a tenant: {why}")]
    #[diagnostic(code(fleet::bad_tenant), help("name the schema of one tenant"))]
    BadTenant { schema: Ident, why: &'static str },

    #[error("nobody says which schema the files are written for, in whose place the schemas of tenants are")]
    #[diagnostic(
        code(fleet::no_template),
        help("write it into pgplumb.yaml, as the files name it: `fleet: {{schema: shop}}`; see docs/fleet.md")
    )]
    NoTemplate,

    #[error("this is for a whole database, and `{schema}` is one of its schemas")]
    #[diagnostic(
        code(fleet::whole_database),
        help(
            "leave out `--tenant-schema`, or name the database with `--db` where it is the environment that has a tenant"
        )
    )]
    WholeDatabase { schema: String },

    #[error("`--backup` is for a whole database, and `{target}` is one of its schemas")]
    #[diagnostic(
        code(fleet::backup_of_tenant),
        help("make one of the database before: `pgplumb backup`, without `--tenant-schema`")
    )]
    BackupOfTenant { target: String },

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
