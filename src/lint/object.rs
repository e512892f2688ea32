//! What statements make and take away by name, and whether it was there before the script.

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableCmd, AlterTableType, ColumnDef, ConstrType, Node, ObjectType};

use crate::lint::finding::{Finding, Level};
use crate::lint::rule::Rule;
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, altering, string};
use crate::observe::relation::{Relation, RelationKind};

/// Names of two classes never meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Tables, views, sequences.
    Relation,
    Type,
    Routine,
    Schema,
}

/// Whatever runs as a function does, by the kinds of DROP and RENAME.
pub const ROUTINES: [ObjectType; 4] =
    [ObjectType::ObjectFunction, ObjectType::ObjectProcedure, ObjectType::ObjectRoutine, ObjectType::ObjectAggregate];

/// What rows are read from.
pub const READ_FROM: [ObjectType; 4] =
    [ObjectType::ObjectTable, ObjectType::ObjectView, ObjectType::ObjectMatview, ObjectType::ObjectForeignTable];

/// What a statement makes that was not there, or brings under a name.
pub fn made(node: &NodeEnum) -> Option<(Class, Name)> {
    let relation = |range: &Option<pg_query::protobuf::RangeVar>| Some((Class::Relation, Name::of(range.as_ref()?)));
    match node {
        NodeEnum::CreateStmt(create) => relation(&create.relation),
        NodeEnum::CreateForeignTableStmt(create) => relation(&create.base_stmt.as_ref()?.relation),
        NodeEnum::CreateTableAsStmt(create) => relation(&create.into.as_ref()?.rel),
        NodeEnum::ViewStmt(create) if !create.replace => relation(&create.view),
        NodeEnum::CreateSeqStmt(create) => relation(&create.sequence),
        NodeEnum::CreateEnumStmt(create) => Some((Class::Type, Name::of_list(&create.type_name)?)),
        NodeEnum::CreateRangeStmt(create) => Some((Class::Type, Name::of_list(&create.type_name)?)),
        NodeEnum::CreateDomainStmt(create) => Some((Class::Type, Name::of_list(&create.domainname)?)),
        NodeEnum::CompositeTypeStmt(create) => Some((Class::Type, Name::of(create.typevar.as_ref()?))),
        NodeEnum::DefineStmt(create) if create.kind() == ObjectType::ObjectType => {
            Some((Class::Type, Name::of_list(&create.defnames)?))
        }
        NodeEnum::CreateFunctionStmt(create) if !create.replace => {
            Some((Class::Routine, Name::of_list(&create.funcname)?))
        }
        NodeEnum::CreateSchemaStmt(create) => Some((Class::Schema, Name::new("", &create.schemaname))),
        NodeEnum::RenameStmt(rename) => {
            let (class, from) = renamed(rename)?;
            Some((class, Name { name: rename.newname.clone(), ..from }))
        }
        _ => None,
    }
}

/// What a RENAME is about, under the name that it has until then.
pub fn renamed(rename: &pg_query::protobuf::RenameStmt) -> Option<(Class, Name)> {
    let kind = rename.rename_type();
    match kind {
        ObjectType::ObjectSchema => Some((Class::Schema, Name::new("", &rename.subname))),
        ObjectType::ObjectType | ObjectType::ObjectDomain => Some((Class::Type, name_of(rename.object.as_deref()?)?)),
        _ if ROUTINES.contains(&kind) => Some((Class::Routine, name_of(rename.object.as_deref()?)?)),
        _ if READ_FROM.contains(&kind) || kind == ObjectType::ObjectSequence => {
            Some((Class::Relation, Name::of(rename.relation.as_ref()?)))
        }
        _ => None,
    }
}

/// The name in a node as DROP and ALTER have them.
pub fn name_of(node: &Node) -> Option<Name> {
    match node.node.as_ref()? {
        NodeEnum::List(names) => Name::of_list(&names.items),
        NodeEnum::TypeName(name) => Name::of_list(&name.names),
        NodeEnum::ObjectWithArgs(object) => Name::of_list(&object.objname),
        NodeEnum::String(_) => Some(Name::new("", string(node)?)),
        _ => None,
    }
}

