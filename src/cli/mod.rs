//! The command line: what can be asked, and how a run ends.
//!
//! It is given the process's arguments and returns an exit status (0 done, 1 the content has errors, 2 wrong
//! usage or configuration, 3 the machine failed). Each command turns its arguments into values once and calls
//! the stages; nothing here knows what they do.

mod build;
mod check;
mod completions;
mod drift;
mod editions;
mod explain;
mod flow;
mod new;
mod report;
mod rounds;
mod schema;
mod search;
mod serve;

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
                  opas serve --open              show it in a browser while it is written\n  \
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
    /// Show the book in a browser, and show every change
    Serve(serve::Arguments),
    /// Walk through a decision flow, see its coverage, draw it, compare versions
    Flow(flow::Arguments),
    /// Search the book as its readers do, or score a list of queries
    Search(search::Arguments),
    /// Show which layer, file and line every block of a page comes from
    Explain(explain::Arguments),
    /// Show the overrides of layers that need a look, with the old text, the new one and the layer's
    Review(drift::Review),
    /// Record that an override has been looked at
    Accept(drift::Accept),
    /// Put off an override whose text in the book has changed
    Defer(drift::Defer),
    /// Make a new book, page, case, flow or layer that builds without warnings
    New(new::Arguments),
    /// Print a JSON Schema of one kind of file, for editors
    Schema(schema::Arguments),
    /// Print what a shell needs to complete commands and options
    Completions(completions::Arguments),
}

/// What every command can be told.
#[derive(Args, Clone)]
struct Common {
    /// The folder of the book, or of a layer that names its book as `base`
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    book: PathBuf,
    /// The edition of book.toml to take [default: base]
    #[arg(long, value_name = "NAME")]
    edition: Vec<String>,
    /// Put the layer in this folder on the book, instead of a named edition; repeat it for a stack
    #[arg(long, value_name = "DIR", conflicts_with = "edition")]
    layer: Vec<PathBuf>,
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
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Flow(arguments) => flow::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Review(arguments) => drift::review(&arguments),
        Command::Accept(arguments) => drift::accept(&arguments),
        Command::Defer(arguments) => drift::defer(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    status.into()
}
