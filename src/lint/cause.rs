//! Which subcommand of an ALTER TABLE is to blame for what the statement as a whole was seen to do.
//!
//! Postgres says that a table was written anew, or read, not what for. The text of each subcommand says whether it does
//! that surely, perhaps or never: of those that may, the surest are to blame.

use std::ops::Range;

use pg_query::NodeEnum;
use pg_query::protobuf::{AlterTableCmd, AlterTableType, ColumnDef, ConstrType, Constraint};

use crate::base::name::Ident;
use crate::lint::Finding;
use crate::lint::finding::Fix;
use crate::lint::guess::work::{Sure, Why, Work};
use crate::lint::rule::Rule;
use crate::lint::script::{Script, Statement};
use crate::lint::tree::{Name, alters};
use crate::observe::effect::{Effect, Scan};
use crate::observe::relation::{Relation, RelationKind};
use crate::sql::lex::{Kind, Lexer};

/// One subcommand, and the tables that others have to wait for because of it.
pub struct Cause<'s> {
    /// The table that the statement names.
    pub table: Name,
    pub command: &'s AlterTableCmd,
    /// Of the subcommands, from 0.
    pub index: usize,
    /// At least one: the table, or its partitions, and the other one of a foreign key.
    pub on: Vec<(&'s Relation, &'s Effect)>,
}

/// The subcommands that have rows written anew for one of these reasons.
pub fn rewriting<'s>(statement: &'s Statement, why: &[Why]) -> Vec<Cause<'s>> {
    let blamed = blamed(statement, |work| work.rewrites, |effect| effect.rewritten);
    let fits = |cause: &Cause| statement.works.get(cause.index).and_then(|work| work.why);
    blamed.into_iter().filter(|cause| fits(cause).is_some_and(|reason| why.contains(&reason))).collect()
}

/// The subcommands that have rows read for NOT NULL, CHECK or the bounds of a partition.
pub fn checking<'s>(statement: &'s Statement) -> Vec<Cause<'s>> {
    blamed(statement, |work| work.checks, |effect| read_for(effect, |scan| *scan == Scan::Constraints))
}

/// Those that have rows read for a foreign key.
pub fn referring<'s>(statement: &'s Statement) -> Vec<Cause<'s>> {
    let sure = |work: &Work| if work.foreign_keys.is_empty() { Sure::No } else { Sure::Yes };
    blamed(statement, sure, |effect| read_for(effect, |scan| matches!(scan, Scan::ForeignKey(_))))
}

/// Those that build an index.
pub fn building<'s>(statement: &'s Statement) -> Vec<Cause<'s>> {
    let sure = |work: &Work| if work.builds.is_empty() { Sure::No } else { Sure::Yes };
    blamed(statement, sure, |effect| read_for(effect, |scan| matches!(scan, Scan::Index(_))))
}

/// Whether rows are read for this, and not in passing because they are written anew.
fn read_for(effect: &Effect, scan: impl Fn(&Scan) -> bool) -> bool {
    !effect.rewritten && effect.scans.iter().any(scan)
}

fn blamed<'s>(
    statement: &'s Statement,
    sure: impl Fn(&Work) -> Sure,
    done: impl Fn(&Effect) -> bool,
) -> Vec<Cause<'s>> {
    let on: Vec<(&Relation, &Effect)> = statement.blocks_long().filter(|(_, effect)| done(effect)).collect();
    let most = statement.works.iter().map(&sure).max().unwrap_or_default();
    let Some(node) = statement.node().filter(|_| most > Sure::No && !on.is_empty()) else { return Vec::new() };
    let commands = alters(node).zip(&statement.works).enumerate();
    let surest = commands.filter(|(_, (_, work))| sure(work) == most);
    let cause = |(index, ((statement, command), _)): (usize, ((&'s _, &'s AlterTableCmd), _))| {
        let statement: &pg_query::protobuf::AlterTableStmt = statement;
        Some(Cause { table: Name::of(statement.relation.as_ref()?), command, index, on: on.clone() })
    };
    surest.filter_map(cause).collect()
}

