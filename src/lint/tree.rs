//! What rules ask of a parse tree.

use std::fmt;

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AlterTableCmd, AlterTableStmt, AlterTableType, DefElem, Node, ObjectType, RangeVar, TypeName,
};

use crate::base::name::Ident;
use crate::observe::relation::Relation;

/// The name of a relation as it is written, in `public` where no schema is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Name {
    pub schema: String,
    pub name: String,
}

impl Name {
    pub fn new(schema: &str, name: &str) -> Self {
        let schema = if schema.is_empty() { "public" } else { schema };
        Self { schema: schema.to_owned(), name: name.to_owned() }
    }

    pub fn of(range: &RangeVar) -> Self {
        Self::new(&range.schemaname, &range.relname)
    }

    /// Of a list such as `DROP TABLE a.b` has: the last name, and the one before it.
    pub fn of_list(names: &[Node]) -> Option<Self> {
        let names: Vec<&str> = names.iter().filter_map(string).collect();
        let (name, before) = names.split_last()?;
        Some(Self::new(before.last().copied().unwrap_or_default(), name))
    }

    /// Whether it means this relation. One without a schema may be in any: `search_path` decides.
    pub fn is(&self, relation: &Relation) -> bool {
        self.name == relation.name && (self.schema == relation.schema || self.schema == "public")
    }
}

/// As a person names it: without the schema `public`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Ident::new(&self.name);
        if self.schema == "public" { name.fmt(f) } else { write!(f, "{}.{name}", Ident::new(&self.schema)) }
    }
}

/// The text of a string node.
pub fn string(node: &Node) -> Option<&str> {
    match node.node.as_ref()? {
        NodeEnum::String(text) => Some(&text.sval),
        _ => None,
    }
}

/// The relations in a list of names.
pub fn ranges(nodes: &[Node]) -> impl Iterator<Item = &RangeVar> {
    nodes.iter().filter_map(|node| match node.node.as_ref()? {
        NodeEnum::RangeVar(range) => Some(range),
        _ => None,
    })
}

/// The items of a list node.
pub fn list(node: &Node) -> Option<&[Node]> {
    match node.node.as_ref()? {
        NodeEnum::List(list) => Some(&list.items),
        _ => None,
    }
}

/// The subcommands of an ALTER TABLE (of a table, not of a view or an index).
pub fn alters(node: &NodeEnum) -> impl Iterator<Item = (&AlterTableStmt, &AlterTableCmd)> {
    let statement = match node {
        NodeEnum::AlterTableStmt(statement) if statement.objtype() == ObjectType::ObjectTable => Some(statement),
        _ => None,
    };
    statement.into_iter().flat_map(|statement| {
        statement.cmds.iter().filter_map(move |command| match command.node.as_ref()? {
            NodeEnum::AlterTableCmd(command) => Some((statement, command.as_ref())),
            _ => None,
        })
    })
}

/// The subcommands of one type, with the table that they are about.
pub fn altering(node: &NodeEnum, of: AlterTableType) -> impl Iterator<Item = (Name, &AlterTableCmd)> {
    alters(node)
        .filter(move |(_, command)| command.subtype() == of)
        .filter_map(|(statement, command)| Some((Name::of(statement.relation.as_ref()?), command)))
}

/// Whether an ALTER TABLE detaches a partition CONCURRENTLY.
pub fn detaches_concurrently(command: &AlterTableCmd) -> bool {
    let definition = command.def.as_deref().and_then(|node| node.node.as_ref());
    matches!(definition, Some(NodeEnum::PartitionCmd(partition)) if partition.concurrent)
}

/// The last part of a type's name, as the parser knows it: `int4`, `varchar`, `mood`.
pub fn type_name(name: &TypeName) -> &str {
    name.names.iter().filter_map(string).next_back().unwrap_or_default()
}

/// Whether it is a constant that is true.
pub fn is_true(node: &Node) -> bool {
    match &node.node {
        Some(NodeEnum::AConst(constant)) => {
            matches!(&constant.val, Some(pg_query::protobuf::a_const::Val::Boolval(value)) if value.boolval)
        }
        _ => false,
    }
}

/// Whether it is NULL, as a constant.
pub fn is_null(node: &Node) -> bool {
    matches!(&node.node, Some(NodeEnum::AConst(constant)) if constant.isnull)
}

/// The option of this name, in a list such as `WITH (...)` or CREATE FUNCTION has.
pub fn option<'t>(options: &'t [Node], name: &str) -> Option<&'t DefElem> {
    options.iter().find_map(|node| match node.node.as_ref()? {
        NodeEnum::DefElem(option) if option.defname == name => Some(option.as_ref()),
        _ => None,
    })
}

/// Whether an option is turned on, as `defGetBoolean` (define.c) reads it.
pub fn says_yes(option: &DefElem) -> bool {
    match option.arg.as_ref().and_then(|arg| arg.node.as_ref()) {
        None => true,
        Some(NodeEnum::Boolean(value)) => value.boolval,
        Some(NodeEnum::Integer(value)) => value.ival == 1,
        Some(NodeEnum::String(value)) => {
            matches!(value.sval.to_ascii_lowercase().as_str(), "true" | "on" | "yes" | "1")
        }
        // `= true` is a word of the grammar here, and so the name of a type.
        Some(NodeEnum::TypeName(name)) => matches!(type_name(name), "true" | "on" | "yes"),
        Some(_) => false,
    }
}

/// A column that a statement gives a type.
pub struct Typed<'t> {
    pub table: Name,
    pub column: &'t str,
    pub type_name: &'t TypeName,
}

/// The columns that a statement creates, adds, or gives another type. Those of temporary tables are left out.
pub fn typed(node: &NodeEnum) -> Vec<Typed<'_>> {
    let mut found = Vec::new();
    if let NodeEnum::CreateStmt(create) = node
        && let Some(table) = create.relation.as_ref().filter(|relation| relation.relpersistence != "t")
    {
        for element in &create.table_elts {
            if let Some(NodeEnum::ColumnDef(column)) = &element.node {
                found.extend(column.type_name.as_ref().map(|type_name| Typed {
                    table: Name::of(table),
                    column: &column.colname,
                    type_name,
                }));
            }
        }
    }
    for (alter, command) in alters(node) {
        let gives = matches!(command.subtype(), AlterTableType::AtAddColumn | AlterTableType::AtAlterColumnType);
        if let (true, Some(table), Some(NodeEnum::ColumnDef(column))) =
            (gives, &alter.relation, command.def.as_ref().and_then(|def| def.node.as_ref()))
        {
            let name = if column.colname.is_empty() { &command.name } else { &column.colname };
            let type_name = column.type_name.as_ref();
            found.extend(type_name.map(|type_name| Typed { table: Name::of(table), column: name, type_name }));
        }
    }
    found
}

/// Whether it is one of these types of Postgres itself, as the parser names them, or an array of them.
pub fn is_builtin(name: &TypeName, one_of: &[&str]) -> bool {
    let mut names = name.names.iter().filter_map(string).rev();
    names.next().is_some_and(|last| one_of.contains(&last)) && names.all(|schema| schema == "pg_catalog")
}
