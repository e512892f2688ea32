//! The names in a statement that it makes, changes or drops something by.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableType, ColumnDef, DropStmt, Node, ObjectType, RangeVar};

use crate::base::name::Ident;
use crate::lint::tree::{alters, list, string};

/// One name.
pub struct Named<'t> {
    /// `table`, as a sentence says it.
    pub kind: &'static str,
    pub name: &'t str,
    /// Empty where none is written; none where a thing of this kind has no schema of its own.
    pub schema: Option<&'t str>,
    /// The table, for what is named within one.
    pub table: Option<&'t str>,
    /// Whether the statement gives the name to something.
    pub is_new: bool,
    /// None is below zero.
    pub location: i32,
}

impl<'t> Named<'t> {
    fn new(kind: &'static str, name: &'t str) -> Self {
        Self { kind, name, schema: None, table: None, is_new: true, location: -1 }
    }

    fn relation(kind: &'static str, relation: &'t RangeVar) -> Self {
        // What is temporary has a schema that nobody writes.
        let schema = (relation.relpersistence != "t").then_some(relation.schemaname.as_str());
        Self { schema, location: relation.location, ..Self::new(kind, &relation.relname) }
    }

    fn list(kind: &'static str, names: &'t [Node]) -> Option<Self> {
        let names: Vec<&str> = names.iter().filter_map(string).collect();
        let (name, before) = names.split_last()?;
        Some(Self { schema: Some(before.last().copied().unwrap_or_default()), ..Self::new(kind, name) })
    }

    /// As an allowance names it: `orders.note`.
    pub fn object(&self) -> String {
        let before = self.table.or(self.schema.filter(|schema| !schema.is_empty()));
        let name = Ident::new(self.name);
        before.map_or_else(|| name.to_string(), |before| format!("{}.{name}", Ident::new(before)))
    }
}

/// All of them.
pub fn named(node: &NodeEnum) -> Vec<Named<'_>> {
    match node {
        NodeEnum::CreateStmt(create) => {
            let Some(relation) = &create.relation else { return Vec::new() };
            let within = create.table_elts.iter().flat_map(|element| element_names(element, &relation.relname));
            [Named::relation("table", relation)].into_iter().chain(within).collect()
        }
        NodeEnum::AlterTableStmt(_) => altered(node),
        NodeEnum::IndexStmt(index) => {
            let table = index.relation.as_ref().map(|table| old(Named::relation("table", table)));
            let own = Some(Named::new("index", &index.idxname)).filter(|own| !own.name.is_empty());
            table.into_iter().chain(own).collect()
        }
        NodeEnum::DropStmt(drop) => dropped(drop),
        NodeEnum::RenameStmt(rename) => vec![Named::new("object", &rename.newname)],
        _ => created(node).into_iter().collect(),
    }
}

fn created(node: &NodeEnum) -> Option<Named<'_>> {
    match node {
        NodeEnum::ViewStmt(view) => Some(Named::relation("view", view.view.as_ref()?)),
        NodeEnum::CreateTableAsStmt(create) => {
            let kind = if create.objtype() == ObjectType::ObjectMatview { "materialized view" } else { "table" };
            Some(Named::relation(kind, create.into.as_ref()?.rel.as_ref()?))
        }
        NodeEnum::CreateSeqStmt(create) => Some(Named::relation("sequence", create.sequence.as_ref()?)),
        NodeEnum::CompositeTypeStmt(create) => Some(Named::relation("type", create.typevar.as_ref()?)),
        NodeEnum::CreateEnumStmt(create) => Named::list("type", &create.type_name),
        NodeEnum::CreateRangeStmt(create) => Named::list("type", &create.type_name),
        NodeEnum::CreateDomainStmt(create) => Named::list("domain", &create.domainname),
        NodeEnum::CreateFunctionStmt(create) => Named::list("function", &create.funcname),
        NodeEnum::CreateSchemaStmt(create) => {
            Some(Named::new("schema", &create.schemaname)).filter(|schema| !schema.name.is_empty())
        }
        NodeEnum::CreateTrigStmt(create) => {
            let table = create.relation.as_ref().map(|table| table.relname.as_str());
            Some(Named { table, ..Named::new("trigger", &create.trigname) })
        }
        NodeEnum::CreatePolicyStmt(create) => {
            let table = create.table.as_ref().map(|table| table.relname.as_str());
            Some(Named { table, ..Named::new("policy", &create.policy_name) })
        }
        _ => None,
    }
}

fn old(named: Named<'_>) -> Named<'_> {
    Named { is_new: false, ..named }
}

fn altered(node: &NodeEnum) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    for (alter, command) in alters(node) {
        let Some(relation) = &alter.relation else { continue };
        if found.is_empty() {
            found.push(old(Named::relation("table", relation)));
        }
        if let (AlterTableType::AtAddColumn | AlterTableType::AtAddConstraint, Some(definition)) =
            (command.subtype(), &command.def)
        {
            found.extend(element_names(definition, &relation.relname));
        }
    }
    found
}

/// A column or a constraint, and the constraints within the column.
fn element_names<'t>(node: &'t Node, table: &'t str) -> Vec<Named<'t>> {
    match &node.node {
        Some(NodeEnum::ColumnDef(column)) => column_names(column, table),
        Some(NodeEnum::Constraint(constraint)) if !constraint.conname.is_empty() => {
            vec![Named { table: Some(table), ..Named::new("constraint", &constraint.conname) }]
        }
        _ => Vec::new(),
    }
}

fn column_names<'t>(column: &'t ColumnDef, table: &'t str) -> Vec<Named<'t>> {
    let own = Named { table: Some(table), location: column.location, ..Named::new("column", &column.colname) };
    let within = column.constraints.iter().flat_map(|constraint| element_names(constraint, table));
    [own].into_iter().chain(within).collect()
}

fn dropped(drop: &DropStmt) -> Vec<Named<'_>> {
    let kind = match drop.remove_type() {
        ObjectType::ObjectTable => "table",
        ObjectType::ObjectView => "view",
        ObjectType::ObjectMatview => "materialized view",
        ObjectType::ObjectSequence => "sequence",
        ObjectType::ObjectIndex => "index",
        _ => return Vec::new(),
    };
    drop.objects.iter().filter_map(list).filter_map(|names| Named::list(kind, names)).map(old).collect()
}
