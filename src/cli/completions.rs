//! `opas completions`: what a shell needs to complete commands and options.
//!
//! It is given the name of a shell and prints its script, made from the same definitions as the help texts. It knows no
//! book: names of editions, pages and layers are not completed.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Status, report};

/// Arguments of `opas completions`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas completions bash > ~/.local/share/bash-completion/completions/opas\n  \
                        opas completions zsh > ~/.zfunc/_opas\n  \
                        opas completions fish > ~/.config/fish/completions/opas.fish")]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "opas", &mut script);
    report::answer(String::from_utf8_lossy(&script).trim_end());
    Status::Done
}
