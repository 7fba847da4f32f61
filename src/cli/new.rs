//! `opas new`: make a book, a page or a case.

#![expect(clippy::disallowed_methods, reason = "`opas new` makes files")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Status, in_book};
use crate::book::page::is_page_id;
use crate::book::pages::reserved;
use crate::config::Config;
use crate::document::slug;
use crate::scaffold::{self, NewFile};
use crate::source;

/// Arguments of `opas new`.
#[derive(Args)]
#[command(after_help = "Examples:\n  opas new book my-handbook\n  opas new page asiointi/ajanvaraus")]
pub struct Arguments {
    /// The folder of the book
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    book: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a small working book in a new or empty folder
    #[command(after_help = "Example:\n  opas new book my-handbook --language sv")]
    Book {
        /// The folder
        dir: PathBuf,
        /// The source language
        #[arg(long, value_name = "CODE", default_value = "fi")]
        language: String,
    },
    /// Make a page
    #[command(after_help = "Example:\n  opas new page asiointi/ajanvaraus --title \"Ajanvaraus\"")]
    Page(Named),
    /// Make a case: a situation and its solution
    #[command(after_help = "Example:\n  opas new case tapaukset/uusi-puhelin --title \"Uusi puhelin\"")]
    Case(Named),
}

#[derive(Args)]
struct Named {
    /// The page's id: its path below the source language's folder, without `.md`
    id: String,
    /// The title [default: made from the id]
    #[arg(long)]
    title: Option<String>,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Status {
    let result = match &arguments.what {
        What::Book { dir, language } => new_book(dir, language),
        What::Page(named) => new_page(&arguments.book, named, scaffold::page),
        What::Case(named) => new_page(&arguments.book, named, scaffold::case),
    };
    match result {
        Ok(paths) => {
            for path in paths {
                // Nobody is left to tell when the reader is gone.
                let _ = writeln!(io::stdout().lock(), "{}", path.display());
            }
            Status::Done
        }
        Err((status, message)) => {
            let _ = writeln!(io::stderr().lock(), "error: {message}");
            status
        }
    }
}

type Made = Result<Vec<PathBuf>, (Status, String)>;

fn new_book(dir: &Path, language: &str) -> Made {
    if !scaffold::LANGUAGES.contains(&language) {
        let known = scaffold::LANGUAGES.join(", ");
        let message =
            format!("there are no texts for `{language}`: choose one of {known}; other languages need strings");
        return Err((Status::Usage, message));
    }
    if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err((Status::Usage, format!("`{}` is not empty: name a new folder", dir.display())));
    }
    let name = std::path::absolute(dir).ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let id = slug(&name.unwrap_or_default());
    write_all(dir, scaffold::book(&id, language))
}

fn new_page(book: &Path, named: &Named, make: fn(&str, Option<&str>, &str) -> NewFile) -> Made {
    let id = named.id.trim_end_matches(".md");
    let page_id = id.strip_suffix("/index").unwrap_or(id);
    if named.title.as_deref().is_some_and(|title| title.trim().is_empty()) {
        return Err((Status::Usage, "the title is empty: write one, or leave --title out".to_owned()));
    }
    if !is_page_id(id) {
        let better: Vec<String> = id.split('/').filter(|part| !part.is_empty()).map(slug).collect();
        let help = "an id has lower-case letters a to z, digits and hyphens, with `/` between folders";
        return Err((Status::Usage, format!("`{id}` cannot be an id: {help}; try `{}`", better.join("/"))));
    }
    let (files, _) = source::read(book);
    let config = Config::read(&files).map_err(|faults| {
        let fault = faults.first().map_or("book.toml is wrong", |fault| fault.message.as_str());
        (Status::Usage, format!("{fault}; run `opas check`"))
    })?;
    let lang = config.source_lang();
    if let Some(name) = reserved(page_id, &config) {
        return Err((
            Status::Usage,
            format!("the name `{name}` is reserved at the top of the book: choose another one"),
        ));
    }
    let beside = [format!("content/{lang}/{page_id}.md"), format!("content/{lang}/{page_id}/index.md")];
    if let Some(taken) = beside.iter().find(|path| files.text(path).is_some()) {
        return Err((Status::Usage, format!("`{taken}` is there already")));
    }
    write_all(book, vec![make(id, named.title.as_deref(), lang)])
}

/// Writes new files; never over one that exists.
fn write_all(root: &Path, files: Vec<NewFile>) -> Made {
    let mut made = Vec::new();
    for (path, text) in files {
        let path = in_book(root, &path);
        let fail = |error: io::Error| (Status::Machine, format!("cannot write `{}`: {error}", path.display()));
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fail)?;
        }
        let mut file = std::fs::File::create_new(&path).map_err(fail)?;
        file.write_all(text.as_bytes()).map_err(fail)?;
        made.push(path);
    }
    Ok(made)
}
