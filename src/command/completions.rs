//! `pgplumb completions`: what a shell needs to complete the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::command::error::CommandError;
use crate::command::out;
use crate::exit::Exit;

const AFTER_HELP: &str = "\
Examples:
  pgplumb completions bash > ~/.local/share/bash-completion/completions/pgplumb
  pgplumb completions zsh > ~/.zfunc/_pgplumb
  pgplumb completions fish > ~/.config/fish/completions/pgplumb.fish";

/// Print the completions for a shell
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The shell to complete in
    shell: Shell,
}

/// # Errors
/// When stdout takes no more.
pub fn run<C: CommandFactory>(args: &Args) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "pgplumb", &mut script);
    out::bytes(&script)?;
    Ok(Exit::Fine)
}
