//! What a statement defines and a directive can be about, with the place where each begins.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableStmt, CreateFunctionStmt, CreateStmt, Node, ObjectType};

use crate::sql::directive::node::{Name, column, constraint, dotted, list, relation, string};
use crate::sql::directive::parameter::inputs;
use crate::sql::directive::target::Target;
use crate::sql::lex::{Kind, Lexer};
use crate::sql::parser::{Parsed, parse};
use crate::sql::split::Statement;

/// A target, and where it begins.
pub(super) struct Thing {
    pub(super) target: Target,
    /// Byte in the file.
    pub(super) at: usize,
    /// Zero for what the whole statement makes, one for its elements, two for what stands in an element.
    pub(super) depth: u8,
}

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

    fn table(&mut self, create: &CreateStmt) {
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
