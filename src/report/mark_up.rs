//! Text as Markdown shows it: as it is, whatever stands in it.

/// Tells a comment of ours from all others, so that the next run can take its place.
pub const MARKER: &str = "<!-- pgplumb -->";

/// In a paragraph or a cell: nothing in it means anything to Markdown, and it stays on its line.
pub fn plain(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '<' => said.push_str("&lt;"),
            '>' => said.push_str("&gt;"),
            '&' => said.push_str("&amp;"),
            // Nobody is called who has the name of a column; no issue is linked that has the number of a version.
            '@' | '#' => {
                said.push(c);
                said.push('\u{200b}');
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                said.push('\\');
                said.push(c);
            }
            _ => said.push(c),
        }
    }
    said
}

/// As code in a cell: its fence is longer than any run of backticks in it.
pub fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A block of SQL.
pub fn block(sql: &str) -> String {
    let fence = "`".repeat((longest_run(sql) + 1).max(3));
    format!("{fence}sql\n{}\n{fence}\n", sql.trim_end())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(plain("a_b | <c>\n@me"), "a\\_b \\| &lt;c&gt; @\u{200b}me");
        assert_eq!(code("a|b"), "`a\\|b`");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(block("SELECT '```'\n"), "````sql\nSELECT '```'\n````\n");
    }
}
