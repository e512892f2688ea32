//! A table, ordinary or partitioned, and everything that lives inside one (each a fact of its own, in `table/`).
//!
//! Postgres cannot turn an ordinary table into a partitioned one, nor change a partition key or the type of a typed
//! table: those are replacements, and say that the rows are lost. Columns are created within CREATE TABLE; defaults,
//! identities and parents with them unless order forbids.

pub mod clustered;
pub mod column;
pub mod constraint;
pub mod default;
pub mod identity;
pub mod index;
pub mod index_attachment;
pub mod inheritance;
pub mod lineage;
pub mod partition;
pub mod replica_identity;

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::facts::Facts;
use crate::kind::key::{Child, Scoped};
use crate::kind::rename::rename_and_move;
use crate::kind::sequence::position::{go_on, keep};
use crate::kind::statement::{Alter, Hazard, Statement, one};
use crate::kind::table::column::Column;
use crate::kind::table::constraint::reference;
use crate::kind::{Body, Key, Kind, Site, Slot, options};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Table {
    pub unlogged: bool,
    /// `RANGE (at)`; none for an ordinary table.
    pub partition_by: Option<String>,
    /// The columns that the partition key reads: Postgres does not change their types.
    pub partition_columns: Option<Vec<Ident>>,
    /// The composite type of a typed table.
    pub of_type: Option<String>,
    /// None for `heap`.
    pub access_method: Option<String>,
    pub tablespace: Option<Ident>,
    /// `fillfactor=70`, `toast.autovacuum_enabled=false`.
    pub options: Vec<String>,
    pub row_security: bool,
    pub force_row_security: bool,
    /// Whether it is a partition of another table now.
    pub partition: bool,
}

