//! What a script makes: tables, columns, keys and indexes as they are when all of its statements have run.
//!
//! Rules about how a thing is made look here, so that what a later statement adds, renames or drops counts. A table that
//! was there before the script is in it too, with what the script adds to it and nothing else.

mod follow;
pub mod index;

use pg_query::NodeEnum;
use pg_query::protobuf::{ColumnDef, Constraint, CreateStmt, Node};

use crate::lint::made::index::Index;
use crate::lint::script::{Script, Statement};
use crate::lint::tree::Name;

/// All tables that a script makes or adds to, in the order in which it names them.
#[derive(Default)]
pub struct Made<'s> {
    pub tables: Vec<Table<'s>>,
}

/// One table.
pub struct Table<'s> {
    pub name: Name,
    /// What creates it; none for one that was there before.
    pub created: Option<(&'s Statement<'s>, &'s CreateStmt)>,
    /// Those that the script makes.
    pub columns: Vec<Column<'s>>,
    /// Those that the script makes, with those of its constraints.
    pub indexes: Vec<Index<'s>>,
    pub foreign_keys: Vec<ForeignKey<'s>>,
    /// Whether it is a partition, and so has the indexes of its parent.
    pub partition: bool,
    pub commented: bool,
}

/// One column.
pub struct Column<'s> {
    pub statement: &'s Statement<'s>,
    pub name: String,
    pub definition: &'s ColumnDef,
}

/// One foreign key.
pub struct ForeignKey<'s> {
    pub statement: &'s Statement<'s>,
    pub constraint: &'s Constraint,
    pub columns: Vec<String>,
}

impl<'s> Made<'s> {
    pub fn of(script: &'s Script<'_>) -> Self {
        let mut made = Self::default();
        for statement in &script.statements {
            if let Some(node) = statement.node() {
                made.follow(statement, node);
            }
        }
        made
    }

    /// The tables that the script creates.
    pub fn created(&self) -> impl Iterator<Item = (&Table<'s>, &'s Statement<'s>, &'s CreateStmt)> {
        self.tables.iter().filter_map(|table| table.created.map(|(statement, create)| (table, statement, create)))
    }
}

impl<'s> Table<'s> {
    fn new(name: Name) -> Self {
        let (columns, indexes, foreign_keys) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, created: None, columns, indexes, foreign_keys, partition: false, commented: false }
    }

    /// Whether it may have indexes that the script does not spell out: it was there before, or takes those of another.
    pub fn takes_more(&self) -> bool {
        self.partition || self.created.is_none_or(|(_, create)| likes(create))
    }

    /// Whether nobody else sees it.
    pub fn is_temporary(&self) -> bool {
        let persistence = |(_, create): (_, &CreateStmt)| Some(create.relation.as_ref()?.relpersistence == "t");
        self.created.and_then(persistence).unwrap_or_default()
    }

    /// Whether the script makes a column of this name.
    pub fn makes(&self, column: &str) -> bool {
        self.columns.iter().any(|made| made.name == column)
    }

    /// The primary key that the script gives it.
    pub fn primary(&self) -> Option<&Index<'s>> {
        self.indexes.iter().find(|index| index.primary)
    }
}

/// Whether it takes the indexes of another table along.
fn likes(create: &CreateStmt) -> bool {
    // `CREATE_TABLE_LIKE_INDEXES` of `parsenodes.h`; ALL has every bit.
    const INDEXES: u32 = 1 << 6;
    let like =
        |element: &Node| matches!(&element.node, Some(NodeEnum::TableLikeClause(like)) if like.options & INDEXES != 0);
    create.table_elts.iter().any(like)
}

#[cfg(test)]
mod tests;
