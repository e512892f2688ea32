//! What `baseline` has to do with the histories of other tools.

use crate::base::wording::{counted, listed};
use crate::command::baseline::Args;
use crate::command::error::CommandError;
use crate::command::out;
use crate::config::Config;
use crate::migrate::folder::Migration;
use crate::migrate::foreign::{Taken, Tool, Wish};
use crate::migrate::session::Session;

/// How many names a note lists.
const LISTED: usize = 5;

/// Takes over the history that is meant. Returns what is new on record, and what to say of it.
pub(super) fn take(
    args: &Args,
    from: &str,
    session: &mut Session,
    files: &[Migration],
    config: &Config,
) -> Result<(Vec<String>, String), CommandError> {
    let folder = args.files.clone().unwrap_or_else(|| config.migrations());
    let wish = Wish {
        tool: Tool::named(from),
        table: args.history_table.as_deref(),
        folder: &folder,
        named: args.files.is_some(),
    };
    let Taken { tool, table, ids, known, textless, left } = session.take_over(files, &wish)?;
    let before = if known > 0 { format!(", {known} were before") } else { String::new() };
    let end = format!("{} of {tool} from {table} came on record{before}\n", counted(ids.len(), "migration"));
    if !textless.is_empty() {
        note(&format!(
            "of {} no file is here, so that their texts are not on record: {}",
            some(&textless),
            rest(&textless)
        ));
    }
    if !left.is_empty() {
        let what =
            "not applied, as the history says; have the other tool apply them, or write them as migrations of pgplumb";
        note(&format!("{} {what}: {}", are(&left), rest(&left)));
    }
    Ok((ids, end))
}

/// Says which histories could be taken over.
pub(super) fn mention(session: &mut Session) -> Result<(), CommandError> {
    for history in session.histories()? {
        let (tool, table) = (history.tool.name, &history.table.sql);
        note(&format!("the history of {tool} is in {table}: `pgplumb baseline --from {tool}` takes it over"));
    }
    Ok(())
}

fn note(text: &str) {
    out::remark(&format!("note: {text}"));
}

fn some(names: &[String]) -> String {
    counted(names.len(), "migration")
}

fn are(names: &[String]) -> String {
    format!("{} {}", counted(names.len(), "file"), if names.len() == 1 { "is" } else { "are" })
}

/// The first of them, and how many more.
fn rest(names: &[String]) -> String {
    match names.get(..LISTED).filter(|first| first.len() < names.len()) {
        Some(first) => format!(
            "{} and {} more",
            first.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
            names.len() - LISTED
        ),
        None => listed(names),
    }
}
