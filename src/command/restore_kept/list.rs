//! What is kept, and what became of what was.

use serde::Serialize;

use crate::command::error::CommandError;
use crate::command::format::TextOrJson;
use crate::migrate::kept::entry::{Entry, Sort};

/// Version 1, described by `docs/schema/kept.v1.json`.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: &'static str,
    database: &'a str,
    kept: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    id: i64,
    migration: &'a str,
    run: i64,
    sort: Sort,
    schema: &'a str,
    name: &'a str,
    column: Option<&'a str>,
    key: &'a [String],
    rows: i64,
    checksum: Option<&'a str>,
    last_value: Option<i64>,
    bytes: Option<i64>,
    by_apply: bool,
    kept_at: &'a str,
    kept_by: &'a str,
    kept_from: Option<&'a str>,
    tool_version: &'a str,
    outcome: Option<&'a str>,
    settled_at: Option<&'a str>,
}

pub(super) fn rendered(format: TextOrJson, database: &str, all: &[Entry]) -> Result<String, CommandError> {
    match format {
        TextOrJson::Text if all.is_empty() => Ok("nothing is kept\n".to_owned()),
        TextOrJson::Text => Ok(all.iter().map(line).collect()),
        TextOrJson::Json => {
            let (version, tool) = (1, env!("CARGO_PKG_VERSION"));
            let document = Document { version, tool, database, kept: all.iter().map(one).collect() };
            Ok(serde_json::to_string_pretty(&document)? + "\n")
        }
    }
}

fn one(entry: &Entry) -> One<'_> {
    One {
        id: entry.id,
        migration: &entry.migration,
        run: entry.run,
        sort: entry.sort,
        schema: &entry.schema_name,
        name: &entry.name,
        column: entry.column_name.as_deref(),
        key: &entry.key,
        rows: entry.rows,
        checksum: entry.checksum.as_deref(),
        last_value: entry.last_value,
        bytes: entry.bytes,
        by_apply: entry.by_apply,
        kept_at: &entry.kept_at,
        kept_by: &entry.kept_by,
        kept_from: entry.kept_from.as_deref(),
        tool_version: &entry.tool_version,
        outcome: entry.outcome.as_deref(),
        settled_at: entry.settled_at.as_deref(),
    }
}

/// `20261121150000_orders  table orders: 3 rows, 16 kB  kept 2026-11-22T04:00:00Z by deploy`.
pub(super) fn line(entry: &Entry) -> String {
    let Entry { migration, kept_at, kept_by, by_apply, .. } = entry;
    let state = match &entry.outcome {
        Some(outcome) => format!("  {outcome}"),
        None if !by_apply => "  not put back by `apply`: something else took its name".to_owned(),
        None => String::new(),
    };
    format!("{migration}  {}: {}  kept {kept_at} by {kept_by}{state}\n", entry.what(), entry.measure())
}
