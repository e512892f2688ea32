//! How findings are printed, and the files that they are written to beside that.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::command::error::CommandError;
use crate::command::{out, write};
use crate::report::findings::{Findings, github, gitlab, html, json, junit, markdown, sarif, text};
use crate::report::text::width;

/// For people, or for programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum TextOrJson {
    Text,
    Json,
}

/// The formats of findings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    // Documented for each value, every help would be twice as long.
    Text,
    Json,
    Markdown,
    Html,
    Sarif,
    Github,
    Gitlab,
    Junit,
}

impl Format {
    /// The findings in this format; text with its colours, which stdout takes out where they are not wanted.
    pub fn render(self, report: &Findings) -> String {
        match self {
            Self::Text => text::render(report, width(), true),
            Self::Json => json::render(report),
            Self::Markdown => markdown::render(report),
            Self::Html => html::render(report),
            Self::Sarif => sarif::render(report),
            Self::Github => github::render(report),
            Self::Gitlab => gitlab::render(report),
            Self::Junit => junit::render(report),
        }
    }
}

/// `sarif=findings.sarif`: a format, and the file that it is written to.
#[derive(Clone, Debug)]
pub struct ToFile<F> {
    pub format: F,
    pub path: PathBuf,
}

/// Reads `FORMAT=FILE`.
///
/// # Errors
/// With what is wrong, for clap to say.
pub fn to_file<F: ValueEnum>(text: &str) -> Result<ToFile<F>, String> {
    let (format, path) = text.split_once('=').ok_or("write FORMAT=FILE, such as `sarif=findings.sarif`")?;
    let format = F::from_str(format, false)?;
    if path.is_empty() {
        return Err("the name of a file is missing behind `=`".to_owned());
    }
    Ok(ToFile { format, path: path.into() })
}

/// Writes the files that were asked for, each in its format.
///
/// # Errors
/// When a file cannot be written.
pub fn write_all<F: Copy>(files: &[ToFile<F>], render: impl Fn(F) -> String) -> Result<(), CommandError> {
    for ToFile { format, path } in files {
        let text = render(*format);
        // A file has no colours.
        write::one(path, &anstream::adapter::strip_str(&text).to_string())?;
    }
    Ok(())
}

/// Prints findings, and writes the files.
///
/// # Errors
/// When stdout takes no more, or a file cannot be written.
pub fn give(report: &Findings, format: Format, files: &[ToFile<Format>]) -> Result<(), CommandError> {
    write_all(files, |format| format.render(report))?;
    out::text(&format.render(report))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_a_format() {
        let file = to_file::<Format>("sarif=a=b.sarif").unwrap();
        assert_eq!((file.format, file.path), (Format::Sarif, PathBuf::from("a=b.sarif")));
        for wrong in ["sarif", "sarif=", "word=a"] {
            assert!(to_file::<Format>(wrong).is_err(), "{wrong}");
        }
    }
}
