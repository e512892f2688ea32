//! A composite type that stands alone. Each attribute is a fact of its own (`composite/attribute.rs`), which is added,
//! changed and dropped in place.
//!
//! Unlike that of columns, the order of attributes is part of what the type says: `ROW(...)` goes by it. Where dropping
//! and appending does not lead to it, and where values of the type are stored and an attribute changes its type, the
//! whole type is replaced.

pub mod attribute;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::composite::attribute::{Attribute, clause};
use crate::kind::data_type::{is_stored, set_aside, types_named};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Composite {
    pub attributes: Vec<Element>,
}

/// An attribute in its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Element {
    pub name: Ident,
    pub type_name: String,
    /// Qualified; none where it is that of the type.
    pub collation: Option<String>,
    /// The type by name; of an array, that of its elements.
    pub uses_schema: Ident,
    pub uses_name: Ident,
}

impl Kind for Composite {
    const LABEL: &'static str = "composite type";
    const QUERY: &'static str = include_str!("composite.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let attributes: Vec<String> = self.attributes.iter().map(|a| format!("\n    {}", a.clause())).collect();
        let end = if attributes.is_empty() { "" } else { "\n" };
        one(format!("CREATE TYPE {} AS ({}{end})", at.sql(), attributes.join(",")))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TYPE {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { attributes } = to;
        let there = |name: &Ident| self.attributes.iter().find(|a| a.name == *name);
        let kept = self.attributes.iter().filter(|a| attributes.iter().any(|other| other.name == a.name));
        let added = attributes.iter().filter(|a| there(&a.name).is_none());
        if !kept.chain(added).map(|a| &a.name).eq(attributes.iter().map(|a| &a.name)) {
            return Alter::replace("a new attribute can only be the last, and their order cannot be changed");
        }
        let retyped = attributes.iter().any(|a| there(&a.name).is_some_and(|from| from != a));
        if retyped && is_stored(at.here, &at.sql()) {
            return Alter::replace("the type of an attribute cannot be changed while columns hold such values");
        }
        Alter::Equivalent
    }

    /// The types of those attributes that stay as they are: when one of these types is replaced, so is this one as a
    /// whole, because an attribute that is dropped and added again would lose its place.
    fn requires(&self, at: &Site) -> Vec<Key> {
        let other = at.there.get(at.key);
        let stays = |a: &&Element| match other {
            Some(Body::Composite(other)) => other.attributes.contains(a),
            _ => true,
        };
        let types = self.attributes.iter().filter(stays);
        types.flat_map(|a| types_named(at.here, a.uses_schema.as_str(), a.uses_name.as_str())).collect()
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        Slot::of_relation(at.key)
    }

    fn object(&self, at: &Site) -> String {
        format!("TYPE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TYPE", at.key, to)
    }

    /// Attribute by attribute, by name: as text it would only fit a type of the same attributes.
    fn carried_over(&self, at: &Site, value: &str, array: &str) -> String {
        let text = format!("{value}::text{array}");
        let Some(Body::Composite(to)) = at.there.get(at.key).filter(|_| array.is_empty()) else { return text };
        let same = |a: &Element, b: &Element| (&a.name, &a.type_name) == (&b.name, &b.type_name);
        if self.attributes.len() == to.attributes.len()
            && self.attributes.iter().zip(&to.attributes).all(|(a, b)| same(a, b))
        {
            return text;
        }
        let fields: Vec<String> = to
            .attributes
            .iter()
            .map(|new| match self.attributes.iter().find(|old| old.name == new.name) {
                Some(old) if old.type_name.contains('.') => format!("({value}).{}::text::{}", new.name, new.type_name),
                Some(_) => format!("({value}).{}", new.name),
                None => "NULL".to_owned(),
            })
            .collect();
        let row = format!("ROW({})::{}", fields.join(", "), at.sql());
        format!("CASE WHEN {value} IS NOT DISTINCT FROM NULL THEN NULL ELSE {row} END")
    }

    fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
        Some(set_aside("TYPE", at, aside))
    }
}

impl Element {
    fn clause(&self) -> String {
        let attribute = Attribute { type_name: self.type_name.clone(), collation: self.collation.clone() };
        clause(&self.name, &attribute)
    }
}
