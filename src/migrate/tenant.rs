//! What is looked at before a script runs on a tenant: that each name in it has one meaning, that it stays in its schema,
//! and that there is such a schema.

mod error;

use std::ops::Range;

pub use crate::migrate::tenant::error::TenantError;

use crate::base::name::{Ident, literal};
use crate::db::connection::Connection;
use crate::db::tenant::Tenant;
use crate::migrate::error::{MigrateError, pointed};
use crate::migrate::session::Session;
use crate::migrate::steps::{Part, Script, Unit};
use crate::sql::rename::{Names, Why};
use crate::sql::split::Statement;
use crate::sql::touched::{Touched, touched};
use crate::sql::words::begins;

impl Session<'_> {
    /// That these scripts can be run in the place of the template.
    ///
    /// # Errors
    /// `TenantError`, with the statement.
    pub(in crate::migrate) fn fit_tenant<'s>(
        &mut self,
        scripts: impl Iterator<Item = &'s Script>,
    ) -> Result<(), MigrateError> {
        let Some(tenant) = self.connection.is_for().cloned() else { return Ok(()) };
        let statements: Vec<&Statement> = scripts.flat_map(statements).collect();
        for statement in &statements {
            check(statement, &tenant)?;
        }
        let makes = statements.iter().any(|statement| begins(statement.sql(), &["CREATE", "SCHEMA"]));
        if !statements.is_empty() && !makes && !is_there(&mut self.connection, &tenant)? {
            let (schema, template) = (Ident::new(tenant.schema()), tenant.template().to_owned());
            return Err(TenantError::NoSchema { schema, template }.into());
        }
        Ok(())
    }
}

/// That a statement can be run in the place of the template.
///
/// # Errors
/// `TenantError`.
pub(in crate::migrate) fn check(statement: &Statement, tenant: &Tenant) -> Result<(), TenantError> {
    let sql = statement.sql();
    let template = tenant.template();
    let at = |bytes: Range<usize>| (statement.span.start + bytes.start, bytes.len()).into();
    let line = |bytes: &Range<usize>| statement.file.line(statement.span.start + bytes.start);
    if let Some(doubt) = tenant.there().rename(sql).doubts.into_iter().next() {
        let (name, line, text) = (template.to_owned(), line(&doubt.at), statement.file.named_source());
        let file = statement.file.path.clone();
        let why = match doubt.why {
            Why::Alone => "it stands where no schema is named",
            Why::Text => "it stands in a string that may be anything",
            Why::Spelling => "it is spelled in another way, in a body that Postgres keeps as it is written",
        };
        return Err(TenantError::Doubtful { name, why, file, line, text, at: at(doubt.at) });
    }
    if tenant.own().rename(sql).count > 0 {
        let (line, text) = (line(&(0..1)), statement.file.named_source());
        return Err(TenantError::Books { file: statement.file.path.clone(), line, text, at: pointed(statement, None) });
    }
    let whole = 0..sql.lines().next().map_or(0, str::len);
    let own = Names::default().and(tenant.schema(), tenant.schema());
    if tenant.schema() != template && own.rename(sql).count > 0 {
        let (schema, line, text) = (Ident::new(tenant.schema()), line(&whole), statement.file.named_source());
        let file = statement.file.path.clone();
        return Err(TenantError::Taken { schema, file, line, text, at: at(whole) });
    }
    let mine =
        |schema: &Option<String>| schema.as_deref().is_some_and(|schema| schema == template || schema == "pg_temp");
    let where_to = touched(sql).into_iter().find_map(|touched| match touched {
        Touched::Global => Some("something that is in no schema".to_owned()),
        Touched::In(schemas) => schemas.into_iter().find(|schema| !mine(schema)).map(|schema| match schema {
            Some(schema) => format!("something in the schema {}", Ident::new(schema)),
            None => "something without saying in which schema it is".to_owned(),
        }),
    });
    let Some(what) = where_to else { return Ok(()) };
    let (name, line, text) = (template.to_owned(), line(&whole), statement.file.named_source());
    let file = statement.file.path.clone();
    Err(TenantError::Outside { name, what, file, line, text, at: at(whole) })
}

fn statements(script: &Script) -> Vec<&Statement> {
    let mut all = Vec::new();
    for unit in &script.units {
        match unit {
            Unit::Setting(setting) => all.push(setting),
            Unit::Alone(step) => all.push(&step.statement),
            Unit::Group { parts, .. } => all.extend(parts.iter().map(Part::statement)),
        }
    }
    all
}

fn is_there(connection: &mut Connection, tenant: &Tenant) -> Result<bool, MigrateError> {
    let sql = format!("SELECT 'there' FROM pg_catalog.pg_namespace WHERE nspname = {}", literal(tenant.template()));
    Ok(connection.query_text(&sql)?.is_some())
}
