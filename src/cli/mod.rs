//! The command line: what can be asked, and how a run ends.
//!
//! It is given the process's arguments and returns an exit status (0 done, 1 the content has errors, 2 wrong
//! usage or configuration, 3 the machine failed). Each command turns its arguments into values once and calls
//! the stages; nothing here knows what they do.

mod build;
mod check;
mod new;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// How a run ends; the numbers are part of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done; there may have been warnings.
    Done = 0,
    /// The content has errors, or warnings that were to be errors.
    Content = 1,
    /// Wrong usage or configuration.
    Usage = 2,
    /// The machine failed: no space, no permission.
    Machine = 3,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status as u8)
    }
}

#[derive(Parser)]
#[command(
    name = "opas",
    version,
    about = "Builds a searchable static staff handbook from Markdown and YAML",
    after_help = "Examples:\n  opas build                     build the book in this folder into public/\n  \
                  opas check --deny warnings     check everything, as a pipeline would\n  \
                  opas new book my-handbook      make a small working book\n\n\
                  Exit status: 0 done, 1 the content has errors, 2 wrong usage or configuration, 3 the machine failed."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the book into a folder
    Build(build::Arguments),
    /// Check everything without writing anything
    Check(check::Arguments),
    /// Make a new book, page or case that builds without warnings
    New(new::Arguments),
}

/// What every command can be told.
#[derive(Args)]
struct Common {
    /// The folder of the book
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    book: PathBuf,
    /// How to report: text for people, or one JSON object a line
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    message_format: MessageFormat,
    /// When to colour the text
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto")]
    color: Color,
    /// Say more: how long each stage took
    #[arg(short, long)]
    verbose: bool,
    /// Say nothing but errors and warnings
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// Text for people, on standard error
    Text,
    /// One JSON object a line, on standard output
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// When standard error is a terminal and `NO_COLOR` is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What can be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Let warnings fail the run as errors do
    Warnings,
}

/// Returns a path in the book's folder, as short as a person would write it.
fn in_book(book: &Path, below: &str) -> PathBuf {
    if book == Path::new(".") { PathBuf::from(below) } else { book.join(below) }
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a broken pipe while printing them is none either.
            let _ = error.print();
            return if error.use_stderr() { Status::Usage.into() } else { Status::Done.into() };
        }
    };
    let status = match cli.command {
        Command::Build(arguments) => build::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
    };
    status.into()
}
