//! What a statement takes away of what those before it told.

use pg_query::NodeEnum;
use pg_query::protobuf::{DropStmt, ObjectType, RenameStmt};

use crate::lint::guess::known::Known;
use crate::lint::tree::Name;

impl Known {
    pub(super) fn dropped(&mut self, statement: &DropStmt) {
        let lists = statement.objects.iter().filter_map(|object| match &object.node {
            Some(NodeEnum::List(names)) => Name::of_list(&names.items),
            _ => None,
        });
        for name in lists {
            self.forget(&name);
        }
    }

    pub(super) fn renamed(&mut self, statement: &RenameStmt) {
        let Some(table) = statement.relation.as_ref().map(Name::of) else { return };
        match statement.rename_type() {
            ObjectType::ObjectColumn => {
                let key = (table.clone(), statement.subname.clone());
                let renamed = (table, statement.newname.clone());
                if let Some(of) = self.columns.remove(&key) {
                    self.columns.insert(renamed.clone(), of);
                }
                if self.not_null.remove(&key) {
                    self.not_null.insert(renamed);
                }
            }
            ObjectType::ObjectTable | ObjectType::ObjectIndex | ObjectType::ObjectView | ObjectType::ObjectMatview => {
                let name = Name::new(&table.schema, &statement.newname);
                if let Some(index) = self.indexes.remove(&table) {
                    self.indexes.insert(name.clone(), index);
                }
                let made = self.made.remove(&table);
                self.forget(&table);
                if made {
                    self.made.insert(name);
                } else {
                    self.made.remove(&name);
                }
            }
            _ => {}
        }
    }

    /// What had this name has it no more.
    fn forget(&mut self, name: &Name) {
        self.made.remove(name);
        self.indexes.remove(name);
        self.indexes.retain(|_, (table, _)| table != name);
        self.types.remove(name);
        // A thousand files before this one have made many tables: only what is this one's is looked at.
        let first = || (name.clone(), String::new());
        let own = |(table, _): &&(Name, String)| table == name;
        for key in self.columns.range(first()..).map(|(key, _)| key).take_while(own).cloned().collect::<Vec<_>>() {
            self.columns.remove(&key);
        }
        for key in self.not_null.range(first()..).take_while(own).cloned().collect::<Vec<_>>() {
            self.not_null.remove(&key);
        }
        for key in self.checks.range(first()..).map(|(key, _)| key).take_while(own).cloned().collect::<Vec<_>>() {
            self.checks.remove(&key);
        }
        self.defaults.retain(|parent, partition| parent != name && partition != name);
    }
}
