//! What `plan` leaves behind: the files, and what is printed of them.

use jiff::Timestamp;

use crate::command::error::CommandError;
use crate::command::plan::pair::Pair;
use crate::command::plan::{Args, Format};
use crate::command::side::Opener;
use crate::command::{out, write};
use crate::report::{Report, json, text};

/// Writes the files, and prints what was asked for.
pub(super) fn give(args: &Args, opener: &Opener, pair: &Pair, report: &mut Report) -> Result<(), CommandError> {
    let document = json::render(report);
    let written = write_files(args, opener, pair, &document, report.up.is_empty())?;
    report.written = written;
    match args.format {
        Format::Json => out::text(&document),
        // Whoever pipes the SQL on still wants to know what is in it.
        Format::Text if args.stdout => {
            out::remark(text::render(report, text::width()).trim_end());
            if report.up.is_empty() { Ok(()) } else { out::text(&pair.up()) }
        }
        Format::Text => out::text(&text::render(report, text::width())),
    }
}

fn write_files(
    args: &Args,
    opener: &Opener,
    pair: &Pair,
    document: &str,
    empty: bool,
) -> Result<Option<String>, CommandError> {
    if args.stdout || empty {
        return Ok(None);
    }
    let folder = args.out.clone().unwrap_or_else(|| {
        let now = Timestamp::now().strftime("%Y%m%d%H%M%S");
        opener.config.migrations().join(format!("{now}_{}", pair.slug))
    });
    write::together(&folder, &[("up.sql", &pair.up()), ("down.sql", &pair.down()), ("plan.json", document)])?;
    Ok(Some(format!("{}/{{up.sql,down.sql,plan.json}}", folder.display())))
}