impl Cause<'_> {
    /// A finding about what hangs on the table, by name, or about the table: it stands at the subcommand, and weighs as
    /// much as the largest of the tables is large.
    pub fn finding(
        &self,
        (script, statement): (&Script, &Statement),
        rule: &Rule,
        part: &str,
        message: impl Into<String>,
    ) -> Finding {
        let bytes = |relation: &Relation| script.context.sizes.of(relation).map_or(0, |size| size.bytes);
        let own = |relation: &Relation| self.table.is(relation);
        let worst = self.on.iter().map(|(relation, _)| *relation).max_by_key(|one| (bytes(one), own(one)));
        let finding = match worst {
            Some(relation) => script.on(rule, statement, relation, message),
            None => statement.finding(rule, "", message),
        };
        let object = match part {
            "" => self.table.to_string(),
            part => format!("{}.{}", self.table, Ident::new(part)),
        };
        statement.at(Finding { object, ..finding }, piece(statement, self.index))
    }

    /// The column that is added.
    pub fn column(&self) -> Option<&ColumnDef> {
        match self.command.def.as_deref()?.node.as_ref()? {
            NodeEnum::ColumnDef(column) => Some(column),
            _ => None,
        }
    }

    /// The name of the column that it is about.
    pub fn column_name(&self) -> &str {
        match self.column() {
            Some(column) if !column.colname.is_empty() => &column.colname,
            _ => &self.command.name,
        }
    }

    /// What is added of one sort, by itself or with a column.
    pub fn constraint(&self, of: ConstrType) -> Option<&Constraint> {
        let node = self.command.def.as_deref()?.node.as_ref()?;
        let constraint = |node: &'_ NodeEnum| matches!(node, NodeEnum::Constraint(one) if one.contype() == of);
        let nodes = match node {
            NodeEnum::ColumnDef(column) => {
                column.constraints.iter().filter_map(|node| node.node.as_ref()).find(|node| constraint(node))
            }
            other => Some(other).filter(|node| constraint(node)),
        };
        match nodes? {
            NodeEnum::Constraint(constraint) => Some(constraint),
            _ => None,
        }
    }

    /// The tables, as a person lists them.
    pub fn tables(&self) -> String {
        match self.on.as_slice() {
            [(one, _)] => one.to_string(),
            [(one, _), (other, _)] => format!("{one} and {other}"),
            _ => format!("{} and its partitions", self.table),
        }
    }
}

/// With the fix that splits adding a constraint from validating it: of one that has a name, in a statement that does
/// nothing else and is in no transaction, and not on a partitioned table, which some versions refuse.
pub fn not_valid(statement: &Statement, cause: &Cause, constraint: &Constraint, finding: Finding) -> Finding {
    let parts = statement.effects.on.keys().any(|relation| relation.kind == RelationKind::PartitionedTable);
    let alone = statement.works.len() == 1 && cause.command.subtype() == AlterTableType::AtAddConstraint;
    if statement.transaction.is_some() || !alone || parts || constraint.conname.is_empty() {
        return finding;
    }
    let Some(piece) = piece(statement, cause.index) else { return finding };
    let head = statement.sql[..piece.start].trim_end();
    let text = format!(" NOT VALID;\n{head} VALIDATE CONSTRAINT {}", Ident::new(&constraint.conname));
    let bytes = statement.in_file(piece.end..piece.end);
    Finding { fix: bytes.map(|bytes| Fix { bytes, text }).into_iter().collect(), ..finding }
}

/// The bytes of one subcommand in the text of its ALTER TABLE.
pub fn piece(statement: &Statement, index: usize) -> Option<Range<usize>> {
    let NodeEnum::AlterTableStmt(alter) = statement.node()? else { return None };
    let sql = statement.sql;
    let mut start = behind_name(sql, statement.offset(alter.relation.as_ref()?.location)?)?;
    let (mut depth, mut seen, mut end) = (0_usize, 0, start);
    for token in Lexer::starting(sql, start).filter(|token| token.kind != Kind::Comment) {
        if token.is_symbol(sql, b'(') || token.is_symbol(sql, b'[') {
            depth += 1;
        } else if token.is_symbol(sql, b')') || token.is_symbol(sql, b']') {
            depth = depth.saturating_sub(1);
        } else if token.is_symbol(sql, b',') && depth == 0 {
            if seen == index {
                break;
            }
            seen += 1;
            start = token.at.end;
            continue;
        }
        // White space and comments before the first word are no part of it.
        if start >= end {
            start = token.at.start;
        }
        end = token.at.end;
    }
    (seen == index && start < end).then_some(start..end)
}

/// Behind the name that begins here, and the star that may follow it.
fn behind_name(sql: &str, from: usize) -> Option<usize> {
    let mut end = None;
    let mut name = true;
    for token in Lexer::starting(sql, from).filter(|token| token.kind != Kind::Comment) {
        let word = matches!(token.kind, Kind::Word | Kind::Quoted);
        if token.is_symbol(sql, b'.') {
            name = true;
        } else if word && name {
            name = false;
        } else if !token.is_symbol(sql, b'*') {
            break;
        }
        end = Some(token.at.end);
    }
    end
}