impl Kind for Table {
    const LABEL: &'static str = "table";
    const QUERY: &'static str = include_str!("table.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut statements = one(self.create_table(at));
        let table = at.sql();
        if self.row_security {
            statements.push(Statement::new(format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")));
        }
        if self.force_row_security {
            statements.push(Statement::new(format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY")));
        }
        for (key, column) in columns(at.here, at.key) {
            if at.absorbed.contains(key) {
                statements.extend(column.settings(&at.of(key)));
            }
        }
        if matches!(at.there.get(at.key), Some(Body::Table(Self { partition_by: Some(_), .. }))) {
            statements
                .extend(identities(at).filter(|key| at.absorbed.contains(key)).filter_map(|key| go_on(at, key.on()?)));
        }
        statements
    }

    /// The rows of a partitioned table stay in its partitions, and its identities go on behind them.
    fn drop(&self, at: &Site) -> Vec<Statement> {
        let partitioned = self.partition_by.is_some();
        let kept = identities(at).filter(|_| partitioned).filter_map(|key| keep(at, key, key.on()?));
        kept.chain(one(format!("DROP TABLE {}", at.sql()))).collect()
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self {
            unlogged,
            partition_by,
            partition_columns: _,
            of_type,
            access_method,
            tablespace,
            options: to_options,
            row_security,
            force_row_security,
            partition: _,
        } = to;
        if *partition_by != self.partition_by {
            return Alter::replace("a table's partition key cannot be changed");
        }
        if let Some(why) = self.key_moves(at, None) {
            return Alter::replace(why);
        }
        let table = at.sql();
        let mut clauses = Vec::new();
        if *of_type != self.of_type {
            clauses.push(match of_type {
                Some(of_type) => format!("OF {of_type}"),
                None => "NOT OF".to_owned(),
            });
        }
        if *unlogged != self.unlogged {
            clauses.push(format!("SET {}", if *unlogged { "UNLOGGED" } else { "LOGGED" }));
        }
        if *access_method != self.access_method {
            clauses.push(format!("SET ACCESS METHOD {}", access_method.as_deref().unwrap_or("heap")));
        }
        if *tablespace != self.tablespace {
            let name = tablespace.clone().unwrap_or_else(|| Ident::new("pg_default"));
            clauses.push(format!("SET TABLESPACE {name}"));
        }
        clauses.extend(options::changes(&self.options, to_options));
        if *row_security != self.row_security {
            clauses.push(format!("{} ROW LEVEL SECURITY", if *row_security { "ENABLE" } else { "DISABLE" }));
        }
        if *force_row_security != self.force_row_security {
            clauses.push(format!("{}FORCE ROW LEVEL SECURITY", if *force_row_security { "" } else { "NO " }));
        }
        Alter::in_place(
            clauses
                .into_iter()
                .map(|clause| {
                    let rewrites = ["SET LOGGED", "SET UNLOGGED", "SET ACCESS METHOD", "SET TABLESPACE"];
                    let statement = Statement::new(format!("ALTER TABLE {table} {clause}"));
                    if rewrites.iter().any(|rewrite| clause.starts_with(rewrite)) {
                        statement.hazard(Hazard::Rewrites(format!("{clause} writes the whole table again")))
                    } else {
                        statement
                    }
                })
                .collect(),
        )
    }

    /// A logged table may not refer to an unlogged one, so a chain of them changes from its end.
    fn follows(&self, at: &Site) -> Vec<Key> {
        match at.there.get(at.key) {
            Some(Body::Table(before)) if before.unlogged && !self.unlogged => reference::referenced(at.here, at.key),
            Some(Body::Table(before)) if !before.unlogged && self.unlogged => reference::referring(at.here, at.key),
            _ => Vec::new(),
        }
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        Slot::of_relation(at.key)
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TABLE", at.key, to)
    }

    fn loses(&self, at: &Site) -> Option<String> {
        // Those of a partitioned table are in its partitions.
        self.partition_by.is_none().then(|| format!("the rows of {}", at.sql()))
    }
}

/// Whether a table of the live state cannot become the desired one by ALTER.
pub fn is_remade(at: &Site, table: &Key) -> bool {
    match (at.here.get(table), at.there.get(table)) {
        (Some(Body::Table(from)), Some(Body::Table(to))) => matches!(from.alter(to, &at.of(table)), Alter::Replace(_)),
        _ => false,
    }
}

impl Table {
    /// Why a change of a column that the partition key reads, of this one or of any, makes the table another one.
    fn key_moves(&self, at: &Site, only: Option<&str>) -> Option<String> {
        let columns = self.partition_columns.iter().flatten();
        columns.filter(|name| only.is_none_or(|only| only == name.as_str())).find_map(|name| {
            let key = Key::Column(Child::new(at.key.clone(), name.as_str()));
            let (Some(Body::Column(from)), to) = (at.here.get(&key), at.there.get(&key)) else { return None };
            let same = matches!(to, Some(Body::Column(to)) if to.type_name == from.type_name && to.collation == from.collation);
            (!same).then(|| format!("column {name} is part of the partition key, and cannot be dropped or change its type"))
        })
    }

    fn create_table(&self, at: &Site) -> String {
        let mut elements: Vec<String> = Vec::new();
        for (key, column) in columns(at.here, at.key) {
            if at.absorbed.contains(key) && column.written_in(at) {
                elements.extend(Kind::clause(column, &at.of(key)));
            }
        }
        for (key, body) in at.here.standing_on(at.key) {
            if at.absorbed.contains(key) && !matches!(key, Key::Column(_) | Key::Inheritance(_)) {
                elements.extend(body.clause(&at.of(key)));
            }
        }
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let mut sql = format!("CREATE {unlogged}TABLE {}", at.sql());
        if let Some(of_type) = &self.of_type {
            sql.push_str(&format!(" OF {of_type}"));
        }
        if !elements.is_empty() || self.of_type.is_none() {
            let body = elements.iter().map(|e| format!("\n    {e}")).collect::<Vec<_>>().join(",");
            sql.push_str(&if elements.is_empty() { " ()".to_owned() } else { format!(" ({body}\n)") });
        }
        let parents = inheritance::parents(at);
        if !parents.is_empty() {
            sql.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
        }
        if let Some(key) = &self.partition_by {
            sql.push_str(&format!("\nPARTITION BY {key}"));
        }
        if let Some(method) = &self.access_method {
            sql.push_str(&format!("\nUSING {}", Ident::new(method)));
        }
        if !self.options.is_empty() {
            sql.push_str(&format!("\nWITH ({})", options::list(&self.options)));
        }
        if let Some(tablespace) = &self.tablespace {
            sql.push_str(&format!("\nTABLESPACE {tablespace}"));
        }
        sql
    }
}

/// The columns of a relation in their order.
pub fn columns<'a>(facts: &'a Facts, relation: &'a Key) -> Vec<(&'a Key, &'a Column)> {
    let mut columns: Vec<_> = facts
        .standing_on(relation)
        .filter_map(|(key, body)| match body {
            Body::Column(column) => Some((key, column)),
            _ => None,
        })
        .collect();
    columns.sort_by_key(|(_, column)| column.position.0);
    columns
}

/// The identities of a table's columns.
fn identities<'a>(at: &Site<'a>) -> impl Iterator<Item = &'a Key> {
    let of_columns = at.here.standing_on(at.key).flat_map(|(column, _)| at.here.standing_on(column));
    of_columns.map(|(key, _)| key).filter(|key| matches!(key, Key::Identity(_)))
}

/// The key of the table with this name.
pub fn table_key(schema: &str, name: &str) -> Key {
    Key::Table(Scoped::new(schema, name))
}
