//! What `plan` leaves behind: the files, and what is printed of them.

use jiff::Timestamp;

use crate::command::error::CommandError;
use crate::command::plan::{Args, Format};
use crate::command::side::Opener;
use crate::command::{format, out, write};
use crate::report::findings::Findings;
use crate::report::{Report, html, json, markdown, text};

/// Writes the files, and prints what was asked for.
pub(super) fn give(args: &Args, opener: &Opener, report: &mut Report) -> Result<(), CommandError> {
    let document = json::render(report);
    report.written = write_files(args, opener, report, &document)?;
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

fn write_files(args: &Args, opener: &Opener, report: &Report, document: &str) -> Result<Option<String>, CommandError> {
    if args.stdout || report.up.is_empty() {
        return Ok(None);
    }
    let folder = args.out.clone().unwrap_or_else(|| {
        let now = Timestamp::now().strftime("%Y%m%d%H%M%S");
        opener.config.migrations().join(format!("{now}_{}", report.slug))
    });
    let files = [("up.sql", report.up_sql), ("down.sql", report.down_sql), ("plan.json", document)];
    write::together(&folder, &files)?;
    Ok(Some(format!("{}/{{up.sql,down.sql,plan.json}}", folder.display())))
}
