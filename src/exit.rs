//! The one table of exit codes.

use std::process::ExitCode;

/// How a run ended, as the shell sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Nothing to say against it.
    Fine = 0,
    /// The two sides differ, or a finding blocks.
    Differs = 1,
    /// It could not be done.
    Failure = 2,
    /// It was not understood: `EX_USAGE` of `sysexits.h`.
    Usage = 64,
    /// Ctrl-C ended it, as a shell reports that.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
