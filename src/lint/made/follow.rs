//! Statement by statement: what each adds to what the script has made so far.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AlterObjectSchemaStmt, AlterTableCmd, AlterTableType, ColumnDef, ConstrType, Constraint, CreateStmt, DropStmt,
    ObjectType, PartitionCmd, RenameStmt,
};

use crate::lint::made::index::Index;
use crate::lint::made::{Column, ForeignKey, Made, Table};
use crate::lint::script::Statement;
use crate::lint::tree::{Name, alters, list, string};

impl<'s> Made<'s> {
    pub(super) fn follow(&mut self, statement: &'s Statement<'s>, node: &'s NodeEnum) {
        match node {
            NodeEnum::CreateStmt(create) => self.create(statement, create),
            NodeEnum::AlterTableStmt(_) => {
                for (alter, command) in alters(node) {
                    if let Some(relation) = &alter.relation {
                        self.alter(statement, &Name::of(relation), command);
                    }
                }
            }
            NodeEnum::IndexStmt(index) => {
                if let Some(relation) = &index.relation {
                    self.table(&Name::of(relation)).indexes.push(Index::of(statement, index));
                }
            }
            NodeEnum::DropStmt(drop) => self.drop(drop),
            NodeEnum::RenameStmt(rename) => self.rename(rename),
            NodeEnum::AlterObjectSchemaStmt(moved) => self.moved(moved),
            NodeEnum::CommentStmt(comment) if comment.objtype() == ObjectType::ObjectTable => {
                if let Some(name) = comment.object.as_deref().and_then(list).and_then(Name::of_list) {
                    self.table(&name).commented = !comment.comment.is_empty();
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, name: &Name) -> &mut Table<'s> {
        let at = self.tables.iter().position(|table| table.name == *name).unwrap_or_else(|| {
            self.tables.push(Table::new(name.clone()));
            self.tables.len() - 1
        });
        &mut self.tables[at]
    }

    fn create(&mut self, statement: &'s Statement<'s>, create: &'s CreateStmt) {
        let Some(relation) = &create.relation else { return };
        let table = self.table(&Name::of(relation));
        table.created = Some((statement, create));
        table.partition = create.partbound.is_some();
        for element in create.table_elts.iter().chain(&create.constraints) {
            match &element.node {
                Some(NodeEnum::ColumnDef(column)) => table.column(statement, column),
                Some(NodeEnum::Constraint(constraint)) => table.constraint(statement, constraint, None),
                _ => {}
            }
        }
    }

    fn alter(&mut self, statement: &'s Statement<'s>, name: &Name, command: &'s AlterTableCmd) {
        let table = self.table(name);
        match (command.subtype(), command.def.as_ref().and_then(|def| def.node.as_ref())) {
            (AlterTableType::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => table.column(statement, column),
            (AlterTableType::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => {
                table.constraint(statement, constraint, None);
            }
            (AlterTableType::AtDropColumn, _) => table.drop_column(&command.name),
            (AlterTableType::AtDropConstraint, _) => {
                table.indexes.retain(|index| index.location.is_none() || index.name != command.name);
                table.foreign_keys.retain(|key| key.constraint.conname != command.name);
            }
            (AlterTableType::AtAttachPartition, Some(NodeEnum::PartitionCmd(attach))) => self.attach(attach),
            _ => {}
        }
    }

    fn attach(&mut self, attach: &PartitionCmd) {
        if let Some(partition) = &attach.name {
            self.table(&Name::of(partition)).partition = true;
        }
    }

    fn drop(&mut self, drop: &DropStmt) {
        let names: Vec<Name> = drop.objects.iter().filter_map(list).filter_map(Name::of_list).collect();
        match drop.remove_type() {
            ObjectType::ObjectTable => self.tables.retain(|table| !names.contains(&table.name)),
            ObjectType::ObjectIndex => {
                for table in &mut self.tables {
                    let schema = &table.name.schema;
                    table.indexes.retain(|index| !names.contains(&Name::new(schema, &index.name)));
                }
            }
            _ => {}
        }
    }

    fn rename(&mut self, rename: &RenameStmt) {
        let Some(relation) = &rename.relation else { return };
        let name = Name::of(relation);
        match rename.rename_type() {
            ObjectType::ObjectTable => {
                let after = Name::new(&name.schema, &rename.newname);
                self.tables.iter_mut().filter(|table| table.name == name).for_each(|table| table.name = after.clone());
            }
            ObjectType::ObjectColumn => self.table(&name).rename_column(&rename.subname, &rename.newname),
            ObjectType::ObjectIndex => {
                for table in self.tables.iter_mut().filter(|table| table.name.schema == name.schema) {
                    for index in table.indexes.iter_mut().filter(|index| index.name == name.name) {
                        index.name.clone_from(&rename.newname);
                    }
                }
            }
            _ => {}
        }
    }

    fn moved(&mut self, moved: &AlterObjectSchemaStmt) {
        let Some(relation) = moved.relation.as_ref().filter(|_| moved.object_type() == ObjectType::ObjectTable) else {
            return;
        };
        let name = Name::of(relation);
        for table in self.tables.iter_mut().filter(|table| table.name == name) {
            table.name.schema.clone_from(&moved.newschema);
        }
    }
}

impl<'s> Table<'s> {
    fn column(&mut self, statement: &'s Statement<'s>, definition: &'s ColumnDef) {
        let name = definition.colname.clone();
        for constraint in &definition.constraints {
            if let Some(NodeEnum::Constraint(constraint)) = &constraint.node {
                self.constraint(statement, constraint, Some(&name));
            }
        }
        self.columns.push(Column { statement, name, definition });
    }

    fn constraint(&mut self, statement: &'s Statement<'s>, constraint: &'s Constraint, column: Option<&str>) {
        if constraint.contype() == ConstrType::ConstrForeign {
            let named = constraint.fk_attrs.iter().filter_map(string);
            let columns = named.chain(column).map(str::to_owned).collect();
            self.foreign_keys.push(ForeignKey { statement, constraint, columns });
        } else if let Some(index) = self.made_from(constraint) {
            index.unique = true;
            index.primary = constraint.contype() == ConstrType::ConstrPrimary;
        } else if let Some(index) = Index::of_constraint(statement, constraint, column) {
            self.indexes.push(index);
        }
    }

    /// The index that a constraint is made from: `PRIMARY KEY USING INDEX`.
    fn made_from(&mut self, constraint: &Constraint) -> Option<&mut Index<'s>> {
        let name = Some(&constraint.indexname).filter(|name| !name.is_empty())?;
        self.indexes.iter_mut().find(|index| index.name == *name)
    }

    fn drop_column(&mut self, name: &str) {
        self.columns.retain(|column| column.name != name);
        self.foreign_keys.retain(|key| !key.columns.iter().any(|column| column == name));
        self.indexes.retain(|index| !index.keys.iter().any(|key| key.column.as_deref() == Some(name)));
    }

    fn rename_column(&mut self, from: &str, to: &str) {
        let columns = self.columns.iter_mut().map(|column| &mut column.name);
        let foreign = self.foreign_keys.iter_mut().flat_map(|key| &mut key.columns);
        let indexed = self.indexes.iter_mut().flat_map(|index| &mut index.keys).filter_map(|key| key.column.as_mut());
        for name in columns.chain(foreign).chain(indexed).filter(|name| *name == from) {
            to.clone_into(name);
        }
    }
}
