//! What a statement defines and a directive can be about, with the place where each begins.

use pg_query::protobuf::{
    AlterTableStmt, ColumnDef, Constraint, CreateFunctionStmt, FunctionParameterMode, Node, ObjectType, RangeVar,
    TypeName,
};
use pg_query::{NodeEnum, protobuf};

use crate::sql::lex::{Kind, Lexer};
use crate::sql::parser::{Parsed, parse};
use crate::sql::split::Statement;

/// A thing that has a name, as the statement writes it: no schema where none is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    Schema {
        name: String,
    },
    /// An ordinary, partitioned or foreign one.
    Table {
        schema: Option<String>,
        name: String,
    },
    Column {
        schema: Option<String>,
        table: String,
        name: String,
    },
    /// The table may be a domain.
    Constraint {
        schema: Option<String>,
        table: String,
        name: String,
    },
    Index {
        schema: Option<String>,
        name: String,
    },
    /// An enum, domain, composite, range or base type.
    Type {
        schema: Option<String>,
        name: String,
    },
    Attribute {
        schema: Option<String>,
        type_name: String,
        name: String,
    },
    EnumValue {
        schema: Option<String>,
        type_name: String,
        label: String,
    },
    /// A function, procedure or aggregate, with its input types as `format_type` prints them, as far as names tell.
    Function {
        schema: Option<String>,
        name: String,
        args: Vec<String>,
    },
    View {
        schema: Option<String>,
        name: String,
    },
    MaterializedView {
        schema: Option<String>,
        name: String,
    },
    Sequence {
        schema: Option<String>,
        name: String,
    },
    Trigger {
        schema: Option<String>,
        table: String,
        name: String,
    },
    Policy {
        schema: Option<String>,
        table: String,
        name: String,
    },
}

impl Target {
    /// The last part of its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Schema { name }
            | Self::Table { name, .. }
            | Self::Column { name, .. }
            | Self::Constraint { name, .. }
            | Self::Index { name, .. }
            | Self::Type { name, .. }
            | Self::Attribute { name, .. }
            | Self::EnumValue { label: name, .. }
            | Self::Function { name, .. }
            | Self::View { name, .. }
            | Self::MaterializedView { name, .. }
            | Self::Sequence { name, .. }
            | Self::Trigger { name, .. }
            | Self::Policy { name, .. } => name,
        }
    }
}

/// A target, and where it begins.
pub(super) struct Thing {
    pub(super) target: Target,
    /// Byte in the file.
    pub(super) at: usize,
    /// Zero for what the whole statement makes, one for its elements, two for what stands in an element.
    pub(super) depth: u8,
}

type Name = (Option<String>, String);

/// Everything with a name that this statement makes; nothing where it cannot be parsed.
pub(super) fn things(statement: &Statement) -> Vec<Thing> {
    let Ok(parsed) = parse(statement.sql()) else { return Vec::new() };
    let mut finder = Finder { statement, parsed: &parsed, things: Vec::new() };
    if let Some(node) = parsed.tree.stmts.first().and_then(|raw| raw.stmt.as_ref()?.node.as_ref()) {
        finder.whole(node);
    }
    finder.things
}

struct Finder<'a> {
    statement: &'a Statement,
    parsed: &'a Parsed,
    things: Vec<Thing>,
}

