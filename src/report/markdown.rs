//! The plan as a comment on a pull request.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::base::wording::counted;
use crate::grade::Grade;
use crate::report::Report;
use crate::report::findings::{Findings, markdown};
use crate::report::mark_up::{MARKER, block, code, plain};
use crate::report::rows::{Row, rows};
use crate::report::secret::masked;

/// Steps that are shown; all are in the SQL.
const SHOWN: usize = 40;
/// Bytes of SQL that are shown. GitHub takes a comment of 65,536 characters.
const SQL: usize = 30_000;

/// The whole comment.
pub fn render(report: &Report) -> String {
    let mut text = format!("{MARKER}\n### pgplumb plan: {}\n\n", plain(report.slug));
    let _ = writeln!(text, "{} → {}\n", plain(report.live), plain(report.desired));
    if report.up.is_empty() {
        text.push_str(":white_check_mark: nothing to change\n");
    } else {
        text.push_str(&verdict(report));
    }
    if !report.findings.is_empty() {
        let _ = writeln!(text, "\n#### Findings\n\n{}", markdown::counts(report.findings));
        text.push_str(&markdown::table(&Findings::of_plan(report)));
    }
    if !report.up.is_empty() {
        text.push_str(&steps(report, &rows(report)));
        text.push_str(&folded("up.sql", report.up_sql));
        text.push_str(&folded("down.sql", report.down_sql));
    }
    for note in report.notes {
        let _ = writeln!(text, "\n{}", plain(note));
    }
    text
}

/// What a reviewer wants to know first.
fn verdict(report: &Report) -> String {
    let (steps, parts) = (report.up.steps.len(), report.up.transactions().len());
    let proven = if report.proof.is_some() { "proven up and down" } else { "**not proven**" };
    let mut text = format!("**{}** in {}, {proven}", counted(steps, "step"), counted(parts, "transaction"));
    let _ = match report.grade {
        Grade::Lossless => writeln!(text, "; the down is **lossless**"),
        Grade::Lossy(gone) => {
            writeln!(text, "; the down is **lossy**: it does not bring back {}", plain(&gone.join(", ")))
        }
    };
    if let Some((direction, why)) = report.proof.and_then(|proof| proof.rows.fails.as_ref()) {
        let _ = writeln!(text, "\n:warning: the {direction} fails on tables that hold rows: {}", plain(why));
    }
    text
}

fn steps(report: &Report, rows: &[Row]) -> String {
    let mut text =
        "\n#### Steps\n\n| # | Transaction | Step | Lock | Rows | Table size | Findings |\n|--:|--:|---|---|---|---|---|\n".to_owned();
    for row in rows.iter().take(SHOWN) {
        let transaction = if row.step.outside { "outside".to_owned() } else { row.transaction.to_string() };
        let codes: BTreeSet<&str> = row.findings.iter().filter_map(|at| Some(report.findings.get(*at)?.code)).collect();
        let codes: Vec<String> = codes.into_iter().map(code).collect();
        let size = row.size.map(|size| size.words()).unwrap_or_default();
        let cells = [plain(&row.title()), plain(&row.locks()), plain(&row.work()), size, codes.join(" ")];
        let _ = writeln!(text, "| {} | {transaction} | {} |", row.number, cells.join(" | "));
    }
    if rows.len() > SHOWN {
        let _ = writeln!(text, "\nAnd {} more steps, all in the SQL.", rows.len() - SHOWN);
    }
    text
}

fn folded(name: &str, sql: &str) -> String {
    let sql = masked(sql);
    let (shown, rest) = cut(&sql);
    let more = if rest > 0 { format!("\n{} more lines are in {}.\n", rest, code(name)) } else { String::new() };
    format!("\n<details><summary><code>{name}</code></summary>\n\n{}{more}\n</details>\n", block(shown))
}

/// As many whole lines as there is room for in half of it, and how many are left.
fn cut(sql: &str) -> (&str, usize) {
    let room = SQL / 2;
    if sql.len() <= room {
        return (sql, 0);
    }
    let end = sql.char_indices().take_while(|(at, _)| *at < room).filter(|(_, c)| *c == '\n').last();
    let end = end.map_or(0, |(at, _)| at);
    (&sql[..end], sql[end..].lines().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_script_is_cut_between_lines() {
        let sql = "SELECT 1;\n".repeat(SQL / 10);
        let (shown, rest) = cut(&sql);
        assert!(shown.len() <= SQL / 2 && shown.ends_with("SELECT 1;"), "{}", shown.len());
        assert_eq!(shown.lines().count() + rest - 1, sql.lines().count());
        assert_eq!(cut("SELECT 1;\n"), ("SELECT 1;\n", 0));
    }
}
