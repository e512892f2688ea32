//! How a failure is told: on stderr, with its code, its place and what to do next.

mod scrubbed;

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::command::error::CommandError;
use crate::command::fault::scrubbed::scrubbed;
use crate::exit::Exit;

/// How wide a report is where there is no terminal to ask.
const WIDTH: usize = 100;

/// Tells of a failure; a reader who went away is none.
pub fn tell(error: CommandError) -> Exit {
    if error.is_broken_pipe() {
        return Exit::Fine;
    }
    let told = render(&error);
    // Where stderr is gone there is nobody left to tell.
    let _ = std::io::stderr().write_all(told.as_bytes());
    error.exit()
}

/// Its message alone.
pub(super) fn message(error: &dyn Diagnostic) -> String {
    scrubbed(error).map_or_else(|| error.to_string(), |clean| clean.to_string())
}

/// As a person reads it, and without the passwords that may stand in the text that it is about.
pub(super) fn render(error: &dyn Diagnostic) -> String {
    match scrubbed(error) {
        Some(clean) => drawn(&clean),
        None => drawn(error),
    }
}

fn drawn(error: &dyn Diagnostic) -> String {
    let terminal = std::io::stderr().is_terminal();
    let plain = !terminal || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let theme = if plain { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::unicode() };
    let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(WIDTH, |(width, _)| usize::from(width.0));
    let mut told = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).with_context_lines(1);
    if handler.render_report(&mut told, error).is_err() {
        told.clear();
        // A label outside its text is the one thing that cannot be drawn; the message still says what is wrong.
        let _ = writeln!(told, "pgplumb: {error}");
    }
    told
}
