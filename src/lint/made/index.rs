//! Indexes that a script makes, so that two can be told apart.

use std::collections::BTreeSet;

use pg_query::NodeEnum;
use pg_query::protobuf::{ConstrType, Constraint, IndexElem, IndexStmt, Node, NullTestType, SortByDir};

use crate::base::name::Ident;
use crate::lint::script::Statement;
use crate::lint::tree::{Name, string};

/// One index, made for itself or for a constraint.
pub struct Index<'s> {
    pub statement: &'s Statement<'s>,
    /// Where its constraint stands; none where the statement is about the index alone.
    pub location: Option<i32>,
    /// Empty where Postgres is to choose one.
    pub name: String,
    pub keys: Vec<Key>,
    pub method: String,
    /// Columns that are only carried along.
    pub carried: BTreeSet<String>,
    /// The condition of a partial index, in a form that can be compared.
    pub condition: Option<String>,
    /// Whether the condition leaves out only rows without a value.
    pub without_nulls: bool,
    pub unique: bool,
    pub primary: bool,
}

/// One column or expression of an index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// None for an expression.
    pub column: Option<String>,
    /// Expression, operator class, collation and order where they are not the usual ones, in a form that can be compared.
    pub further: String,
}

impl Key {
    pub(super) fn plain(column: &str) -> Self {
        Self { column: Some(column.to_owned()), further: String::new() }
    }

    fn words(&self) -> String {
        self.column.as_ref().map_or_else(|| "expression".to_owned(), |column| Ident::new(column).to_string())
    }

    fn of(element: &IndexElem) -> Self {
        let column = (!element.name.is_empty()).then(|| element.name.clone());
        // ASC and NULLS LAST are what is meant where nothing is said; of a descending key NULLS FIRST is.
        let descending = element.ordering() == SortByDir::SortbyDesc;
        let usual = format!("SortbyNulls{}", if descending { "First" } else { "Last" });
        let nulls = format!("{:?}", element.nulls_ordering());
        let nulls = if nulls == "SortbyNullsDefault" || nulls == "Undefined" { usual } else { nulls };
        let usual = column.is_some() && element.collation.is_empty() && element.opclass.is_empty();
        if usual && !descending && nulls == "SortbyNullsLast" {
            return Self { column, further: String::new() };
        }
        let parts = (&element.expr, &element.collation, &element.opclass, &element.opclassopts);
        Self { column, further: comparable(&format!("{parts:?} {descending} {nulls}")) }
    }
}

impl<'s> Index<'s> {
    pub(super) fn of(statement: &'s Statement<'s>, index: &IndexStmt) -> Self {
        let keys = index.index_params.iter().filter_map(element).map(Key::of).collect();
        let carried = index.index_including_params.iter().filter_map(element).map(|one| one.name.clone()).collect();
        Self {
            statement,
            location: None,
            name: index.idxname.clone(),
            keys,
            method: index.access_method.clone(),
            carried,
            condition: index.where_clause.as_ref().map(|condition| comparable(&format!("{condition:?}"))),
            without_nulls: index.where_clause.as_deref().is_some_and(is_not_null),
            unique: index.unique,
            primary: false,
        }
    }

    /// That of a PRIMARY KEY or UNIQUE; `column` is the one that it is written behind.
    pub(super) fn of_constraint(
        statement: &'s Statement<'s>,
        constraint: &Constraint,
        column: Option<&str>,
    ) -> Option<Self> {
        let primary = constraint.contype() == ConstrType::ConstrPrimary;
        let unique = constraint.contype() == ConstrType::ConstrUnique;
        // One made from an index is that index; one WITHOUT OVERLAPS is of another method.
        if !(primary || unique) || !constraint.indexname.is_empty() || constraint.without_overlaps {
            return None;
        }
        let named = constraint.keys.iter().filter_map(string).map(Key::plain);
        Some(Self {
            statement,
            location: Some(constraint.location),
            name: constraint.conname.clone(),
            keys: named.chain(column.map(Key::plain)).collect(),
            method: "btree".to_owned(),
            carried: constraint.including.iter().filter_map(string).map(str::to_owned).collect(),
            condition: None,
            without_nulls: false,
            unique: true,
            primary,
        })
    }

    /// The names of its first columns, as far as they are columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map_while(|key| key.column.as_deref())
    }

    /// Whether the two find the same rows in the same way, whatever else one of them does.
    pub fn is_same(&self, other: &Self) -> bool {
        let alike = self.keys == other.keys && self.method == other.method && self.condition == other.condition;
        alike && self.carried == other.carried && !self.keys.is_empty()
    }

    /// Whether the other is a longer one that finds the same rows. One that makes its columns unique is needed itself.
    pub fn is_beginning_of(&self, other: &Self) -> bool {
        let alike = self.method == "btree" && other.method == "btree" && self.condition == other.condition;
        let shorter = self.keys.len() < other.keys.len() && other.keys.starts_with(&self.keys) && !self.keys.is_empty();
        alike && shorter && !self.unique && self.carried.is_empty()
    }

    /// What an allowance names it by: its own name, or else that of the table.
    pub fn object(&self, table: &Name) -> String {
        if self.name.is_empty() { table.to_string() } else { Ident::new(&self.name).to_string() }
    }

    /// As a sentence names it.
    pub fn words(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(Key::words).collect();
        let keys = keys.join(", ");
        match (self.primary, self.location.is_some(), self.name.as_str()) {
            (true, ..) => format!("the primary key ({keys})"),
            (_, true, "") => format!("the unique constraint ({keys})"),
            (_, true, name) => format!("the unique constraint {} ({keys})", Ident::new(name)),
            (_, _, "") => format!("the index ({keys})"),
            (_, _, name) => format!("the index {} ({keys})", Ident::new(name)),
        }
    }

    /// Whether it finds all rows that have some values in these columns: they are its first ones, in any order.
    pub fn begins_with(&self, columns: &[String]) -> bool {
        if self.condition.is_some() && !self.without_nulls {
            return false;
        }
        let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
        let first: BTreeSet<&str> = self.columns().take(wanted.len()).collect();
        self.method == "btree" && first == wanted || self.method == "hash" && wanted.len() == 1 && first == wanted
    }
}

fn is_not_null(condition: &Node) -> bool {
    matches!(&condition.node, Some(NodeEnum::NullTest(test)) if test.nulltesttype() == NullTestType::IsNotNull)
}

fn element(node: &Node) -> Option<&IndexElem> {
    match node.node.as_ref()? {
        NodeEnum::IndexElem(element) => Some(element),
        _ => None,
    }
}

/// A tree as text without the places of its nodes: two are the same where what is written is the same.
fn comparable(tree: &str) -> String {
    const PLACE: &str = "location: ";
    let mut parts = tree.split(PLACE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-'));
    }
    text
}