impl Finder<'_> {
    fn push(&mut self, target: Target) {
        self.things.push(Thing { target, at: self.statement.span.start, depth: 0 });
    }

    fn push_inside(&mut self, target: Target, location: i32, depth: u8) {
        if let Some(offset) = self.parsed.offset(location) {
            self.things.push(Thing { target, at: self.statement.span.start + offset, depth });
        }
    }

    fn whole(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::CreateSchemaStmt(s) => self.push(Target::Schema { name: s.schemaname.clone() }),
            NodeEnum::CreateStmt(s) => self.table(s),
            NodeEnum::CreateForeignTableStmt(s) => {
                if let Some(base) = &s.base_stmt {
                    self.table(base);
                }
            }
            NodeEnum::AlterTableStmt(s) => self.alter(s),
            NodeEnum::IndexStmt(s) if !s.idxname.is_empty() => {
                let (schema, _) = relation(s.relation.as_ref());
                self.push(Target::Index { schema, name: s.idxname.clone() });
            }
            NodeEnum::ViewStmt(s) => {
                let (schema, name) = relation(s.view.as_ref());
                self.push(Target::View { schema, name });
            }
            NodeEnum::CreateTableAsStmt(s) => {
                let (schema, name) = relation(s.into.as_ref().and_then(|into| into.rel.as_ref()));
                let view = s.objtype == ObjectType::ObjectMatview as i32;
                self.push(if view {
                    Target::MaterializedView { schema, name }
                } else {
                    Target::Table { schema, name }
                });
            }
            NodeEnum::CreateSeqStmt(s) => {
                let (schema, name) = relation(s.sequence.as_ref());
                self.push(Target::Sequence { schema, name });
            }
            NodeEnum::CreateFunctionStmt(s) => self.function(s),
            NodeEnum::CreateTrigStmt(s) => {
                let (schema, table) = relation(s.relation.as_ref());
                self.push(Target::Trigger { schema, table, name: s.trigname.clone() });
            }
            NodeEnum::CreatePolicyStmt(s) => {
                let (schema, table) = relation(s.table.as_ref());
                self.push(Target::Policy { schema, table, name: s.policy_name.clone() });
            }
            other => self.types(other),
        }
    }

    fn types(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::CreateEnumStmt(s) => {
                let (schema, name) = dotted(&s.type_name);
                self.push(Target::Type { schema: schema.clone(), name: name.clone() });
                self.labels(&(schema, name), &s.vals);
            }
            NodeEnum::AlterEnumStmt(s) if s.old_val.is_empty() => {
                let (schema, type_name) = dotted(&s.type_name);
                self.push(Target::EnumValue { schema, type_name, label: s.new_val.clone() });
            }
            NodeEnum::CreateRangeStmt(s) => {
                let (schema, name) = dotted(&s.type_name);
                self.push(Target::Type { schema, name });
            }
            NodeEnum::CompositeTypeStmt(s) => {
                let (schema, name) = relation(s.typevar.as_ref());
                self.push(Target::Type { schema: schema.clone(), name: name.clone() });
                for column in s.coldeflist.iter().filter_map(column) {
                    let (schema, type_name) = (schema.clone(), name.clone());
                    let target = Target::Attribute { schema, type_name, name: column.colname.clone() };
                    self.push_inside(target, column.location, 1);
                }
            }
            NodeEnum::CreateDomainStmt(s) => {
                let (schema, name) = dotted(&s.domainname);
                self.push(Target::Type { schema: schema.clone(), name: name.clone() });
                self.constraints(&(schema, name), &s.constraints, 1);
            }
            NodeEnum::AlterDomainStmt(s) => self.constraints(&dotted(&s.type_name), s.def.as_deref(), 1),
            NodeEnum::DefineStmt(s) if s.kind == ObjectType::ObjectType as i32 => {
                let (schema, name) = dotted(&s.defnames);
                self.push(Target::Type { schema, name });
            }
            NodeEnum::DefineStmt(s) if s.kind == ObjectType::ObjectAggregate as i32 => {
                let (schema, name) = dotted(&s.defnames);
                let args = s.args.first().and_then(list).map(|list| inputs(&list.items)).unwrap_or_default();
                self.push(Target::Function { schema, name, args });
            }
            _ => {}
        }
    }

    fn table(&mut self, create: &protobuf::CreateStmt) {
        let (schema, name) = relation(create.relation.as_ref());
        self.push(Target::Table { schema: schema.clone(), name: name.clone() });
        self.elements(&(schema, name), &create.table_elts);
    }

    fn alter(&mut self, alter: &AlterTableStmt) {
        let name = relation(alter.relation.as_ref());
        let added = alter.cmds.iter().filter_map(|command| match &command.node {
            Some(NodeEnum::AlterTableCmd(command)) => command.def.as_deref(),
            _ => None,
        });
        let composite = alter.objtype == ObjectType::ObjectType as i32;
        for element in added {
            match column(element).filter(|_| composite) {
                Some(column) => {
                    let (schema, type_name) = name.clone();
                    let target = Target::Attribute { schema, type_name, name: column.colname.clone() };
                    self.push_inside(target, column.location, 1);
                }
                None => self.elements(&name, Some(element)),
            }
        }
    }

    fn elements<'n>(&mut self, table: &Name, elements: impl IntoIterator<Item = &'n Node>) {
        for element in elements {
            if let Some(column) = column(element) {
                let (schema, name) = table.clone();
                let target = Target::Column { schema, table: name, name: column.colname.clone() };
                // ALTER TABLE ... ALTER COLUMN has a column without a name and a place.
                if !column.colname.is_empty() {
                    self.push_inside(target, column.location, 1);
                }
                self.constraints(table, &column.constraints, 2);
            } else {
                self.constraints(table, Some(element), 1);
            }
        }
    }

    fn constraints<'n>(&mut self, table: &Name, nodes: impl IntoIterator<Item = &'n Node>, depth: u8) {
        for constraint in nodes.into_iter().filter_map(constraint).filter(|c| !c.conname.is_empty()) {
            let (schema, table) = table.clone();
            let target = Target::Constraint { schema, table, name: constraint.conname.clone() };
            self.push_inside(target, constraint.location, depth);
        }
    }

    /// The parser gives labels no place: they are the strings of the statement, in order.
    fn labels(&mut self, of: &Name, labels: &[Node]) {
        let sql = self.statement.sql();
        let strings = Lexer::new(sql).filter(|token| matches!(token.kind, Kind::Text | Kind::Dollar));
        for (label, token) in labels.iter().zip(strings) {
            let (schema, type_name) = of.clone();
            let target = Target::EnumValue { schema, type_name, label: string(label).unwrap_or_default() };
            self.things.push(Thing { target, at: self.statement.span.start + token.at.start, depth: 1 });
        }
    }

    fn function(&mut self, create: &CreateFunctionStmt) {
        let (schema, name) = dotted(&create.funcname);
        self.push(Target::Function { schema, name, args: inputs(&create.parameters) });
    }
}

