//! Rails: the versions alone, in a column whose length nobody said; beside it a table of settings of its own.

use crate::migrate::foreign::dbmate::versions;
use crate::migrate::foreign::{PLAIN, Tool};

pub(super) const TOOL: Tool = Tool {
    name: "rails",
    table: "schema_migrations",
    columns: &[("version", &["character varying"])],
    beside: &["ar_internal_metadata"],
    tell: |table, is_there| {
        is_there("ar_internal_metadata") || table.columns.get("version").is_some_and(|of| !of.contains('('))
    },
    read: versions,
    ..PLAIN
};
