//! What is left out of every state before it is compared.

use std::collections::BTreeSet;

use crate::base::name::Ident;
use crate::base::pattern::Pattern;
use crate::catalog::Catalog;
use crate::db::tenant::is_of_tenant;
use crate::kind::Key;

/// The schema in which pgplumb keeps its own books.
pub const BOOKKEEPING: &str = "pgplumb";

/// The schema in which pgplumb keeps rows that a rollback would have lost.
pub const KEPT: &str = "pgplumb_kept";

/// Objects that are neither compared nor touched.
#[derive(Clone, Debug, Default)]
pub struct Leave {
    pub schemas: Vec<Pattern>,
    /// Over `schema.name`, or the name alone of what is in no schema.
    pub objects: Vec<Pattern>,
    /// Whether our own books are to be seen: only where they are what is declared.
    pub bookkeeping: bool,
    /// The one schema that is looked at; none where all are.
    pub only: Option<String>,
    /// What belongs to histories of other tools that were taken over, as keys print themselves.
    pub taken: BTreeSet<String>,
}

impl Leave {
    /// Takes them out of this catalog; each is listed under the reason.
    pub fn out_of(&self, catalog: &mut Catalog) {
        if !self.bookkeeping {
            catalog.exclude("bookkeeping of pgplumb", |key| schema(key) == Some(BOOKKEEPING));
        }
        catalog.leave_taken(&self.taken);
        catalog.exclude("rows that pgplumb keeps", |key| schema(key) == Some(KEPT));
        catalog.exclude("books of a tenant", |key| schema(key).is_some_and(is_of_tenant));
        if let Some(only) = &self.only {
            catalog.exclude("outside of the template", |key| key.on().is_none() && schema(key) != Some(only));
        }
        if !self.schemas.is_empty() || !self.objects.is_empty() {
            catalog.exclude("left out by the configuration", |key| self.names(key));
        }
    }

    fn names(&self, key: &Key) -> bool {
        if key.on().is_some() {
            return false;
        }
        let in_schema = schema(key).is_some_and(|name| self.schemas.iter().any(|pattern| pattern.fits(name)));
        in_schema || {
            let name = match key.schema() {
                Some(schema) => format!("{}.{}", schema.as_str(), key.name()),
                None => key.name().to_owned(),
            };
            self.objects.iter().any(|pattern| pattern.fits(&name))
        }
    }
}

/// The schema that an object is in, or that it is.
fn schema(key: &Key) -> Option<&str> {
    match key {
        Key::Schema(_) => Some(key.name()),
        Key::DefaultPrivileges(new) => new.schema.as_ref().map(Ident::as_str),
        _ => key.schema().map(Ident::as_str),
    }
}

/// Whether this state declares our own bookkeeping, as our own schema files do.
pub fn declares_bookkeeping(catalog: &Catalog) -> bool {
    catalog.facts.keys().any(|key| matches!(key, Key::Schema(_)) && key.name() == BOOKKEEPING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Body;
    use crate::kind::key::{Global, Scoped};

    fn left(leave: &Leave) -> Vec<String> {
        let body = || serde_json::from_str::<Body>(r#"{"schema":{}}"#).unwrap();
        let schema = |name: &str| Key::Schema(Global { name: name.into() });
        let mut catalog = Catalog::default();
        for key in [schema("public"), schema("audit"), schema("pgplumb"), schema("pgplumb_kept")] {
            catalog.facts.insert(key, body());
        }
        for (schema, name) in [("public", "orders"), ("public", "legacy_a"), ("audit", "log"), ("pgplumb", "history")] {
            catalog.facts.insert(Key::Table(Scoped::new(schema, name)), body());
        }
        leave.out_of(&mut catalog);
        catalog.facts.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn takes_out_what_is_named_and_our_own_books() {
        let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern::new(text)).collect();
        let leave = Leave { schemas: patterns(&["aud*"]), objects: patterns(&["public.legacy_*"]), ..Leave::default() };
        assert_eq!(left(&leave), ["schema public", "table public.orders"]);
        let all = Leave { bookkeeping: true, ..Leave::default() };
        assert_eq!(left(&all).len(), 7);
    }
}
