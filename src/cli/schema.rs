//! `opas schema`: what an editor needs to complete and check a file while it is written.
//!
//! It is given the kind of a file and prints its JSON Schema, made from the lists of keys that the readers use. It knows
//! no book: names of pages, contacts and statements are not completed.

use clap::{Args, ValueEnum};

use super::{Status, report};
use crate::schema;

/// Arguments of `opas schema`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas schema book > .schemas/book.json\n  opas schema flow > .schemas/flow.json")]
pub struct Arguments {
    /// The kind of file
    #[arg(value_enum)]
    kind: Kind,
}

/// The kinds of files that people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// The settings of a book: book.toml
    Book,
    /// The settings of a layer: overlay.toml
    Layer,
    /// The front matter of a page, in a book or a layer
    Page,
    /// A decision flow, or its translation: flows/FLOW.yaml
    Flow,
    /// What a layer changes in a flow: flows/FLOW.patch.yaml
    FlowPatch,
    /// Terms: glossary.yaml
    Glossary,
    /// Contacts: contacts.yaml
    Contacts,
    /// Variables: vars.yaml
    Vars,
    /// The source guidance as numbered statements: statements.yaml
    Statements,
    /// A list of queries for `opas search --eval`
    Queries,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let schema = match arguments.kind {
        Kind::Book => schema::book(),
        Kind::Layer => schema::layer(),
        Kind::Page => schema::page(),
        Kind::Flow => schema::flow(),
        Kind::FlowPatch => schema::patch(),
        Kind::Glossary => schema::glossary(),
        Kind::Contacts => schema::contacts(),
        Kind::Vars => schema::variables(),
        Kind::Statements => schema::statements(),
        Kind::Queries => schema::queries(),
    };
    report::answer(&report::pretty(&schema));
    Status::Done
}
