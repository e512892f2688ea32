//! What the statements before have done, as far as it changes what can be asked.

use std::collections::{BTreeMap, BTreeSet};

use pg_query::NodeEnum;
use pg_query::protobuf::{Constraint, IndexStmt, RangeVar};

use crate::lint::object::{Class, made};
use crate::lint::tree::{Name, ranges, string};

/// What a block that is not looked into may do to rows.
const CHANGES: [&str; 8] = ["insert", "update", "delete", "merge", "truncate", "copy", "execute", "call"];

#[derive(Debug, Default)]
pub(super) struct State {
    /// Relations that the script made, or gave this name.
    pub(super) made: BTreeSet<Name>,
    /// Tables whose rows it has changed.
    pub(super) filled: BTreeSet<Name>,
    /// Types that it made or gave this name, with their labels where they are enums.
    pub(super) types: BTreeMap<Name, Vec<String>>,
    /// The columns of indexes that it made.
    pub(super) indexes: BTreeMap<String, Vec<String>>,
    /// Constraints that it added and that were not validated with that.
    pending: BTreeMap<(Name, String), Constraint>,
}

impl State {
    /// Takes notice of a statement.
    pub(super) fn take(&mut self, node: &NodeEnum, sql: &str) {
        match made(node) {
            Some((Class::Relation, name)) => drop(self.made.insert(name)),
            Some((Class::Type, name)) => drop(self.types.insert(name, labels(node))),
            _ => {}
        }
        match node {
            NodeEnum::IndexStmt(index) => drop(self.indexes.insert(index.idxname.clone(), columns(index))),
            NodeEnum::InsertStmt(insert) => self.fill(insert.relation.as_ref()),
            NodeEnum::UpdateStmt(update) => self.fill(update.relation.as_ref()),
            NodeEnum::DeleteStmt(delete) => self.fill(delete.relation.as_ref()),
            NodeEnum::MergeStmt(merge) => self.fill(merge.relation.as_ref()),
            NodeEnum::CopyStmt(copy) if copy.is_from => self.fill(copy.relation.as_ref()),
            NodeEnum::TruncateStmt(truncate) => self.filled.extend(ranges(&truncate.relations).map(Name::of)),
            NodeEnum::DoStmt(_) => self.look_into(sql),
            _ => {}
        }
    }

    fn fill(&mut self, range: Option<&RangeVar>) {
        self.filled.extend(range.map(Name::of));
    }

    /// A block that may change rows changes those of everything that it names, as far as that can be told by its words.
    fn look_into(&mut self, sql: &str) {
        let lower = sql.to_ascii_lowercase();
        let words: BTreeSet<&str> = lower.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        if !CHANGES.iter().any(|word| words.contains(word)) {
            return;
        }
        let mut names: Vec<String> = Vec::new();
        for part in lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"'))) {
            names.push(part.replace('"', ""));
        }
        for name in names {
            let (schema, name) = name.rsplit_once('.').unwrap_or(("", name.as_str()));
            self.filled.insert(Name::new(schema, name));
        }
    }

    pub(super) fn not_validated(&mut self, range: &RangeVar, constraint: &Constraint) {
        self.pending.insert((Name::of(range), constraint.conname.clone()), constraint.clone());
    }

    /// The constraint of this name that the script added, and did not validate.
    pub(super) fn pending(&self, range: &RangeVar, name: &str) -> Option<Constraint> {
        self.pending.get(&(Name::of(range), name.to_owned())).cloned()
    }
}

fn labels(node: &NodeEnum) -> Vec<String> {
    match node {
        NodeEnum::CreateEnumStmt(create) => create.vals.iter().filter_map(string).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn columns(index: &IndexStmt) -> Vec<String> {
    let name = |node: &pg_query::protobuf::Node| match node.node.as_ref()? {
        NodeEnum::IndexElem(element) if !element.name.is_empty() => Some(element.name.clone()),
        _ => None,
    };
    index.index_params.iter().filter_map(name).collect()
}
