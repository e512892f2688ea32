//! DROP. What hangs on something else (an index, a trigger) locks that: an index does not say which table it is on, so
//! where no statement before it told, the index stands for the table.

use pg_query::NodeEnum;
use pg_query::protobuf::{DropStmt, Node, ObjectType};

use crate::lint::guess::{Guess, kind};
use crate::lint::tree::Name;
use crate::observe::lock::Lock;
use crate::observe::relation::RelationKind;

impl Guess<'_> {
    pub(super) fn drop(&mut self, statement: &DropStmt) {
        let lists = statement.objects.iter().filter_map(|object| match &object.node {
            Some(NodeEnum::List(names)) => Some(names.items.as_slice()),
            _ => None,
        });
        for names in lists {
            match statement.remove_type() {
                ObjectType::ObjectIndex => self.index_gone(names, statement.concurrent),
                ObjectType::ObjectTable
                | ObjectType::ObjectView
                | ObjectType::ObjectMatview
                | ObjectType::ObjectSequence
                | ObjectType::ObjectForeignTable => {
                    let Some(name) = Name::of_list(names) else { continue };
                    self.named(kind(statement.remove_type()), &name, Lock::AccessExclusive);
                    self.gone(kind(statement.remove_type()), &name);
                }
                // `[table, trigger]`, with the schema before it.
                ObjectType::ObjectTrigger | ObjectType::ObjectPolicy | ObjectType::ObjectRule => {
                    let table = names.split_last().and_then(|(_, table)| Name::of_list(table));
                    table.and_then(|table| self.named(RelationKind::Table, &table, Lock::AccessExclusive).map(|_| ()));
                }
                _ => {}
            }
        }
    }

    fn index_gone(&mut self, names: &[Node], concurrent: bool) {
        let Some(name) = Name::of_list(names) else { return };
        let lock = if concurrent { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
        self.effects.in_transaction &= !concurrent;
        match self.known.table_of(&name).cloned() {
            Some(table) => self.named(RelationKind::Table, &table, lock).map(|_| ()),
            None => self.named(RelationKind::Index, &name, lock).map(|_| ()),
        };
        self.gone(RelationKind::Index, &name);
    }
}