/// What a DROP of one of these kinds names.
pub fn dropped(statement: &Statement, kinds: &[ObjectType]) -> Vec<Name> {
    match statement.node() {
        Some(NodeEnum::DropStmt(drop)) if kinds.contains(&drop.remove_type()) => {
            drop.objects.iter().filter_map(name_of).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a column's definition says one of these.
pub fn has_constraint(column: &ColumnDef, kinds: &[ConstrType]) -> bool {
    column.constraints.iter().any(
        |node| matches!(&node.node, Some(NodeEnum::Constraint(constraint)) if kinds.contains(&constraint.contype())),
    )
}

/// The definitions of the columns that a statement adds to tables.
pub fn added<'s>(statement: &'s Statement) -> Vec<(Name, &'s ColumnDef)> {
    let commands = statement.node().into_iter().flat_map(|node| altering(node, AlterTableType::AtAddColumn));
    let definitions = commands.filter_map(|(table, command)| match command.def.as_ref()?.node.as_ref()? {
        NodeEnum::ColumnDef(column) => Some((table, column.as_ref())),
        _ => None,
    });
    definitions.collect()
}

/// The new type of an ALTER COLUMN TYPE, as a definition; what USING says is its default.
pub fn retyped(command: &AlterTableCmd) -> Option<&ColumnDef> {
    match command.def.as_ref()?.node.as_ref()? {
        NodeEnum::ColumnDef(column) => Some(column),
        _ => None,
    }
}

impl<'a> Script<'a> {
    /// The statements before this one.
    pub fn before(&self, statement: &Statement) -> &[Statement<'a>] {
        &self.statements[..self.place_of(statement)]
    }

    /// Those after it.
    pub fn after(&self, statement: &Statement) -> &[Statement<'a>] {
        self.statements.get(self.place_of(statement) + 1..).unwrap_or_default()
    }

    fn place_of(&self, statement: &Statement) -> usize {
        let here = std::ptr::from_ref(statement).cast::<()>();
        let same = |other: &Statement| std::ptr::from_ref(other).cast::<()>() == here;
        self.statements.iter().position(same).unwrap_or(self.statements.len())
    }

    /// Whether the script itself has made something by then.
    pub fn made_before(&self, statement: &Statement, class: Class, name: &Name) -> bool {
        makes(self.before(statement), class, name)
    }

    /// Whether the script makes something later, or brings it under the name.
    pub fn made_after(&self, statement: &Statement, class: Class, name: &Name) -> bool {
        makes(self.after(statement), class, name)
    }

    /// The relation that a statement is about; none where the script itself made it, or where there is none.
    pub fn there(&self, statement: &Statement, name: &Name) -> Option<Relation> {
        let named = |exact: bool| {
            let fits = |relation: &&Relation| {
                relation.name == name.name && (relation.schema == name.schema || (!exact && name.schema == "public"))
            };
            statement.effects.on.keys().filter(|relation| !relation.is_index()).find(fits).cloned()
        };
        match named(true).or_else(|| named(false)) {
            Some(relation) => Some(relation),
            // What ran and touched nothing is about something new, or that is not there.
            None if statement.measured => None,
            None if self.made_before(statement, Class::Relation, name) => None,
            None => {
                let (schema, name) = (name.schema.clone(), name.name.clone());
                Some(Relation { kind: RelationKind::Table, schema, name })
            }
        }
    }

    /// How the script has added a column by then, this statement included.
    pub fn added_column(&self, statement: &Statement, table: &Name, column: &str) -> Option<&ColumnDef> {
        let all = &self.statements[..(self.place_of(statement) + 1).min(self.statements.len())];
        let found = |(of, definition): &(Name, &ColumnDef)| of == table && definition.colname == column;
        all.iter().flat_map(added).find(found).map(|(_, definition)| definition)
    }

    /// A finding about rows of a relation that are lost: it names its size, and is a note only where that is none.
    pub fn losing(&self, rule: &Rule, statement: &Statement, of: &Relation, message: impl Into<String>) -> Finding {
        let empty = self.context.sizes.of(of).is_some_and(|size| size.bytes == 0);
        self.on(rule, statement, of, message).level(if empty { rule.level.max(Level::Note) } else { rule.level })
    }
}

fn makes(statements: &[Statement], class: Class, name: &Name) -> bool {
    statements.iter().filter_map(|statement| made(statement.node()?)).any(|(of, made)| of == class && made == *name)
}

impl Finding {
    /// The same, about another object.
    #[must_use]
    pub fn object(self, object: impl Into<String>) -> Self {
        Self { object: object.into(), ..self }
    }
}
