//! Parses, runs, prints, exits.

use std::process::ExitCode;

use mimalloc::MiMalloc;

// Trees of small pieces are made and dropped by several threads; see docs/decisions/0013-an-allocator-for-trees.md.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    pgplumb::cli::run().into()
}
