//! Why the history of another tool is not taken over. No variant holds anything of a row but the name of a migration.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::{counted, listed};
use crate::migrate::foreign::{TOOLS, Tool};

#[derive(Debug, Error, Diagnostic)]
pub enum ForeignError {
    #[error("there is no history of {whose} in this database")]
    #[diagnostic(
        code(foreign::none),
        help("looked for {}; one that is called otherwise is named by `--history-table SCHEMA.NAME`", listed(looked))
    )]
    None { whose: String, looked: Vec<&'static str> },

    #[error("there are {} of other tools in this database: {}", counted(found.len(), "history"), found.join(", "))]
    #[diagnostic(
        code(foreign::several),
        help(
            "say which one it is, `--from TOOL`, and where one tool has several, `--history-table SCHEMA.NAME`; one after the other is fine"
        )
    )]
    Several { found: Vec<String> },

    #[error("there is no table `{table}`")]
    #[diagnostic(code(foreign::no_table), help("write it as SQL would: `schema.name`, quoted where it needs quotes"))]
    NoTable { table: String },

    #[error("`{table}` is not the history of a tool that is known")]
    #[diagnostic(
        code(foreign::unknown),
        help("known are {}; where it is one of these in another form, say which: `--from TOOL`", listed(&names()))
    )]
    Unknown { table: String },

    #[error("`{table}` is not a history of {tool}: it has no column `{column}` of the type that it has there")]
    #[diagnostic(code(foreign::not_of_tool), help("`--from auto` finds out whose it is"))]
    NotOfTool { table: String, tool: &'static str, column: &'static str },

    #[error("`{table}` says of no migration that it was applied")]
    #[diagnostic(
        code(foreign::empty),
        help("there is nothing to take over; without `--from`, `pgplumb baseline` needs no history")
    )]
    Empty { table: String },

    #[error("not all is well with the history in `{table}`: {}", what.join(", "))]
    #[diagnostic(
        code(foreign::unfinished),
        help("nothing was written; finish what {tool} began, or have {tool} correct its history, and run this again")
    )]
    Unfinished { table: String, tool: &'static str, what: Vec<String> },

    #[error("{} what {tool} applied: {}", if paths.len() == 1 { "a file is not" } else { "files are not" }, listed(paths))]
    #[diagnostic(
        code(foreign::differs),
        help(
            "nothing was written; put back the text that was applied, or take the file away: what has none is taken over without its text"
        )
    )]
    Differs { tool: &'static str, paths: Vec<String> },
}

fn names() -> Vec<&'static str> {
    TOOLS.iter().map(|tool| tool.name).collect()
}

impl ForeignError {
    /// There is no history, of this tool or of any.
    pub(super) fn none(tool: Option<&Tool>) -> Self {
        let mut looked: Vec<&str> = match tool {
            Some(tool) => vec![tool.table],
            None => TOOLS.iter().map(|tool| tool.table).collect(),
        };
        looked.sort_unstable();
        looked.dedup();
        Self::None { whose: tool.map_or("another tool", |tool| tool.name).to_owned(), looked }
    }

    /// Whether it is about the state of the database or of the files, and not about a failure.
    pub fn is_difference(&self) -> bool {
        matches!(self, Self::Unfinished { .. } | Self::Differs { .. })
    }
}
