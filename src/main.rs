//! Parses, runs, prints, exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    pgplumb::cli::run().into()
}
