//! Directives of the schema files as what a plan is asked: which fact had which key before, and what is let through.

use std::sync::Arc;

use crate::base::name::Ident;
use crate::base::place::Place;
use crate::command::error::CommandError;
use crate::kind::facts::Facts;
use crate::kind::{Body, Key};
use crate::lint::allow::{Allow, Source};
use crate::plan::rename::Rename;
use crate::sql::directive::{Directive, DirectiveError, Target, directives};
use crate::sql::split::Statement;

/// All directives of these statements.
///
/// # Errors
/// Every directive that cannot be read, each at its place.
pub(super) fn read(statements: &[Statement]) -> Result<Vec<Directive>, CommandError> {
    // Statements of one file stand together, and a file is long: it is looked through once.
    let files = statements.chunk_by(|one, other| Arc::ptr_eq(&one.file, &other.file)).filter_map(<[_]>::first);
    if !files.clone().any(|statement| statement.file.text.contains("pgplumb:")) {
        return Ok(Vec::new());
    }
    let (found, mut errors) = directives(statements);
    errors.extend(found.iter().filter_map(|directive| match directive {
        Directive::Phase { file, span, .. } | Directive::Replaces { file, span } => {
            let what = "this is said at the head of a migration";
            Some(DirectiveError::malformed((Arc::clone(file), span.clone()), what))
        }
        _ => None,
    }));
    if errors.is_empty() { Ok(found) } else { Err(CommandError::Directives { errors }) }
}

/// What the directives let through.
pub(super) fn allows(directives: &[Directive]) -> Vec<Allow> {
    let allow = |directive: &Directive| match directive {
        Directive::Allow { code, object, because, file, span, .. } => {
            let place = Place { file: file.path.clone(), line: file.line(span.start) };
            let (code, object, because) = (code.clone(), object.clone(), Some(because.clone()));
            Some(Allow { code, object, because, source: Source::Directive(place), within: None })
        }
        Directive::RenamedFrom { .. }
        | Directive::Backfill { .. }
        | Directive::Phase { .. }
        | Directive::Replaces { .. } => None,
    };
    directives.iter().filter_map(allow).collect()
}

/// The renames that these directives declare, for the facts that are there.
pub(super) fn renames(directives: &[Directive], desired: &Facts) -> Vec<Rename> {
    directives.iter().filter_map(|directive| rename(directive, desired)).collect()
}

fn rename(directive: &Directive, desired: &Facts) -> Option<Rename> {
    let Directive::RenamedFrom { target, from, from_schema, keep, .. } = directive else { return None };
    // A name without a schema is looked for in `public` first, as it is by default.
    let mut found: Vec<&Key> = desired.iter().filter(|(key, body)| is(key, body, target)).map(|(key, _)| key).collect();
    found.sort_by_key(|key| key.schema().map(Ident::as_str) != Some("public"));
    let to = (*found.first()?).clone();
    if let Target::EnumValue { label, .. } = target {
        return Some(Rename { from: to.clone(), to, label: Some((label.clone(), from.clone())), keep: None });
    }
    let mut before = to.renamed(from);
    if let Some(schema) = from_schema {
        before = before.moved(schema);
    }
    Some(Rename { to, from: before, label: None, keep: *keep })
}

fn is(key: &Key, body: &Body, target: &Target) -> bool {
    let named = |schema: &Option<String>, name: &str| {
        key.name() == name && schema.as_ref().is_none_or(|s| key.schema().map(Ident::as_str) == Some(s))
    };
    let within = |schema: &Option<String>, on: &str, name: &str| {
        let owner = key.on().filter(|owner| owner.name() == on);
        key.name() == name
            && owner.is_some_and(|o| schema.as_ref().is_none_or(|s| o.schema().map(Ident::as_str) == Some(s)))
    };
    match (target, key) {
        (Target::Schema { name }, Key::Schema(_)) => key.name() == name,
        (Target::Table { schema, name }, Key::Table(_) | Key::ForeignTable(_))
        | (Target::Index { schema, name }, Key::Index(_))
        | (
            Target::Type { schema, name },
            Key::BaseType(_) | Key::Enum(_) | Key::Domain(_) | Key::Composite(_) | Key::Range(_),
        )
        | (Target::View { schema, name }, Key::View(_))
        | (Target::MaterializedView { schema, name }, Key::MaterializedView(_))
        | (Target::Sequence { schema, name }, Key::Sequence(_)) => named(schema, name),
        (Target::EnumValue { schema, type_name, label }, Key::Enum(_)) => {
            named(schema, type_name) && matches!(body, Body::Enum(body) if body.labels.contains(label))
        }
        (Target::Function { schema, name, args }, Key::Function(_) | Key::Procedure(_) | Key::Aggregate(_)) => {
            named(schema, name) && arguments(key).is_some_and(|own| same_types(own, args))
        }
        (Target::Column { schema, table, name }, Key::Column(_))
        | (Target::Constraint { schema, table, name }, Key::Constraint(_))
        | (Target::Trigger { schema, table, name }, Key::Trigger(_))
        | (Target::Policy { schema, table, name }, Key::Policy(_)) => within(schema, table, name),
        (Target::Attribute { schema, type_name, name }, Key::Attribute(_)) => within(schema, type_name, name),
        _ => false,
    }
}

fn arguments(key: &Key) -> Option<&str> {
    match key {
        Key::Function(signature) | Key::Procedure(signature) | Key::Aggregate(signature) => Some(&signature.args),
        _ => None,
    }
}

/// The statement names a type with a schema or without; the catalog with one unless it is built in.
fn same_types(own: &str, written: &[String]) -> bool {
    let bare = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let own: Vec<String> = own.split(", ").filter(|arg| !arg.is_empty()).map(bare).collect();
    own == written.iter().map(|name| bare(name)).collect::<Vec<_>>()
}
