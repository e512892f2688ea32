//! What `plan` leaves behind: the files, and what is printed of them.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::command::error::CommandError;
use crate::command::plan::args::{Args, Format};
use crate::command::side::Opener;
use crate::command::{format, out, write};
use crate::report::findings::Findings;
use crate::report::{Report, html, json, markdown, text};

/// Writes the files, and prints what was asked for.
pub(super) fn give(args: &Args, report: &mut Report, folder: &Path) -> Result<(), CommandError> {
    let document = json::render(report);
    report.written = write_files(args, report, &document, folder)?;
    format::write_all(&args.report, |format| rendered(format, report, &document))?;
    // Whoever pipes the SQL on still wants to know what is in it.
    if args.format == Format::Text && args.stdout {
        out::remark(text::render(report, text::width()).trim_end());
        return if report.up.is_empty() { Ok(()) } else { out::text(report.up_sql) };
    }
    out::text(&rendered(args.format, report, &document))
}

fn rendered(format: Format, report: &Report, document: &str) -> String {
    let findings = |format: format::Format| format.render(&Findings::of_plan(report));
    match format {
        Format::Text => text::render(report, text::width()),
        Format::Json => document.to_owned(),
        Format::Markdown => markdown::render(report),
        Format::Html => html::render(report),
        Format::Sarif => findings(format::Format::Sarif),
        Format::Github => findings(format::Format::Github),
        Format::Gitlab => findings(format::Format::Gitlab),
        Format::Junit => findings(format::Format::Junit),
    }
}

/// The migration that is held back: its files, and what is printed of it beside the first. What is printed for programs
/// is the first alone.
pub(super) fn give_held(args: &Args, report: &mut Report, folder: &Path) -> Result<(), CommandError> {
    report.written = write_files(args, report, &json::render(report), folder)?;
    if args.format != Format::Text {
        return Ok(());
    }
    let text = text::render(report, text::width());
    if args.stdout {
        out::remark(text.trim_end());
        return out::text(&format!("\n{}", report.up_sql));
    }
    out::text(&format!("\n{text}"))
}

fn write_files(args: &Args, report: &Report, document: &str, folder: &Path) -> Result<Option<String>, CommandError> {
    if args.stdout || report.up.is_empty() {
        return Ok(None);
    }
    let files = [("up.sql", report.up_sql), ("down.sql", report.down_sql), ("plan.json", document)];
    let into = args.into.as_ref().zip(folder.file_name()).map(|(into, name)| into.join(name));
    write::together(into.as_deref().unwrap_or(folder), &files)?;
    Ok(Some(format!("{}/{{up.sql,down.sql,plan.json}}", folder.display())))
}

/// Where the files of a migration go that is called this and was made then.
pub(super) fn folder(args: &Args, opener: &Opener, slug: &str, now: Timestamp) -> PathBuf {
    let named = || opener.config.migrations().join(format!("{}_{slug}", now.strftime("%Y%m%d%H%M%S")));
    args.out.clone().unwrap_or_else(named)
}
