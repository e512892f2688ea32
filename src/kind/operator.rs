//! An operator.
//!
//! Its estimators change in place. A commutator or negator that is made later, or goes, updates this side by itself:
//! Postgres keeps the two ends of such a pair in step (`OperatorUpd` in `pg_operator.c`). Any other change of what was
//! declared is a replacement.

pub mod class;
pub mod family;

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::key::Shape;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site};

/// Named in a schema together with the types of its operands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Operands {
    pub schema: Ident,
    /// Never quoted: it is made of signs.
    pub name: Ident,
    /// `NONE` for a prefix operator.
    pub left: String,
    pub right: String,
}

impl Shape for Operands {
    fn schema(&self) -> Option<&Ident> {
        Some(&self.schema)
    }
    fn name(&self) -> &str {
        self.name.as_str()
    }
    fn renamed(&self, name: &str) -> Self {
        Self { name: Ident::new(name), ..self.clone() }
    }
    fn moved(&self, schema: &str) -> Self {
        Self { schema: Ident::new(schema), ..self.clone() }
    }
    fn sql(&self) -> String {
        format!("{}.{} ({}, {})", self.schema, self.name.as_str(), self.left, self.right)
    }
    fn read(row: &Row, _on: Option<Key>) -> Result<Self, DbError> {
        decode(row)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Operator {
    pub function: String,
    pub commutator_schema: Option<Ident>,
    pub commutator_name: Option<Ident>,
    pub negator_schema: Option<Ident>,
    pub negator_name: Option<Ident>,
    pub restrict: Option<String>,
    pub join: Option<String>,
    pub hashes: bool,
    pub merges: bool,
}

impl Kind for Operator {
    const LABEL: &'static str = "operator";
    const QUERY: &'static str = include_str!("operator.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let Key::Operator(key) = at.key else { return Vec::new() };
        let mut options = vec![format!("FUNCTION = {}", self.function)];
        if key.left != "NONE" {
            options.push(format!("LEFTARG = {}", key.left));
        }
        options.push(format!("RIGHTARG = {}", key.right));
        let written = |other: Option<Key>| match other {
            Some(Key::Operator(other)) => Some(format!("OPERATOR({}.{})", other.schema, other.name.as_str())),
            _ => None,
        };
        options.extend(written(self.commutator(key)).map(|other| format!("COMMUTATOR = {other}")));
        options.extend(written(self.negator(key)).map(|other| format!("NEGATOR = {other}")));
        options.extend(self.restrict.as_ref().map(|function| format!("RESTRICT = {function}")));
        options.extend(self.join.as_ref().map(|function| format!("JOIN = {function}")));
        options.extend(self.hashes.then(|| "HASHES".to_owned()));
        options.extend(self.merges.then(|| "MERGES".to_owned()));
        let (schema, name) = (&key.schema, key.name.as_str());
        one(format!("CREATE OPERATOR {schema}.{name} (\n    {}\n)", options.join(",\n    ")))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP OPERATOR {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self {
            function,
            commutator_schema: _,
            commutator_name: _,
            negator_schema: _,
            negator_name: _,
            restrict,
            join,
            hashes,
            merges,
        } = to;
        let Key::Operator(key) = at.key else { return Alter::Equivalent };
        if *function != self.function {
            return Alter::replace("the function of an operator cannot be changed");
        }
        let follows = |from: Option<Key>, to: Option<Key>| {
            let gone = |key: &Key| !at.there.contains(key);
            let new = |key: &Key| !at.here.contains(key) && refers_back(at, key);
            from == to || (from.as_ref().is_none_or(gone) && to.as_ref().is_none_or(new))
        };
        if !follows(self.commutator(key), to.commutator(key)) || !follows(self.negator(key), to.negator(key)) {
            return Alter::replace("the commutator and the negator of an operator cannot be changed");
        }
        if (hashes, merges) != (&self.hashes, &self.merges) {
            return Alter::replace("whether an operator can hash and merge cannot be changed");
        }
        let mut options = Vec::new();
        if *restrict != self.restrict {
            options.push(format!("RESTRICT = {}", restrict.as_deref().unwrap_or("NONE")));
        }
        if *join != self.join {
            options.push(format!("JOIN = {}", join.as_deref().unwrap_or("NONE")));
        }
        if options.is_empty() {
            return Alter::Equivalent;
        }
        Alter::in_place(one(format!("ALTER OPERATOR {} SET ({})", at.sql(), options.join(", "))))
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        let schema = to.schema().filter(|schema| at.key.schema() != Some(schema));
        schema
            .map(|schema| Statement::new(format!("ALTER OPERATOR {} SET SCHEMA {schema}", at.sql())))
            .into_iter()
            .collect()
    }
}

impl Operator {
    /// The operator that takes the operands the other way round.
    fn commutator(&self, key: &Operands) -> Option<Key> {
        let (schema, name) = self.commutator_schema.clone().zip(self.commutator_name.clone())?;
        Some(Key::Operator(Operands { schema, name, left: key.right.clone(), right: key.left.clone() }))
    }

    fn negator(&self, key: &Operands) -> Option<Key> {
        let (schema, name) = self.negator_schema.clone().zip(self.negator_name.clone())?;
        Some(Key::Operator(Operands { schema, name, ..key.clone() }))
    }
}

/// Whether the other operator, which is new, names this one.
fn refers_back(at: &Site, other: &Key) -> bool {
    let (Some(Body::Operator(body)), Key::Operator(key)) = (at.there.get(other), other) else { return false };
    let this = Some(at.key.clone());
    body.commutator(key) == this || body.negator(key) == this
}
