//! Finds the tables of other tools, and says which one is meant.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::db::row::document;
use crate::migrate::foreign::error::ForeignError;
use crate::migrate::foreign::table::Table;
use crate::migrate::foreign::{TOOLS, Tool};

/// The history of a tool.
#[derive(Clone)]
pub struct History {
    pub tool: &'static Tool,
    pub table: Table,
    /// Those that the tool keeps beside it, where they are there.
    pub(super) beside: Vec<Table>,
}

impl History {
    /// `flyway in public.flyway_schema_history`.
    pub fn describe(&self) -> String {
        format!("{} in {}", self.tool.name, self.table.sql)
    }
}

/// All tables that are called as a history is, or that are named.
pub(super) fn tables(connection: &mut Connection, named: Option<&str>) -> Result<Vec<Table>, DbError> {
    let usual = TOOLS.iter().flat_map(|tool| [vec![tool.table.to_owned()], tool.beside(tool.table)].concat());
    let usual: Vec<String> = usual.collect();
    let beside: Vec<&str> = TOOLS.iter().flat_map(|tool| tool.beside).copied().collect();
    let sql = connection.narrowed(include_str!("find.sql"));
    let named = named.map(|named| connection.named(named));
    let rows = connection.query_with(&sql, &[&usual, &named, &beside])?;
    rows.iter().map(document).collect()
}

/// The histories that stand where their tools make them.
pub(super) fn usual(tables: &[Table]) -> Vec<History> {
    let of = |table: &Table| {
        let fits = |tool: &&Tool| tool.table == table.name && tool.fits(table, &neighbour(tables, table));
        TOOLS.iter().find(fits).map(|tool| history(tool, table, tables))
    };
    tables.iter().filter_map(of).collect()
}

/// The one history that is meant.
pub(super) fn choose(
    tables: &[Table],
    tool: Option<&'static Tool>,
    named: Option<&str>,
) -> Result<History, ForeignError> {
    if let Some(named) = named {
        let Some(table) = tables.iter().find(|table| table.asked) else {
            return Err(ForeignError::NoTable { table: named.to_owned() });
        };
        return match tool {
            Some(tool) => of_tool(tool, table, tables),
            None => {
                let mut fit = TOOLS.iter().filter(|tool| tool.fits(table, &neighbour(tables, table)));
                let tool = fit.next().ok_or_else(|| ForeignError::Unknown { table: table.sql.clone() })?;
                Ok(history(tool, table, tables))
            }
        };
    }
    let found = match tool {
        Some(tool) => {
            let there: Vec<&Table> = tables.iter().filter(|table| table.name == tool.table).collect();
            if let [one] = there.as_slice() {
                return of_tool(tool, one, tables);
            }
            let fitting = there.into_iter().filter(|table| tool.lacks(table).is_none());
            fitting.map(|table| history(tool, table, tables)).collect()
        }
        None => usual(tables),
    };
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(ForeignError::none(tool)),
        several => Err(ForeignError::Several { found: several.iter().map(History::describe).collect() }),
    }
}

fn of_tool(tool: &'static Tool, table: &Table, tables: &[Table]) -> Result<History, ForeignError> {
    match tool.lacks(table) {
        Some(column) => Err(ForeignError::NotOfTool { table: table.sql.clone(), tool: tool.name, column }),
        None => Ok(history(tool, table, tables)),
    }
}

fn history(tool: &'static Tool, table: &Table, tables: &[Table]) -> History {
    let names = tool.beside(&table.name);
    let is_beside = |other: &&Table| other.schema == table.schema && names.contains(&other.name);
    History { tool, table: table.clone(), beside: tables.iter().filter(is_beside).cloned().collect() }
}

/// Whether there is a table of this name in the same schema.
fn neighbour<'a>(tables: &'a [Table], table: &'a Table) -> impl Fn(&str) -> bool + 'a {
    |name: &str| tables.iter().any(|other| other.schema == table.schema && other.name == name)
}
