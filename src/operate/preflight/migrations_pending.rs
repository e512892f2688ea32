//! How many migrations are due.

use crate::base::wording::{counted, listed};
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "migrations-pending",
    title: "no migration is due",
    why: "The database is behind the files; a program that was written against them may not find what it needs.",
    mend: "`pgplumb apply` runs what is due.",
    stops: false,
    look: Look::Here(look),
};

fn look(asked: &Asked) -> Seen {
    match &asked.migrations {
        None => Seen::Unseen("the books could not be read".to_owned()),
        Some(migrations) if migrations.pending.is_empty() => Seen::Fine("none is".to_owned()),
        Some(migrations) => {
            let count = counted(migrations.pending.len(), "migration");
            let verb = if migrations.pending.len() == 1 { "is" } else { "are" };
            Seen::one(Level::Note, format!("{count} {verb} due: {}", listed(&migrations.pending)))
        }
    }
}
