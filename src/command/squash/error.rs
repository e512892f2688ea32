//! Why migrations are not squashed.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::counted;

#[derive(Debug, Error, Diagnostic)]
pub enum SquashError {
    #[error("there is nothing to squash: {} up to there", counted(*count, "migration"))]
    #[diagnostic(code(squash::nothing), help("it takes two or more; `--to ID` names the last of them"))]
    Nothing { count: usize },

    #[error("there is no migration `{id}`")]
    #[diagnostic(
        code(squash::no_migration),
        help("name it by its folder, its time, or its name where that is the only one")
    )]
    NoMigration { id: String },

    #[error("{} more than a schema, which one pair would not do again:\n  {}", does(*count), steps.join("\n  "))]
    #[diagnostic(
        code(squash::data),
        help(
            "`--to ID` squashes only what lies before; `--drop-data-steps` leaves these out, so that a new database goes without them"
        )
    )]
    Data { count: usize, steps: Vec<String> },

    #[error("the migrations make what pgplumb does not manage, and one pair would not make it again: {}", reasons.join(", "))]
    #[diagnostic(code(squash::lost), help("`--to ID` squashes only what lies before"))]
    Lost { reasons: Vec<String> },

    #[error("`{id}` does not run: {why}")]
    #[diagnostic(code(squash::fails), help("nothing was changed; `pgplumb check` shows where it fails"))]
    Fails { id: String, why: String },

    #[error("the one pair that would take their place does not lead where they do: {why}")]
    #[diagnostic(
        code(squash::differs),
        help("nothing was changed; this is a fault of pgplumb: please report it with what is named")
    )]
    Differs { why: String },
}

fn does(count: usize) -> String {
    format!("{} do{}", counted(count, "step"), if count == 1 { "es" } else { "" })
}
