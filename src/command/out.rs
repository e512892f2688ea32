//! Writing to the user: results to stdout, remarks to stderr.

use std::io::Write;

use crate::command::bar;
use crate::command::error::CommandError;

/// Writes to stdout as it is; colours are taken out where they are not wanted.
///
/// # Errors
/// When stdout takes no more.
pub fn text(text: &str) -> Result<(), CommandError> {
    // Looking for colours in five megabytes of JSON takes longer than writing them.
    if !text.contains('\u{1b}') {
        return bytes(text.as_bytes());
    }
    bar::beside(|| {
        let mut stdout = anstream::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(CommandError::Stdout)
    })
}

/// Writes bytes to stdout.
///
/// # Errors
/// When stdout takes no more.
pub fn bytes(bytes: &[u8]) -> Result<(), CommandError> {
    bar::beside(|| {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(CommandError::Stdout)
    })
}

/// A line for the person who is waiting.
pub fn remark(line: &str) {
    // Where stderr is gone there is nobody left to tell.
    bar::beside(|| drop(writeln!(anstream::stderr().lock(), "{line}")));
}
