//! What statements told that came before.

use std::collections::{BTreeMap, BTreeSet};

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, PartitionBoundSpec, TypeName};

use crate::lint::guess::types::full_name;
use crate::lint::tree::{Name, string};

mod forget;
mod learn;

/// What statements told that came before, in this script and in those before it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Relations that this script makes.
    made: BTreeSet<Name>,
    /// Types that this script makes: no table but one of its own can have a column of it.
    new_types: BTreeSet<Name>,
    /// By name, the table of an index, and its columns.
    indexes: BTreeMap<Name, (Name, Vec<String>)>,
    types: BTreeMap<Name, Made>,
    /// By table and column.
    columns: BTreeMap<(Name, String), TypeName>,
    not_null: BTreeSet<(Name, String)>,
    /// By table and name.
    checks: BTreeMap<(Name, String), Check>,
    /// By the partitioned table, its default partition.
    defaults: BTreeMap<Name, Name>,
}

/// What a type was made as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Made {
    /// A domain with a constraint.
    Constrained,
    /// An enum, a range, a composite type, a domain that takes all.
    Plain,
}

/// A CHECK constraint.
#[derive(Clone, Debug)]
struct Check {
    valid: bool,
    /// The column that it proves not to be NULL.
    not_null: Option<String>,
    /// The constants in it, as they are written.
    constants: BTreeSet<String>,
}

impl Known {
    /// For the script that comes next: what this one made is then there before it.
    #[must_use]
    pub fn for_next(mut self) -> Self {
        self.made.clear();
        self.new_types.clear();
        self
    }

    /// Whether the script made this relation itself.
    pub fn is_made(&self, name: &Name) -> bool {
        self.made.contains(name)
    }

    /// The table that an index is on.
    pub fn table_of(&self, index: &Name) -> Option<&Name> {
        self.indexes.get(index).map(|(table, _)| table)
    }

    pub(super) fn columns_of(&self, index: &Name) -> Option<&[String]> {
        self.indexes.get(index).map(|(_, columns)| columns.as_slice())
    }

    pub(super) fn type_made(&self, name: &Name) -> Option<Made> {
        self.types.get(name).copied()
    }

    pub(super) fn is_new_type(&self, name: &Name) -> bool {
        self.new_types.contains(name)
    }

    pub(super) fn type_of(&self, table: &Name, column: &str) -> Option<&TypeName> {
        self.columns.get(&(table.clone(), column.to_owned()))
    }

    /// The partition that takes what fits no other.
    pub(super) fn default_of(&self, partitioned: &Name) -> Option<&Name> {
        self.defaults.get(partitioned)
    }

    /// The tables with a column of a type.
    pub(super) fn tables_with(&self, of: &Name) -> BTreeSet<Name> {
        let with = self.columns.iter().filter(|(_, column)| column.array_bounds.is_empty() && full_name(column) == *of);
        with.map(|((table, _), _)| table.clone()).collect()
    }

    pub(super) fn are_not_null(&self, table: &Name, columns: &[String]) -> bool {
        columns.iter().all(|column| self.not_null.contains(&(table.clone(), column.clone())))
    }

    /// Whether a validated CHECK says `column IS NOT NULL`, or the column says so itself.
    pub(super) fn proves_not_null(&self, table: &Name, column: &str) -> bool {
        self.not_null.contains(&(table.clone(), column.to_owned()))
            || self.checks_of(table).any(|check| check.not_null.as_deref() == Some(column))
    }

    /// Whether a validated CHECK of the table speaks of the bounds of the partition that it becomes.
    pub(super) fn fits(&self, table: &Name, bound: Option<&PartitionBoundSpec>) -> bool {
        let Some(bound) = bound.filter(|bound| !bound.is_default) else { return false };
        let mut said = BTreeSet::new();
        for node in bound.listdatums.iter().chain(&bound.lowerdatums).chain(&bound.upperdatums) {
            constants(node, &mut said);
        }
        self.checks_of(table).any(|check| !said.is_empty() && said.is_subset(&check.constants))
    }

    fn checks_of(&self, table: &Name) -> impl Iterator<Item = &Check> {
        let first = (table.clone(), String::new());
        let own = self.checks.range(first..).take_while(move |((on, _), _)| on == table);
        own.map(|(_, check)| check).filter(|check| check.valid)
    }
}

/// The columns of an index, as far as they are columns.
pub(super) fn index_columns(parameters: &[Node]) -> Vec<String> {
    let name = |node: &Node| match &node.node {
        Some(NodeEnum::IndexElem(element)) if element.name.is_empty() => Some("expr".to_owned()),
        Some(NodeEnum::IndexElem(element)) => Some(element.name.clone()),
        _ => None,
    };
    parameters.iter().filter_map(name).collect()
}

/// The constants in an expression of comparisons.
fn constants(node: &Node, found: &mut BTreeSet<String>) {
    use pg_query::protobuf::a_const::Val;
    let inner: Vec<&Node> = match &node.node {
        Some(NodeEnum::AConst(constant)) => {
            found.extend(match &constant.val {
                Some(Val::Sval(text)) => Some(text.sval.clone()),
                Some(Val::Ival(number)) => Some(number.ival.to_string()),
                Some(Val::Fval(number)) => Some(number.fval.clone()),
                Some(Val::Boolval(value)) => Some(value.boolval.to_string()),
                _ => None,
            });
            Vec::new()
        }
        Some(NodeEnum::BoolExpr(expression)) => expression.args.iter().collect(),
        Some(NodeEnum::List(list)) => list.items.iter().collect(),
        Some(NodeEnum::AArrayExpr(array)) => array.elements.iter().collect(),
        Some(NodeEnum::TypeCast(cast)) => cast.arg.as_deref().into_iter().collect(),
        Some(NodeEnum::AExpr(operator)) => {
            [&operator.lexpr, &operator.rexpr].into_iter().flatten().map(AsRef::as_ref).collect()
        }
        _ => Vec::new(),
    };
    inner.into_iter().for_each(|node| constants(node, found));
}

/// The column of `column IS NOT NULL`, alone or among others that must all hold.
fn not_null_column(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::NullTest(test)) if test.nulltesttype() == pg_query::protobuf::NullTestType::IsNotNull => {
            match test.arg.as_deref().map(|arg| &arg.node) {
                Some(Some(NodeEnum::ColumnRef(column))) => {
                    column.fields.iter().filter_map(string).next_back().map(str::to_owned)
                }
                _ => None,
            }
        }
        Some(NodeEnum::BoolExpr(all)) if all.boolop() == pg_query::protobuf::BoolExprType::AndExpr => {
            all.args.iter().find_map(not_null_column)
        }
        _ => None,
    }
}