fn relation(relation: Option<&RangeVar>) -> Name {
    let Some(relation) = relation else { return (None, String::new()) };
    let schema = Some(relation.schemaname.clone()).filter(|schema| !schema.is_empty());
    (schema, relation.relname.clone())
}

fn string(node: &Node) -> Option<String> {
    match &node.node {
        Some(NodeEnum::String(string)) => Some(string.sval.clone()),
        _ => None,
    }
}

fn dotted(nodes: &[Node]) -> Name {
    let mut parts: Vec<String> = nodes.iter().filter_map(string).collect();
    let name = parts.pop().unwrap_or_default();
    (parts.pop(), name)
}

fn column(node: &Node) -> Option<&ColumnDef> {
    match &node.node {
        Some(NodeEnum::ColumnDef(column)) => Some(column),
        _ => None,
    }
}

fn constraint(node: &Node) -> Option<&Constraint> {
    match &node.node {
        Some(NodeEnum::Constraint(constraint)) => Some(constraint),
        _ => None,
    }
}

fn list(node: &Node) -> Option<&protobuf::List> {
    match &node.node {
        Some(NodeEnum::List(list)) => Some(list),
        _ => None,
    }
}

/// The types of the parameters that tell one overload from another.
fn inputs(parameters: &[Node]) -> Vec<String> {
    use FunctionParameterMode::{FuncParamOut, FuncParamTable};
    let input = |node: &Node| match &node.node {
        Some(NodeEnum::FunctionParameter(parameter)) => {
            let output = [FuncParamOut as i32, FuncParamTable as i32].contains(&parameter.mode);
            parameter.arg_type.as_ref().filter(|_| !output).map(type_text)
        }
        _ => None,
    };
    parameters.iter().filter_map(input).collect()
}

/// A type as `format_type` prints it; one that is not built in keeps the schema that is written, or none.
fn type_text(name: &TypeName) -> String {
    let parts: Vec<String> = name.names.iter().filter_map(string).collect();
    let text = match parts.as_slice() {
        [schema, bare] if schema == "pg_catalog" => built_in(bare).to_owned(),
        [bare] => built_in(bare).to_owned(),
        more => more.join("."),
    };
    let text = if name.pct_type { format!("{text}%TYPE") } else { text };
    if name.array_bounds.is_empty() { text } else { format!("{text}[]") }
}

/// The names that `format_type` spells out.
fn built_in(name: &str) -> &str {
    match name {
        "bool" => "boolean",
        "bpchar" => "character",
        "float4" => "real",
        "float8" => "double precision",
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "time" => "time without time zone",
        "timetz" => "time with time zone",
        "timestamp" => "timestamp without time zone",
        "timestamptz" => "timestamp with time zone",
        "varbit" => "bit varying",
        "varchar" => "character varying",
        other => other,
    }
}
