//! What a statement tells of those that come after it.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AlterTableCmd, AlterTableStmt, AlterTableType as Type, ColumnDef, ConstrType, Constraint, CreateDomainStmt,
    CreateStmt, IndexStmt, Node, RangeVar,
};

use crate::lint::guess::alter::commands;
use crate::lint::guess::column::constraints;
use crate::lint::guess::known::{Check, Known, Made, constants, index_columns, not_null_column};
use crate::lint::tree::{Name, ranges, string};

impl Known {
    /// Takes what the statement tells. To be asked after the statement itself was judged.
    pub fn learn(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::CreateStmt(statement) => self.table(statement),
            NodeEnum::CreateForeignTableStmt(statement) => {
                self.made(statement.base_stmt.as_ref().and_then(|table| table.relation.as_ref()));
            }
            NodeEnum::CreateTableAsStmt(statement) => {
                self.made(statement.into.as_ref().and_then(|into| into.rel.as_ref()));
            }
            NodeEnum::SelectStmt(statement) => {
                self.made(statement.into_clause.as_ref().and_then(|into| into.rel.as_ref()));
            }
            NodeEnum::CreateSeqStmt(statement) => self.made(statement.sequence.as_ref()),
            // One that is replaced was there.
            NodeEnum::ViewStmt(statement) if !statement.replace => self.made(statement.view.as_ref()),
            NodeEnum::CreateSchemaStmt(statement) => {
                for element in &statement.schema_elts {
                    let inside = in_schema(element, &statement.schemaname);
                    inside.iter().for_each(|node| self.learn(node));
                }
            }
            NodeEnum::IndexStmt(statement) => self.index(statement),
            NodeEnum::CreateDomainStmt(statement) => self.domain(statement),
            NodeEnum::AlterDomainStmt(statement) if matches!(statement.subtype.as_str(), "C" | "O") => {
                if let Some(name) = Name::of_list(&statement.type_name) {
                    self.types.insert(name, Made::Constrained);
                }
            }
            NodeEnum::CreateEnumStmt(statement) => self.made_type(&statement.type_name, Made::Plain),
            NodeEnum::CreateRangeStmt(statement) => self.made_type(&statement.type_name, Made::Plain),
            NodeEnum::CompositeTypeStmt(statement) => {
                if let Some(name) = statement.typevar.as_ref().map(Name::of) {
                    self.new_types.insert(name.clone());
                    self.types.insert(name, Made::Plain);
                }
            }
            NodeEnum::AlterTableStmt(statement) => self.altered(statement),
            NodeEnum::RenameStmt(statement) => self.renamed(statement),
            NodeEnum::AlterObjectSchemaStmt(statement) => {
                let from = statement.relation.as_ref().map(Name::of);
                if let Some(from) = from.filter(|from| self.made.remove(from)) {
                    self.made.insert(Name::new(&statement.newschema, &from.name));
                }
            }
            NodeEnum::DropStmt(statement) => self.dropped(statement),
            _ => {}
        }
    }

    fn made(&mut self, range: Option<&RangeVar>) {
        self.made.extend(range.map(Name::of));
    }

    fn made_type(&mut self, names: &[Node], made: Made) {
        if let Some(name) = Name::of_list(names) {
            self.new_types.insert(name.clone());
            self.types.insert(name, made);
        }
    }

    fn domain(&mut self, statement: &CreateDomainStmt) {
        let constrained = statement.constraints.iter().any(|node| {
            matches!(&node.node, Some(NodeEnum::Constraint(constraint))
                if matches!(constraint.contype(), ConstrType::ConstrCheck | ConstrType::ConstrNotnull))
        });
        self.made_type(&statement.domainname, if constrained { Made::Constrained } else { Made::Plain });
    }

    fn table(&mut self, statement: &CreateStmt) {
        let Some(name) = statement.relation.as_ref().map(Name::of) else { return };
        // One that may be there already is still as good as new: it is there only where the script ran before.
        self.made.insert(name.clone());
        if statement.partbound.as_ref().is_some_and(|bound| bound.is_default) {
            self.defaults.extend(ranges(&statement.inh_relations).map(|parent| (Name::of(parent), name.clone())));
        }
        for element in &statement.table_elts {
            match &element.node {
                Some(NodeEnum::ColumnDef(column)) => self.column(&name, column),
                Some(NodeEnum::Constraint(constraint)) => self.constraint(&name, constraint),
                _ => {}
            }
        }
    }

    fn column(&mut self, table: &Name, column: &ColumnDef) {
        let key = (table.clone(), column.colname.clone());
        if let Some(of) = &column.type_name {
            self.columns.insert(key.clone(), of.clone());
        }
        for constraint in constraints(column) {
            match constraint.contype() {
                ConstrType::ConstrNotnull | ConstrType::ConstrPrimary | ConstrType::ConstrIdentity => {
                    self.not_null.insert(key.clone());
                }
                _ => self.constraint(table, constraint),
            }
        }
    }

    fn constraint(&mut self, table: &Name, constraint: &Constraint) {
        let keys = || constraint.keys.iter().filter_map(string).map(str::to_owned);
        match constraint.contype() {
            ConstrType::ConstrCheck => {
                let Some(expression) = constraint.raw_expr.as_deref() else { return };
                let mut found = std::collections::BTreeSet::new();
                constants(expression, &mut found);
                let check = Check {
                    valid: !constraint.skip_validation,
                    not_null: not_null_column(expression),
                    constants: found,
                };
                self.checks.insert((table.clone(), constraint.conname.clone()), check);
            }
            ConstrType::ConstrPrimary => {
                let of_index = self.indexes.get(&Name::new(&table.schema, &constraint.indexname));
                let columns = of_index.map_or_else(|| keys().collect(), |(_, columns)| columns.clone());
                self.not_null.extend(columns.into_iter().map(|column| (table.clone(), column)));
            }
            ConstrType::ConstrNotnull if !constraint.skip_validation => {
                self.not_null.extend(keys().map(|column| (table.clone(), column)));
            }
            _ => {}
        }
    }

    fn index(&mut self, statement: &IndexStmt) {
        let Some(table) = statement.relation.as_ref().map(Name::of) else { return };
        if !statement.idxname.is_empty() {
            let name = Name::new(&table.schema, &statement.idxname);
            self.made.insert(name.clone());
            self.indexes.insert(name, (table, index_columns(&statement.index_params)));
        }
    }

    fn altered(&mut self, statement: &AlterTableStmt) {
        let Some(table) = statement.relation.as_ref().map(Name::of) else { return };
        for command in commands(statement) {
            self.command(&table, command);
        }
    }

    fn command(&mut self, table: &Name, command: &AlterTableCmd) {
        let key = (table.clone(), command.name.clone());
        match (command.subtype(), command.def.as_deref().and_then(|node| node.node.as_ref())) {
            (Type::AtAddColumn, Some(NodeEnum::ColumnDef(column))) => self.column(table, column),
            (Type::AtAlterColumnType, Some(NodeEnum::ColumnDef(column))) => {
                if let Some(of) = &column.type_name {
                    self.columns.insert(key, of.clone());
                }
            }
            (Type::AtAddConstraint, Some(NodeEnum::Constraint(constraint))) => self.constraint(table, constraint),
            (Type::AtValidateConstraint, _) => {
                if let Some(check) = self.checks.get_mut(&key) {
                    check.valid = true;
                }
            }
            (Type::AtDropConstraint, _) => {
                self.checks.remove(&key);
            }
            (Type::AtSetNotNull, _) => {
                self.not_null.insert(key);
            }
            (Type::AtDropNotNull, _) => {
                self.not_null.remove(&key);
            }
            (Type::AtAttachPartition, Some(NodeEnum::PartitionCmd(partition)))
                if partition.bound.as_ref().is_some_and(|bound| bound.is_default) =>
            {
                self.defaults.extend(partition.name.as_ref().map(|name| (table.clone(), Name::of(name))));
            }
            (Type::AtDropColumn, _) => {
                self.not_null.remove(&key);
                self.columns.remove(&key);
            }
            _ => {}
        }
    }
}

/// The statement inside a CREATE SCHEMA, with the schema that it stands in.
fn in_schema(element: &Node, schema: &str) -> Option<NodeEnum> {
    let mut node = element.node.clone()?;
    let range = match &mut node {
        NodeEnum::CreateStmt(statement) => statement.relation.as_mut(),
        NodeEnum::IndexStmt(statement) => statement.relation.as_mut(),
        NodeEnum::CreateSeqStmt(statement) => statement.sequence.as_mut(),
        NodeEnum::ViewStmt(statement) => statement.view.as_mut(),
        _ => None,
    };
    if let Some(range) = range.filter(|range| range.schemaname.is_empty()) {
        schema.clone_into(&mut range.schemaname);
    }
    Some(node)
}
