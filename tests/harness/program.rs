//! The program under test, with nothing of the tester's own environment that names a server.

use std::path::Path;
use std::process::Command;

use crate::harness::cluster::limited;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Nothing where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program, ended after two minutes, in a folder, with `arguments`.
pub(crate) fn pgplumb(folder: &Path, arguments: &[&str]) -> Command {
    without_settings(limited(Path::new(env!("CARGO_BIN_EXE_pgplumb"))), folder, arguments)
}

/// Takes away what could name a server or colour the output.
pub(crate) fn without_settings(mut command: Command, folder: &Path, arguments: &[&str]) -> Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PG") || name == "DATABASE_URL") {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command
}

/// Runs it to its end.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}
